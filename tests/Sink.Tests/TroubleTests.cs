using Microsoft.Data.Sqlite;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Tests.Shared;
using Xunit;

namespace StreamRecorder.Sink.Tests;

/// <summary>
/// The database in trouble while the sink runs: it is tried again and then holds everything exactly once, or the sink
/// ends with a sentence that names the file. What it should hold is what a sink without any trouble wrote elsewhere.
/// </summary>
public sealed class TroubleTests : IAsyncDisposable
{
    private readonly Rig _rig = new();
    private readonly Script _script = new();

    [Fact]
    public async Task Database_LockedForAWhile_IsTriedAgainUntilAllIsThereOnce()
    {
        var recorder = _script.Recorder("A");
        _script.Trades(recorder, 10);
        using (var other = _rig.Connect())
        {
            Database.Execute(other, "BEGIN IMMEDIATE");
            _rig.StartSink();
            _rig.Release(_script.Groups);
            await _rig.Log.FirstError.Task.WaitAsync(Rig.Limit, TestContext.Current.CancellationToken);
            Assert.True(_rig.Sink!.Metrics.IsFailing);
            Assert.Equal(10, new ClosedReader(_rig.Outbox, _rig.Queries).Closed(new ClosedFilter()).Count);
            Database.Execute(other, "ROLLBACK");
        }
        await _rig.DurableAsync(_script.Sequence);
        await AssertSameAsWithoutTroubleAsync(_rig);
        Assert.False(_rig.Sink.Metrics.IsFailing);
        Assert.True(_rig.Sink.Metrics.Retries >= 1);
        Assert.Equal(1, _rig.Log.Errors);
        Assert.Equal(1, _rig.Log.Informations);
    }

