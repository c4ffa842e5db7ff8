using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using Xunit;

namespace StreamRecorder.Sink.Tests;

/// <summary>
/// A real database file in a directory of its own, an outbox, and sinks that can be started one after the other as processes would be.
/// </summary>
internal sealed class Rig : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string _directory;

    public Rig(int outboxCapacity = 100_000, string? directory = null)
    {
        _directory = directory ?? Directory.CreateTempSubdirectory("sink-tests-").FullName;
        Path = System.IO.Path.Combine(_directory, "stream_recorder.db");
        Database = Database.Open(Path);
        Queries = new Queries(Database);
        Outbox = new Outbox(outboxCapacity);
    }

    public string Path { get; }

    public Database Database { get; }

    public Queries Queries { get; }

    public Outbox Outbox { get; private set; }

    public SqliteSink? Sink { get; private set; }

    public Task Run { get; private set; } = Task.CompletedTask;

    public CountingLog Log { get; } = new();

    public SqliteSink StartSink(
        int rowsMax = SinkLimits.RowsPerBatch, TimeProvider? time = null, LedgerSettings? ledger = null, long keyedMax = EngineLimits.RepeatKeysMax,
        TimeSpan linger = default)
    {
        time ??= TimeProvider.System;
        Sink = new SqliteSink(Database, Outbox, time, Log, new BatchPolicy(time, rowsMax, rowsMax, linger))
        { Ledger = ledger ?? new LedgerSettings(), KeyedMax = keyedMax };
        Run = Sink.RunAsync();
        return Sink;
    }

    public void Release(IEnumerable<OutputGroup> groups)
    {
        foreach (var group in groups) Assert.True(Outbox.TryRelease(group), "the outbox of the test is too small");
    }

    /// <summary>Everything written by one sink that lives no longer than that.</summary>
    public async Task WriteAsync(IEnumerable<OutputGroup> groups, int rowsMax = SinkLimits.RowsPerBatch, LedgerSettings? ledger = null)
    {
        Release(groups);
        StartSink(rowsMax, ledger: ledger);
        await EndSinkAsync();
    }

    public async Task EndSinkAsync()
    {
        Outbox.Complete();
        await Run.WaitAsync(Limit);
        await Sink!.DisposeAsync();
        Outbox = new Outbox(Outbox.Capacity);
    }

    /// <summary>What a restart does after a sink that failed: a new outbox, into which the engine replays.</summary>
    public async Task EndFailedSinkAsync()
    {
        await Sink!.DisposeAsync();
        Outbox = new Outbox(Outbox.Capacity);
    }

    public Task RunEndsAsync() => Run.WaitAsync(Limit);

    /// <summary>Waits until the database is as of <paramref name="sequence"/>.</summary>
    public async Task DurableAsync(long sequence)
    {
        var outbox = Outbox;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (outbox.DurableSequence >= sequence) reached.TrySetResult();
        }
        outbox.Drained += Look;
        Look();
        await reached.Task.WaitAsync(Limit);
        outbox.Drained -= Look;
    }

    /// <summary>A connection as another program would open it.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=false");
        connection.Open();
        return connection;
    }

    public List<object?[]> Select(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++) row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            rows.Add(row);
        }
        return rows;
    }

    public object? Value(string sql) => Select(sql).Single().Single();

    public void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        if (Sink is not null) await Sink.DisposeAsync();
        Queries.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>Counts what is logged at each level, and tells when something first is.</summary>
internal sealed class CountingLog : ILogger
{
    private int _errors;
    private int _informations;

    public int Errors => Volatile.Read(ref _errors);

    public int Informations => Volatile.Read(ref _informations);

    public TaskCompletionSource FirstError { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error)
        {
            Interlocked.Increment(ref _errors);
            FirstError.TrySetResult();
        }
        else if (logLevel == LogLevel.Information) Interlocked.Increment(ref _informations);
    }
}

/// <summary>A clock that stands until it is pushed; its timers never fire by themselves.</summary>
internal sealed class FakeTime(long at = Script.Start) : TimeProvider
{
    private long _micros = at;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _micros, by.Ticks / TimeSpan.TicksPerMicrosecond);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMicroseconds(Interlocked.Read(ref _micros));

    public override long TimestampFrequency => 1_000_000;

    public override long GetTimestamp() => Interlocked.Read(ref _micros);
}
