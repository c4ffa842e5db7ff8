using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Signals;
using Xunit;

namespace StreamRecorder.Sink.Tests;

public sealed class LedgerTests : IAsyncDisposable
{
    private readonly Rig _rig = new();
    private readonly Script _script = new();

    public async ValueTask DisposeAsync()
    {
        _script.Dispose();
        await _rig.DisposeAsync();
    }

    [Fact]
    public async Task Entries_Written_AreReadAsTheyWere()
    {
        var entries = _script.AddBodies(200, seed: 1);
        await _rig.WriteAsync(_script.Groups, rowsMax: 7);
        Assert.Equal(entries.AsEnumerable().Reverse(), _rig.Queries.Ledger.Entries(new LedgerFilter(Limit: 1000)));
        Assert.All(entries, entry => Assert.Equal(entry, _rig.Queries.Ledger.Entry(entry.Id)));
        Assert.Null(_rig.Queries.Ledger.Entry(1));
    }

    [Fact]
    public async Task Entries_AnyFilter_AreThoseOfANaiveSearch()
    {
        var all = _script.AddBodies(300, seed: 2);
        await _rig.WriteAsync(_script.Groups);
        var random = new Random(3);
        for (var i = 0; i < 400; i++)
        {
            var filter = new LedgerFilter(
                Maybe(random.Next(1, 5)), Maybe((SignalStatus)random.Next(4)), Maybe(Moment()), Maybe(Moment()),
                Maybe(all[random.Next(all.Count)].Id), random.Next(1, 60));
            Assert.Equal(all.AsEnumerable().Reverse().Where(filter.Fits).Take(filter.Limit), _rig.Queries.Ledger.Entries(filter));
        }
        long Moment() => all[random.Next(all.Count)].At + random.Next(-1, 2);
        T? Maybe<T>(T value) where T : struct => random.Next(2) == 0 ? null : value;
    }

    [Fact]
    public async Task Entries_OfAnEmptyLedger_AreNone()
    {
        await _rig.WriteAsync([]);
        Assert.Empty(_rig.Queries.Ledger.Entries(new LedgerFilter(1, SignalStatus.Refused, From: 1, To: 2)));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Query_OfAPage_LooksUpAndNeverScansOrSortsTheTable(bool ofRecorder, bool ofStatus)
    {
        await _rig.WriteAsync([]);
        var filter = new LedgerFilter(ofRecorder ? 1 : null, ofStatus ? SignalStatus.Refused : null);
        foreach (var bound in new long?[] { null, 5 })
        {
            var plan = Plan(LedgerQueries.Sql(filter, bound, bound));
            Assert.All(plan.Where(step => step.Contains("signals", StringComparison.Ordinal)), step =>
                Assert.True(
                    step.StartsWith("SEARCH", StringComparison.Ordinal)
                    || (step == "SCAN signals" && bound is null && !ofRecorder && !ofStatus), step));
            // Only the ids of one page of a recorder are sorted.
            if (!ofRecorder) Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task State_Always_CountsRowsAndBytes()
    {
        _script.AddBodies(100, seed: 4);
        await _rig.WriteAsync(_script.Groups, rowsMax: 9);
        AssertCounted();
        Assert.True((long)_rig.Value("SELECT ledger_bytes FROM state")! > 100_000);
    }

    [Fact]
    public async Task Ledger_Full_GivesUpTheOldestAndStaysWithinItsLimit()
    {
        var all = _script.AddBodies(400, seed: 5);
        var longest = 5000;
        var settings = new LedgerSettings { BytesMax = 60_000 };
        await _rig.WriteAsync(_script.Groups, rowsMax: 8, ledger: settings);
        var kept = _rig.Queries.Ledger.Entries(new LedgerFilter(Limit: 1000));
        Assert.Equal(all.AsEnumerable().Reverse().Take(kept.Count), kept);
        Assert.InRange((long)_rig.Value("SELECT ledger_bytes FROM state")!, settings.BytesMax - longest, settings.BytesMax);
        AssertCounted();
    }

    [Fact]
    public async Task Ledger_Old_IsThinnedByAge()
    {
        var all = _script.AddBodies(50, seed: 6);
        var ends = all[20].At;
        _rig.Release(_script.Groups);
        var sink = _rig.StartSink(ledger: new LedgerSettings { Age = TimeSpan.FromDays(2) });
        await _rig.DurableAsync(_script.Sequence);
        await sink.ThinAsync(ends + TimeSpan.FromDays(2).Ticks / 10);
        Assert.Equal(all.Skip(20).AsEnumerable().Reverse(), _rig.Queries.Ledger.Entries(new LedgerFilter(Limit: 1000)));
        AssertCounted();
    }

    [Fact]
    public async Task Answer_KnownOnlyAfterItsRow_IsWrittenWithALaterBatch()
    {
        var answers = new System.Collections.Concurrent.ConcurrentDictionary<long, long>();
        var settings = new LedgerSettings { AnsweredAt = id => answers.TryGetValue(id, out var at) ? at : null };
        var entries = _script.AddBodies(2, seed: 7);
        answers[entries[0].Id] = 1;
        _rig.Release(_script.Groups);
        _rig.StartSink(ledger: settings);
        await _rig.DurableAsync(_script.Sequence);
        Assert.Equal([null, 1], AnswerTimes());
        answers[entries[1].Id] = 2;
        _rig.Release([_script.Tick(_script.MnqDec, 1)]);
        await _rig.DurableAsync(_script.Sequence);
        Assert.Equal([2, 1], AnswerTimes());
    }

    [Fact]
    public async Task Retry_Written_LinksBothRows()
    {
        _script.Recorder("r");
        var receipt = new Receipt("x"u8.ToArray(), false, _script.Now);
        var refused = _script.Apply(new SignalNoted(1, SignalAnswer.Refused(Rejection.PriceUnknown.Because("No tick."))) { Receipt = receipt });
        var retry = _script.Buy(1, 1, 25600, receipt: receipt, retryOf: refused.Sequence);
        await _rig.WriteAsync(_script.Groups);
        Assert.Equal(refused.Sequence, _rig.Queries.Ledger.Entry(retry.Sequence)!.RetryOf);
        Assert.Equal(retry.Sequence, _rig.Queries.Ledger.Entry(refused.Sequence)!.RetriedAs);
    }

    private IEnumerable<long?> AnswerTimes() => _rig.Queries.Ledger.Entries(new LedgerFilter()).Select(e => e.AnsweredAt);

    private void AssertCounted() =>
        Assert.Equal(
            _rig.Select("SELECT count(*), sum(bytes) FROM signals").Single(), _rig.Select("SELECT ledger_rows, ledger_bytes FROM state").Single());

    private List<string> Plan(string sql)
    {
        using var connection = _rig.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        foreach (var name in new[] { "$recorder", "$status", "$from", "$before", "$limit" }) command.Parameters.AddWithValue(name, 1);
        using var reader = command.ExecuteReader();
        var steps = new List<string>();
        while (reader.Read()) steps.Add(reader.GetString(3));
        return steps;
    }
}
