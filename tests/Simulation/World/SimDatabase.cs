using StreamRecorder.Sink;

namespace StreamRecorder.Simulation;

/// <summary>
/// The real database file in a directory of its own, in memory where the system has such a place. After a crash the next process
/// gets a copy of the bytes as they were: without what the transaction in flight wrote, with it, or with some of its sectors.
/// </summary>
internal sealed class SimDatabase
{
    private const string Memory = "/dev/shm";
    private const string FileName = "stream_recorder.db";
    private const int SectorBytes = 512;

    private readonly string _root;
    private readonly int _life;
    private long _walBytesDurable = long.MaxValue;

    private SimDatabase(string root, int life)
    {
        (_root, _life) = (root, life);
        Directory.CreateDirectory(Folder);
        File = Database.Open(Path.Combine(Folder, FileName));
    }

    public Database File { get; }

    private string Folder => Path.Combine(_root, "life" + _life.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private string Wal => Path.Combine(Folder, FileName + "-wal");

    public static SimDatabase Create()
    {
        var parent = Directory.Exists(Memory) ? Memory : Path.GetTempPath();
        return new SimDatabase(Path.Combine(parent, "simulation-" + Guid.NewGuid().ToString("N")), 0);
    }

    public void Remove() => Directory.Delete(_root, recursive: true);

    /// <summary>Before a transaction: what is in the log now is synced, what comes is in flight.</summary>
    public void BeginFlight() => _walBytesDurable = WalBytes();

    public void EndFlight() => _walBytesDurable = long.MaxValue;

    /// <summary>The next process's file. Close what is open on this one afterwards, not before: closing would tidy up.</summary>
    public SimDatabase Crash(int seed)
    {
        var folder = Path.Combine(_root, "life" + (_life + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        System.IO.File.Copy(Path.Combine(Folder, FileName), Path.Combine(folder, FileName));
        if (System.IO.File.Exists(Wal)) System.IO.File.WriteAllBytes(Path.Combine(folder, FileName + "-wal"), WalAfter(new Random(seed)));
        return new SimDatabase(_root, _life + 1);
    }

    /// <summary>As of which sequence the key's record is; 0: there is none.</summary>
    public long KeySequence(long recorderId, string symbol)
    {
        using var connection = File.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sequence FROM position_keys WHERE recorder_id = $recorder AND symbol = $symbol";
        command.Parameters.AddWithValue("$recorder", recorderId);
        command.Parameters.AddWithValue("$symbol", symbol);
        return command.ExecuteScalar() is long sequence ? sequence : 0;
    }

    private byte[] WalAfter(Random random)
    {
        var bytes = System.IO.File.ReadAllBytes(Wal);
        if (bytes.Length <= _walBytesDurable) return bytes;
        var flight = bytes.AsSpan((int)_walBytesDurable);
        switch (random.Next(4))
        {
            case 0:
                return bytes;
            case 1:
                return bytes[..(int)_walBytesDurable];
            case 2:
                return bytes[..((int)_walBytesDurable + random.Next(flight.Length))];
            default:
                for (var at = 0; at < flight.Length; at += SectorBytes)
                    if (random.Next(2) == 0) flight[at..Math.Min(at + SectorBytes, flight.Length)].Clear();
                return bytes;
        }
    }

    private long WalBytes() => System.IO.File.Exists(Wal) ? new FileInfo(Wal).Length : 0;
}