    [Fact]
    public async Task Disk_FullForAWhile_IsTriedAgainUntilAllIsThereOnce()
    {
        using var disk = SmallDisk.Mount(megabytes: 16);
        await using var rig = new Rig(directory: Directory.CreateDirectory(Path.Combine(disk.Root, "data")).FullName);
        var recorder = _script.Recorder("A");
        rig.StartSink();
        rig.Release(_script.Groups);
        await rig.DurableAsync(_script.Sequence);
        disk.Fill();
        _script.Trades(recorder, 1500);
        rig.Release(_script.Groups[1..]);
        // The first refusal may be of a write that finds room when it is tried again, where the log of writes begins anew.
        Assert.True(SpinWait.SpinUntil(() => rig.Sink!.Metrics is { IsFailing: true, Retries: > 2 }, Rig.Limit), "the disk is not full");
        Assert.True(rig.Outbox.PendingCount > 0);
        Assert.True(rig.Queries.State().Sequence < _script.Sequence);

        disk.Free();
        await rig.DurableAsync(_script.Sequence);
        Assert.False(rig.Sink!.Metrics.IsFailing);
        await AssertSameAsWithoutTroubleAsync(rig);
        Assert.Empty(rig.Database.IntegrityErrors());
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("moved")]
    [InlineData("replaced by another")]
    [InlineData("replaced by a copy of itself")]
    public async Task Database_TakenAwayWhileOpen_EndsTheSinkAndSavesWhatItHeld(string how)
    {
        var recorder = await StartWithTradesAsync();
        TakeAway(how);

        var known = (_script.Groups.Count, _script.Sequence);
        _script.Trades(recorder, 3);
        _rig.Release(_script.Groups[known.Count..]);
        var gone = await Assert.ThrowsAsync<DatabaseDamagedException>(_rig.RunEndsAsync);

        // What went into a file without a name is not durable.
        Assert.Equal(known.Sequence, _rig.Outbox.DurableSequence);
        Assert.NotEqual(0, _rig.Outbox.PendingCount);
        var saved = Assert.Single(Directory.GetFiles(Path.GetDirectoryName(_rig.Path)!, "*.rescued-*"));
        Assert.StartsWith(_rig.Path + " was deleted, moved or replaced", gone.Message, StringComparison.Ordinal);
        Assert.Contains(saved, gone.Message, StringComparison.Ordinal);

        // Put back as the sentence says, then the journal's part again.
        await _rig.EndFailedSinkAsync();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_rig.Path)!, Path.GetFileName(_rig.Path) + "*").Where(f => f != saved))
            File.Delete(file);
        File.Move(saved, _rig.Path);
        await _rig.WriteAsync(_script.Groups[known.Count..]);
        await AssertSameAsWithoutTroubleAsync(_rig);
    }

    /// <summary>A start that has nothing to write yet holds the file all the same.</summary>
    [Fact]
    public async Task Database_DeletedBeforeTheFirstTransaction_EndsTheSinkAndSavesWhatItHeld()
    {
        _script.Trades(_script.Recorder("A"), 5);
        await _rig.WriteAsync(_script.Groups);
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Outbox.Drained += opened.SetResult;
        _rig.StartSink();
        await opened.Task.WaitAsync(Rig.Limit, TestContext.Current.CancellationToken);
        _rig.Outbox.Drained -= opened.SetResult;
        TakeAway("deleted");
        _rig.Release([new OutputGroup(_script.Sequence + 1, Script.Start, [])]);
        var gone = await Assert.ThrowsAsync<DatabaseDamagedException>(_rig.RunEndsAsync);
        var saved = Assert.Single(Directory.GetFiles(Path.GetDirectoryName(_rig.Path)!, "*.rescued-*"));
        Assert.Contains(saved, gone.Message, StringComparison.Ordinal);
        using var reader = VerificationReader.Open(saved);
        // What went into the file after it lost its name is not durable for anybody, and may be in it.
        Assert.InRange(reader.State.Sequence, _script.Sequence, _script.Sequence + 1);
    }

    /// <summary>Between two tries no session is open that would hold the file.</summary>
    [Theory]
    [InlineData("deleted")]
    [InlineData("replaced by another")]
    public async Task Database_TakenAwayWhileItIsTriedAgain_EndsTheSinkAndSavesWhatItHeld(string how)
    {
        var recorder = await StartWithTradesAsync();
        var known = (_script.Groups.Count, _script.Sequence);
        _script.Trades(recorder, 3);
        using (var other = _rig.Connect())
        {
            Database.Execute(other, "BEGIN IMMEDIATE");
            _rig.Release(_script.Groups[known.Count..]);
            await _rig.Log.FirstError.Task.WaitAsync(Rig.Limit, TestContext.Current.CancellationToken);
            TakeAway(how);
            var gone = await Assert.ThrowsAsync<DatabaseDamagedException>(_rig.RunEndsAsync);
            var saved = Assert.Single(Directory.GetFiles(Path.GetDirectoryName(_rig.Path)!, "*.rescued-*"));
            Assert.Contains(saved, gone.Message, StringComparison.Ordinal);
            using var reader = VerificationReader.Open(saved);
            Assert.Equal(known.Sequence, reader.State.Sequence);
        }
        Assert.Equal(known.Sequence, _rig.Outbox.DurableSequence);
    }

    [Fact]
    public async Task Database_DeletedWhileNothingHappens_IsNoticedByTheNextThinning()
    {
        _rig.StartSink();
        _rig.Release([new OutputGroup(1, Script.Start, [])]);
        await _rig.DurableAsync(1);
        TakeAway("deleted");
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => _rig.Sink!.ThinAsync(Script.Start));
        await Assert.ThrowsAsync<DatabaseDamagedException>(_rig.RunEndsAsync);
        Assert.Throws<DatabaseDamagedException>(_rig.Database.ReadStateAfresh);
    }

    [Fact]
    public async Task Database_DeletedWhileClosed_IsNeverMadeAnew()
    {
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_rig.Path)!)) File.Delete(file);
        _rig.StartSink();
        var gone = await Assert.ThrowsAsync<DatabaseDamagedException>(_rig.RunEndsAsync);
        Assert.StartsWith(_rig.Path + " was deleted", gone.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_rig.Path));
    }

    [Fact]
    public async Task Database_ReplacedWhileClosed_EndsTheSinkAndLeavesTheOtherAlone()
    {
        TakeAway("replaced by another");
        var before = await File.ReadAllBytesAsync(_rig.Path, TestContext.Current.CancellationToken);
        _rig.StartSink();
        _rig.Release([new OutputGroup(1, Script.Start, [])]);
        await Assert.ThrowsAsync<DatabaseDamagedException>(_rig.RunEndsAsync);
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => _rig.Sink!.ThinAsync(Script.Start));
        Assert.Equal(before, await File.ReadAllBytesAsync(_rig.Path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Database_GivenAnOlderContent_EndsTheSink()
    {
        var recorder = _script.Recorder("A");
        _rig.StartSink();
        _rig.Release(_script.Groups);
        await _rig.DurableAsync(_script.Sequence);
        using var older = new SqliteConnection($"Data Source={_rig.Path}.older;Pooling=false");
        older.Open();
        using (var now = _rig.Connect()) now.BackupDatabase(older);
        var known = _script.Groups.Count;
        _script.Trades(recorder, 1);
        _rig.Release(_script.Groups[known..]);
        await _rig.DurableAsync(_script.Sequence);

        // By the same file, as the .restore of the sqlite3 shell does it.
        using (var file = _rig.Connect()) older.BackupDatabase(file);
        known = _script.Groups.Count;
        _script.Trades(recorder, 1);
        _rig.Release(_script.Groups[known..]);
        await Assert.ThrowsAsync<DatabaseDamagedException>(_rig.RunEndsAsync);
        Assert.Equal(1, _rig.Queries.State().Sequence);
    }

    [Fact]
    public async Task Page_CorruptWhereTheSinkWrites_EndsTheSinkNamingTheFile()
    {
        var recorder = _script.Recorder("A");
        _script.Trades(recorder, 50);
        await _rig.WriteAsync(_script.Groups);
        Corrupt("fills");
        var known = _script.Groups.Count;
        _script.Trades(recorder, 1);
        _rig.Release(_script.Groups[known..]);
        _rig.StartSink();
        var damage = await Assert.ThrowsAsync<DatabaseDamagedException>(_rig.RunEndsAsync);
        Assert.StartsWith(_rig.Path + " is damaged", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_CorruptWhereAPageOfHistoryIsRead_IsRefusedAndTheJournalKept()
    {
        var recorder = _script.Recorder("A");
        _script.Trades(recorder, 50);
        await _rig.WriteAsync(_script.Groups);
        Assert.Equal(_script.Sequence, _rig.Database.ReadStateAfresh().Sequence);
        Corrupt("recorder_positions");
        Assert.Throws<DatabaseDamagedException>(() => new ClosedReader(_rig.Outbox, _rig.Queries).Closed(new ClosedFilter()));
        // Whoever asks before a truncation is told from now on.
        Assert.StartsWith(_rig.Path, Assert.Throws<DatabaseDamagedException>(_rig.Database.ReadStateAfresh).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("position_keys")]
    [InlineData("symbol_folds")]
    [InlineData("symbols")]
    [InlineData("recorders")]
    public async Task Page_CorruptWhereAStartReads_RefusesTheStart(string table)
    {
        var recorder = _script.Recorder("A");
        _script.Trades(recorder, 5);
        _script.Buy(recorder, 1, 25600);
        _script.Tick(_script.MnqDec, 25601);
        await _rig.WriteAsync(_script.Groups);
        Corrupt(table);
        using var reader = new StateReader(_rig.Database);
        using var state = new Script();
        var damage = Assert.ThrowsAny<Exception>(() => state.State.Load(reader.Read()!));
        Assert.StartsWith(_rig.Path, Assert.IsType<DatabaseDamagedException>(damage).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_OfANewerVersion_RefusesTheStart()
    {
        var recorder = _script.Recorder("A");
        _script.Buy(recorder, 1, 25600);
        await _rig.WriteAsync(_script.Groups);
        _rig.Execute("UPDATE position_keys SET record = x'02' || substr(record, 2)");
        using var reader = new StateReader(_rig.Database);
        using var state = new Script();
        var refusal = Assert.Throws<DatabaseVersionException>(() => state.State.Load(reader.Read()!));
        Assert.Contains("newer version", refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith(_rig.Path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_WithAWrongChecksum_RefusesTheStart()
    {
        var recorder = _script.Recorder("A");
        _script.Buy(recorder, 1, 25600);
        await _rig.WriteAsync(_script.Groups);
        _rig.Execute("UPDATE position_keys SET record = substr(record, 1, 50) || x'ff' || substr(record, 52)");
        using var reader = new StateReader(_rig.Database);
        using var state = new Script();
        var damage = Assert.Throws<DatabaseDamagedException>(() => state.State.Load(reader.Read()!));
        Assert.Contains($"the record of recorder {recorder} and symbol MNQ1!", damage.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        _script.Dispose();
        return _rig.DisposeAsync();
    }

    /// <summary>A sink that runs and has written five trades of the recorder returned.</summary>
    private async Task<long> StartWithTradesAsync()
    {
        var recorder = _script.Recorder("A");
        _script.Trades(recorder, 5);
        _rig.StartSink();
        _rig.Release(_script.Groups);
        await _rig.DurableAsync(_script.Sequence);
        return recorder;
    }

    private void TakeAway(string how)
    {
        var copy = _rig.Path + ".copy";
        switch (how)
        {
            case "deleted":
                File.Delete(_rig.Path);
                break;
            case "moved":
                File.Move(_rig.Path, copy);
                break;
            case "replaced by another":
                Database.Open(copy);
                File.Move(copy, _rig.Path, overwrite: true);
                break;
            default:
                DatabaseCopy.Write(_rig.Path, copy);
                File.Move(copy, _rig.Path, overwrite: true);
                break;
        }
    }

    /// <summary>Overwrites the root page of a table, after everything was brought into the main file.</summary>
    private void Corrupt(string table)
    {
        _rig.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        var page = (long)_rig.Value($"SELECT rootpage FROM sqlite_master WHERE name = '{table}'")!;
        var size = (long)_rig.Value("PRAGMA page_size")!;
        using var file = new FileStream(_rig.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = (page - 1) * size;
        file.Write(Enumerable.Repeat((byte)0xA5, (int)size).ToArray());
    }

    /// <summary>Row for row what a sink writes that never had any trouble; folds may be cut into rows elsewhere and still say the same.</summary>
    private async Task AssertSameAsWithoutTroubleAsync(Rig rig)
    {
        await using var oracle = new Rig();
        await oracle.WriteAsync(_script.Groups);
        foreach (var table in SinkTests.AllTables.Where(t => t != "symbol_folds"))
            Assert.Equal(oracle.Select($"SELECT * FROM {table}"), rig.Select($"SELECT * FROM {table}"));
        const string Folds = "SELECT symbol, sum(tick_count), min(min_e9), max(max_e9), max(to_seq) FROM symbol_folds GROUP BY symbol";
        Assert.Equal(oracle.Select(Folds), rig.Select(Folds));
    }
}
