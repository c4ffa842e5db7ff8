using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace StreamRecorder.Sink;

/// <summary>
/// A few connections that only read, kept open until the writer fails. Any thread;
/// whoever finds all of them taken waits a moment, then learns that the database is busy.
/// </summary>
internal sealed class ReaderPool : IDisposable
{
    private readonly Database _database;
    private readonly SemaphoreSlim _free = new(SinkLimits.ReadersMax);
    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private int _writerFailures;

    public ReaderPool(Database database)
    {
        _database = database;
        database.WriterFailed += CloseAll;
    }

    /// <summary>Runs one read. Throws <see cref="DatabaseUnavailableException"/> when it cannot be done at the moment.</summary>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        if (!_free.Wait(SinkLimits.ReaderWait)) throw new DatabaseUnavailableException($"All readers of {_database.Path} are busy.");
        SqliteConnection? connection = null;
        try
        {
            var failures = Volatile.Read(ref _writerFailures);
            if (!_idle.TryTake(out connection)) connection = _database.OpenReader();
            var result = read(connection);
            if (failures == Volatile.Read(ref _writerFailures))
            {
                _idle.Add(connection);
                connection = null;
            }
            return result;
        }
        catch (SqliteException fault)
        {
            throw _database.Translate(fault);
        }
        finally
        {
            // Still ours: after a fault, or opened before the writer's, and not to be used again.
            connection?.Dispose();
            _free.Release();
        }
    }

    public void Dispose()
    {
        _database.WriterFailed -= CloseAll;
        CloseIdle();
        _free.Dispose();
    }

    private void CloseAll()
    {
        Interlocked.Increment(ref _writerFailures);
        CloseIdle();
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var connection)) connection.Dispose();
    }
}
