using Microsoft.Data.Sqlite;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Sink;

/// <summary>
/// The connection that writes, with its prepared statements, and the sequence that the file is as of. Used by the sink's thread alone. After any
/// exception it is disposed of, which rolls back what was under way, and a new one reads the sequence afresh: so a commit that failed in doubt is
/// neither lost nor done twice.
/// </summary>
internal sealed class WriterSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<IDisposable> _owned = [];
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _setState;
    private readonly PositionWriter _positions;
    private readonly FoldWriter _folds;
    private readonly TableWriter _tables;
    private readonly SnapshotWriter _snapshots;
    private readonly Thinner _thinner;

    public WriterSession(Database database)
    {
        _connection = database.OpenWriter();
        try
        {
            var state = Database.StateOf(_connection);
            if (state.Identity != database.Identity) throw database.Replaced();
            Sequence = state.Sequence;
            _begin = Own(new Statement(_connection, "BEGIN IMMEDIATE"));
            _commit = Own(new Statement(_connection, "COMMIT"));
            _setState = Own(new Statement(_connection, "UPDATE state SET sequence = ?, at = ?"));
            _positions = Own(new PositionWriter(_connection));
            _folds = Own(new FoldWriter(_connection));
            _tables = Own(new TableWriter(_connection));
            _snapshots = Own(new SnapshotWriter(_connection));
            _thinner = Own(new Thinner(_connection));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>As of which the file is.</summary>
    public long Sequence { get; private set; }

    /// <summary>All of the batch or nothing of it, durable when this returns.</summary>
    public void Write(Batch batch)
    {
        _begin.Run();
        foreach (var position in batch.Positions) _positions.Write(position);
        foreach (var key in batch.Keys)
        {
            _positions.Write(key);
            _folds.Know(key.Change.Names);
        }
        // After the keys: a deleted recorder's go with it. Folds last, because they look at the keys.
        foreach (var change in batch.Tables) _tables.Write(change);
        foreach (var run in batch.Folds) _folds.Write(run);
        _setState.Add(batch.Sequence).Add(Timestamp.Format(batch.At)).Run();
        _commit.Run();
        Sequence = batch.Sequence;
    }

    public void WriteSnapshots(IReadOnlyList<Engine.Positions.PositionView> views, int from, int count, long takenAt)
    {
        _begin.Run();
        for (var i = from; i < from + count; i++) _snapshots.Write(views[i], takenAt);
        _commit.Run();
    }

    public int ThinStep(long now)
    {
        _begin.Run();
        var deleted = _thinner.Step(now);
        _commit.Run();
        return deleted;
    }

    public (string Symbol, long FromSequence)? MergeStep((string Symbol, long FromSequence) after, out int merged)
    {
        _begin.Run();
        var place = _folds.MergeStep(after, out merged);
        _commit.Run();
        return place;
    }

    public void Dispose()
    {
        foreach (var owned in _owned) owned.Dispose();
        _connection.Dispose();
    }

    private T Own<T>(T part) where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }
}
