using Microsoft.Data.Sqlite;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Sink;

/// <summary>
/// The connection that writes, with its prepared statements, and the sequence that the file is as of. The writer's thread alone works with it;
/// the sink's closes it while that one waits. After any exception it is disposed of, which rolls back what was under way, and a new one reads the
/// sequence afresh: so a commit that failed in doubt is neither lost nor done twice.
/// </summary>
internal sealed class WriterSession : IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Database _database;
    private readonly SqliteConnection _connection;
    private readonly Statements _statements;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _setState;
    private readonly PositionWriter _positions;
    private readonly FoldWriter _folds;
    private readonly DeliveryWriter _deliveries;
    private readonly TableWriter _tables;
    private readonly LedgerWriter _ledger;
    private readonly SnapshotWriter _snapshots;
    private readonly Thinner _thinner;

    /// <param name="database">What is written.</param>
    /// <param name="ledger">How much of the ledger is kept.</param>
    /// <param name="keyedMax">Deliveries with a key that are kept, the newest; as many as the engine remembers.</param>
    public WriterSession(Database database, LedgerSettings ledger, long keyedMax = EngineLimits.RepeatKeysMax)
    {
        _database = database;
        _connection = database.OpenWriter();
        _statements = new Statements(_connection);
        try
        {
            var state = Database.StateOf(_connection);
            if (state.Identity != database.Identity) throw database.Replaced();
            (Sequence, At) = (state.Sequence, state.At);
            _begin = _statements.Prepare("BEGIN IMMEDIATE");
            _commit = _statements.Prepare("COMMIT");
            _setState = _statements.Prepare("UPDATE state SET sequence = ?, at = ?, journal_checksum = ? WHERE sequence = ? AND identity = ?");
            _positions = new PositionWriter(_statements);
            _folds = new FoldWriter(_statements);
            _deliveries = new DeliveryWriter(_statements);
            _tables = new TableWriter(_statements, _deliveries);
            _ledger = new LedgerWriter(_statements, ledger);
            _snapshots = new SnapshotWriter(_statements);
            _thinner = new Thinner(_statements, keyedMax);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>As of which the file is.</summary>
    public long Sequence { get; private set; }

    /// <summary>Engine time (µs) of that sequence.</summary>
    public long At { get; private set; }

    /// <summary>For a look at the file and a copy of it, while the writer's thread waits.</summary>
    public SqliteConnection Connection => _connection;

    /// <summary>All of the batch or nothing of it, durable when this returns.</summary>
    public void Write(Batch batch)
    {
        Begin();
        foreach (var position in batch.Positions) _positions.Write(position);
        foreach (var key in batch.Keys)
        {
            _positions.Write(key);
            _folds.Know(key.Change.Names);
        }
        _deliveries.Write(batch.Deliveries);
        // After the keys: a deleted recorder's go with it. Folds last, because they look at the keys.
        foreach (var change in batch.Tables) _tables.Write(change);
        _ledger.Write(batch.Ledger, batch.At);
        foreach (var run in batch.Folds) _folds.Write(run);
        foreach (var outage in batch.Outages) _folds.Write(outage);
        // Another program may have put an older content into the same file.
        if (_setState.Add(batch.Sequence).AddTime(batch.At).Add(batch.Checksum).Add(Sequence).Add(_database.Identity).Run() != 1)
            throw _database.Replaced();
        Commit(batch.Sequence);
        At = batch.At;
    }

    public void WriteSnapshots(IReadOnlyList<Engine.Positions.PositionView> views, int from, int count, long takenAt)
    {
        Begin();
        for (var i = from; i < from + count; i++) _snapshots.Write(views[i], takenAt);
        Commit(Sequence);
    }

    public int ThinStep(long now)
    {
        Begin();
        var deleted = _thinner.Step(now, At);
        if (deleted == 0) deleted = _ledger.Prune(now, SinkLimits.ThinRowsPerStep);
        Commit(Sequence);
        return deleted;
    }

    public (string Symbol, long FromSequence)? MergeStep((string Symbol, long FromSequence) after, out int merged)
    {
        Begin();
        var place = _folds.MergeStep(after, out merged);
        Commit(Sequence);
        return place;
    }

    public void Dispose()
    {
        _statements.Dispose();
        _connection.Dispose();
    }

    /// <summary>SQLite takes no locks of its own: two threads on this connection would damage the file unnoticed.</summary>
    private void Begin()
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvariantException("invariant broken: another thread uses the writer's connection");
        _begin.Run();
    }

    /// <summary>What went into a file that nobody finds again is not durable.</summary>
    private void Commit(long sequence)
    {
        _commit.Run();
        Sequence = sequence;
        if (OpenFile.HasMoved(_connection)) throw _database.Gone();
    }
}
