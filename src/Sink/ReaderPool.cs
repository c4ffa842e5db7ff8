using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace StreamRecorder.Sink;

/// <summary>
/// A few connections that only read, kept open. Any thread; whoever finds all of them taken waits a moment, then learns that the database is busy.
/// </summary>
internal sealed class ReaderPool(Database database) : IDisposable
{
    private readonly SemaphoreSlim _free = new(SinkLimits.ReadersMax);
    private readonly ConcurrentBag<SqliteConnection> _idle = [];

    /// <summary>Runs one read. Throws <see cref="DatabaseUnavailableException"/> when it cannot be done at the moment.</summary>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        if (!_free.Wait(SinkLimits.ReaderWait)) throw new DatabaseUnavailableException($"All readers of {database.Path} are busy.");
        SqliteConnection? connection = null;
        try
        {
            if (!_idle.TryTake(out connection)) connection = database.OpenReader();
            var result = read(connection);
            _idle.Add(connection);
            connection = null;
            return result;
        }
        catch (SqliteException fault)
        {
            throw database.Translate(fault);
        }
        finally
        {
            // Still ours after a fault: not to be used again.
            connection?.Dispose();
            _free.Release();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var connection)) connection.Dispose();
        _free.Dispose();
    }
}
