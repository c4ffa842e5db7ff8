using Microsoft.Data.Sqlite;

namespace StreamRecorder.Sink;

/// <summary>
/// A consistent copy of the database for <c>backup</c>, taken through a connection that only reads, with the service running or stopped.
/// </summary>
public static class DatabaseCopy
{
    static DatabaseCopy() => SQLitePCL.Batteries_V2.Init();

    /// <summary>
    /// Copies all pages as of one moment into a new file, which is on stable storage on return; returns what the
    /// copy is as of. The copy is checked: throws <see cref="DatabaseDamagedException"/> when it is not whole.
    /// </summary>
    public static DatabaseState Write(string path, string target)
    {
        try
        {
            using (var source = ReadOnlyFile.Open(path))
            {
                Migrations.Require(source.Connection, path);
                Write(source.Connection, target);
                if (source.IsOverrun) throw new DatabaseUnavailableException($"A service started on {path} while it was being copied; try again.");
            }
            using var copy = VerificationReader.Open(target);
            if (copy.IntegrityErrors() is [var first, ..]) throw new DatabaseDamagedException($"The copy of {path} is not whole: {first}");
            return copy.State;
        }
        catch (SqliteException fault)
        {
            throw Faults.Translate(fault, path);
        }
    }

    /// <summary>What a connection sees, into a new file, which is on stable storage on return.</summary>
    internal static void Write(SqliteConnection source, string target)
    {
        Copy(source, target);
        using var file = new FileStream(target, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    private static void Copy(SqliteConnection source, string target)
    {
        var settings = new SqliteConnectionStringBuilder { DataSource = target, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false };
        using var copy = new SqliteConnection(settings.ConnectionString);
        copy.Open();
        // The whole file is synced at the end and thrown away if anything fails before.
        Database.Execute(copy, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
        source.BackupDatabase(copy);
    }
}
