using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Host.Verify;

namespace StreamRecorder.Host.Tests.Verify;

/// <summary>A data directory of its own for each test, and what tests do to its files.</summary>
internal sealed class DataFiles : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The loop wants 1 MiB free before it takes an input, so this is the smallest that works.</summary>
    public static readonly JournalOptions Sizes = new() { PageBytes = 1 << 20, SegmentBytes = 2 << 20, MemoryBytes = 8 << 20 };

    public string Root { get; } = Directory.CreateTempSubdirectory("verify-tests-").FullName;

    public static string Database(string root) => Path.Combine(root, "stream_recorder.db");

    public static string Journal(string root) => Path.Combine(root, "journal");

    public string Segment(int number) => Path.Combine(Journal(Root), "segment." + number.ToString(CultureInfo.InvariantCulture));

    public string Slots => Path.Combine(Journal(Root), "commits");

    public VerifyReport Verify() => new Verifier(Root, TimeProvider.System).Run();

    public void Execute(string sql, params (string Name, object Value)[] parameters) =>
        Command(sql, parameters, command => command.ExecuteNonQuery());

    public object? Value(string sql, params (string Name, object Value)[] parameters) => Command(sql, parameters, command => command.ExecuteScalar());

    /// <summary>Everything as it is: what a kill leaves behind when nothing is being written.</summary>
    public DataFiles Copy()
    {
        var copy = new DataFiles();
        Directory.CreateDirectory(Journal(copy.Root));
        foreach (var file in Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories))
        {
            // The lock is held, and empty.
            if (Path.GetFileName(file) != "lock") CopyOne(file, Path.Combine(copy.Root, Path.GetRelativePath(Root, file)));
        }
        return copy;
    }

    /// <summary>Names, times and contents of all files.</summary>
    public List<string> Fingerprint() =>
    [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return $"{file} {File.GetLastWriteTimeUtc(file):O} {Convert.ToHexString(SHA256.HashData(stream))}";
        }),
    ];

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static void CopyOne(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var target = new FileStream(to, FileMode.CreateNew);
        source.CopyTo(target);
    }

    private T Command<T>(string sql, (string Name, object Value)[] parameters, Func<SqliteCommand, T> run)
    {
        using var connection = new SqliteConnection($"Data Source={Database(Root)};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return run(command);
    }
}
