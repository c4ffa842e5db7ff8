using System.Text;

namespace StreamRecorder.Host.Start;

/// <summary>
/// The directory given by <c>--data</c>: the names of our files in it, and the lock that keeps a second service
/// out. Files of others are left alone. The lock is the open file, so it ends with the process however that ends.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private static readonly string[] DatabaseSuffixes = ["", "-wal", "-shm"];

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held)
    {
        Root = path;
        _lock = held;
    }

    public string Root { get; }

    public string Journal => Path.Combine(Root, "journal");

    public string Database => Path.Combine(Root, "stream_recorder.db");

    /// <summary>Bytes of the database's files; what is not there counts nothing.</summary>
    public long DatabaseBytes => DatabaseSuffixes.Select(suffix => new FileInfo(Database + suffix)).Sum(file => file.Exists ? file.Length : 0);

    public string Instruments => Path.Combine(Root, "instruments.csv");

    public string FrontContracts => Path.Combine(Root, "front_contracts.csv");

    public string AnsweredMarks => Path.Combine(Root, "answered.map");

    /// <summary>The key for whoever may read the directory; also found without holding the lock.</summary>
    public static string AdminKeyIn(string root) => Path.Combine(root, "admin.key");

    /// <summary>Says where a running service listens.</summary>
    public static string ServiceFileIn(string root) => Path.Combine(root, "service.json");

    /// <summary>
    /// Makes the directory if there is none, and locks it. Throws <see cref="DirectoryLockedException"/> when another service has it.
    /// </summary>
    public static DataDirectory Open(string path)
    {
        var root = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(root);
            return new DataDirectory(
                root, new FileStream(Path.Combine(root, "service.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (IsLockedByOther(e))
        {
            throw new DirectoryLockedException($"The data directory {root} cannot be locked: another service is using it ({e.Message})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data directory {root} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The system's own number for it: on Linux, on other Unixes, on Windows.</summary>
    private static bool IsLockedByOther(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x8007_0020);

    /// <summary>Writes a small file that only its owner may read, whole or not at all.</summary>
    public static void WriteSecret(string path, string text)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (var file = new FileStream(fresh, options))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: true);
    }

    public void Dispose() => _lock.Dispose();
}
