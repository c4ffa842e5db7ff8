using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using StreamRecorder.Engine;
using Xunit;

namespace StreamRecorder.Sink.Tests;

/// <summary>SQLite takes no locks here; so no connection is ever used by two threads at a time.</summary>
public sealed class OneThreadTests : IAsyncDisposable
{
    private readonly Rig _rig = new();

    /// <summary>As in the service: before any test opens a file of its own.</summary>
    [ModuleInitializer]
    internal static void SetUpSqlite() => RuntimeHelpers.RunClassConstructor(typeof(Database).TypeHandle);

    [Fact]
    public void Connection_OfTheProgram_HasNoLockOfItsOwn() => Assert.True(_rig.Database.IsWithoutLocks);

    [Fact]
    public async Task Readers_OfManyThreads_NeverShareAConnection()
    {
        using var pool = new ReaderPool(_rig.Database);
        var used = new ConcurrentDictionary<SqliteConnection, int>();
        var all = new ConcurrentDictionary<SqliteConnection, int>();
        using var together = new Barrier(SinkLimits.ReadersMax);
        await Task.WhenAll(Enumerable.Range(0, SinkLimits.ReadersMax).Select(_ => Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                pool.Read(connection =>
                {
                    // The first time until each has one: later they are taken from those given back.
                    if (i == 0) together.SignalAndWait(Rig.Limit);
                    Assert.True(used.TryAdd(connection, 0), "two threads have the same connection");
                    all.TryAdd(connection, 0);
                    Database.StateOf(connection);
                    return used.TryRemove(connection, out var _);
                });
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal(SinkLimits.ReadersMax, all.Count);
    }

    [Fact]
    public async Task Writer_UsedByAnotherThread_IsRefused()
    {
        using var session = new WriterSession(_rig.Database, new LedgerSettings());
        session.ThinStep(Script.Start);
        var other = Task.Factory.StartNew(
            () => session.ThinStep(Script.Start), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Assert.ThrowsAsync<InvariantException>(() => other);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
