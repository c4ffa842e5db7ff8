using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recovery;
using StreamRecorder.Engine.Signals;
using Xunit;

namespace StreamRecorder.Sink.Tests;

/// <summary>Deliveries that may come again: many in a row, each read back for itself.</summary>
public sealed class DeliveryTests : IAsyncDisposable
{
    private const long Minute = 60 * Timestamp.Second;
    private static readonly Symbol Mnq = new SymbolTable().FromCanonical("MNQ1!", "MNQ", SymbolKind.Continuous, 1);

    private readonly Rig _rig = new();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Deliveries_WrittenInAnyBatches_AreReadBackAsTheyWere(int rowsMax)
    {
        var given = Enumerable.Range(1, 100).Select(i => Some(i, i % 3 == 0 ? null : new string('é', i))).ToList();
        await _rig.WriteAsync(given.Select(Group), rowsMax);
        Assert.Equal(given, Read().OrderBy(d => d.Answer.Sequence));
        Assert.InRange((long)_rig.Value("SELECT count(*) FROM delivery_runs")!, 100 / rowsMax, 2 * (100 / rowsMax + 1));
    }

    [Fact]
    public async Task Deliveries_WhoseTimeIsOver_AreNotReadAndThinned()
    {
        var (minute, day) = (Some(1, null) with { Until = Script.Start + Minute }, Some(2, "k") with { Until = Script.Start + Timestamp.Day });
        await _rig.WriteAsync([Group(minute), Group(day), new OutputGroup(3, Script.Start + 2 * Minute, [])]);
        Assert.Equal([day], Read());
        await ThinAsync(Script.Start + 2 * Minute);
        Assert.Equal([[2L]], _rig.Select("SELECT last_sequence FROM delivery_runs"));
        await _rig.WriteAsync([new OutputGroup(4, Script.Start + Timestamp.Day + 1, [])]);
        await ThinAsync(Script.Start + Timestamp.Day + 1);
        Assert.Empty(_rig.Select("SELECT * FROM delivery_runs"));
    }

    [Fact]
    public async Task Deliveries_OfAFileThatLagsBehindTheClock_AreKept()
    {
        var first = Some(1, null) with { Until = Script.Start + Minute };
        var again = Script.Start + Minute / 2;
        await _rig.WriteAsync([Group(first), Repeat(2, first, again, Script.Start + 2 * Minute)]);
        await ThinAsync(Script.Start + Timestamp.Day);
        Assert.Equal([first with { LastAt = again, Until = Script.Start + 2 * Minute }], Read());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Repeat_OfADeliveryWithoutKey_OutlivesItsRun(int rowsMax)
    {
        var first = Some(1, null) with { Until = Script.Start + Minute };
        var (again, until) = (Script.Start + Minute / 2, Script.Start + 3 * Minute);
        await _rig.WriteAsync(
            [
                Group(first), Group(Some(2, "k")), Group(Some(3, null) with { Until = Script.Start + Minute }), Repeat(4, first, again, until),
                new OutputGroup(5, Script.Start + 2 * Minute, []),
            ],
            rowsMax);
        await ThinAsync(Script.Start + 2 * Minute);
        Assert.Equal([first with { LastAt = again, Until = until }], Read().Where(d => d.Key is null));
        await _rig.WriteAsync([new OutputGroup(6, until + 1, [])]);
        await ThinAsync(until + 1);
        Assert.Equal([[0L, 1L]], _rig.Select("SELECT (SELECT count(*) FROM delivery_repeats), (SELECT count(*) FROM delivery_runs)"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Deliveries_WithMoreKeysThanAreRemembered_AreTheNewestOnly(int rowsMax)
    {
        const int Max = 20;
        var given = Enumerable.Range(1, 100).Select(i => Some(i, i % 5 == 0 ? null : "k" + i)).ToList();
        var newest = given.Where(d => d.Key is not null).TakeLast(Max);
        var known = given.Where(d => d.Key is null).Concat(newest).OrderBy(d => d.Answer.Sequence).ToList();
        // By two writers: the second one counts on.
        await _rig.WriteAsync(given[..50].Select(Group), rowsMax);
        await _rig.WriteAsync(given[50..].Select(Group), rowsMax);
        Assert.Equal(80L, _rig.Value("SELECT max(keyed_total) FROM delivery_runs"));
        Assert.Equal(known, Read(Max).OrderBy(d => d.Answer.Sequence));
        Assert.Equal(given, Read().OrderBy(d => d.Answer.Sequence));
        await ThinAsync(Script.Start, Max);
        Assert.Equal(known, Read(Max).OrderBy(d => d.Answer.Sequence));
        Assert.Equal(0L, _rig.Value($"SELECT count(*) FROM delivery_runs WHERE keyed_total <= 80 - {Max}"));
        if (rowsMax == 1) Assert.Equal((long)Max, _rig.Value("SELECT count(*) FROM delivery_runs WHERE keyed_total IS NOT NULL"));
    }

    [Theory]
    [InlineData("deliveries = x''")]
    [InlineData("deliveries = substr(deliveries, 1, length(deliveries) - 1)")]
    [InlineData("deliveries = substr(deliveries, 1, 20) || x'ffff' || substr(deliveries, 23)")]
    [InlineData("last_sequence = 9")]
    public async Task Run_ThatIsDamaged_RefusesTheStartNamingFileAndRow(string damage)
    {
        await _rig.WriteAsync([Group(Some(1, "key"))]);
        _rig.Execute("UPDATE delivery_runs SET " + damage);
        var last = _rig.Value("SELECT last_sequence FROM delivery_runs");
        var refusal = Assert.Throws<DatabaseDamagedException>(Read);
        Assert.Equal($"{_rig.Path}: the deliveries of last_sequence {last} in delivery_runs are damaged.", refusal.Message);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    /// <summary>Every field another value in each.</summary>
    private static StoredRepeat Some(int i, string? key) => new(
        1000 + i, key, new UInt128((ulong)i << 60, ulong.MaxValue - (ulong)i), Script.Start + i, Script.Start + i,
        new SignalAnswer
        {
            Sequence = i,
            Status = i % 2 == 0 ? SignalStatus.Accepted : SignalStatus.Ignored,
            Effect = (Effect)(i % 6),
            Reason = (IgnoreReason)(i % 9),
            PositionId = 7_000_000_000 + i,
            PositionIsOpen = i % 5 < 2,
            ClosedPositionId = i % 2 * i,
            Flags = (Flags)(uint.MaxValue - i),
        },
        Script.Start + Timestamp.Day + i, i % 7 < 3);

    private static OutputGroup Group(StoredRepeat delivery)
    {
        var signal = new Signal { Symbol = Mnq, Key = delivery.Key, BodyHash = delivery.BodyHash, HasFiringTime = delivery.HasFiringTime };
        return new OutputGroup(
            delivery.Answer.Sequence, delivery.At,
            [new SignalApplied(new SignalInput(delivery.RecorderId, signal) { Contract = Mnq }, delivery.Answer, delivery.Until, "R")]);
    }

    private static OutputGroup Repeat(long sequence, StoredRepeat first, long at, long until) => new(
        sequence, at, [new BodyNoted(new SignalNoted(first.RecorderId, first.Answer) { BodyHash = first.BodyHash }, until, "R")]);

    private List<StoredRepeat> Read() => Read(EngineLimits.RepeatKeysMax);

    private List<StoredRepeat> Read(long keyedMax)
    {
        using var reader = new StateReader(_rig.Database) { KeyedMax = keyedMax };
        return [.. reader.Read()!.Repeats];
    }

    private async Task ThinAsync(long now, long keyedMax = EngineLimits.RepeatKeysMax)
    {
        await _rig.StartSink(keyedMax: keyedMax).ThinAsync(now);
        await _rig.EndSinkAsync();
    }
}
