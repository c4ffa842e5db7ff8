using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;
using Xunit;

namespace StreamRecorder.Sink.Tests;

/// <summary>What is read back is what was written, digit for digit.</summary>
public sealed class ExactTests : IAsyncDisposable
{
    private readonly Rig _rig = new();

    [Fact]
    public async Task View_OfExtremeValues_RoundTripsDigitForDigit()
    {
        var groups = new List<OutputGroup>();
        var expected = new List<PositionView>();
        foreach (var value in new[] { long.MaxValue, long.MinValue, 1, -1, 0, 9_007_199_254_740_993 })
            foreach (var wide in new[] { EngineLimits.RealizedMax, -EngineLimits.RealizedMax, (Int128)1, (Int128)long.MaxValue + 1 })
            {
                var id = groups.Count + 1;
                var closed = new PositionClosed(
                    Extreme(id, value, wide), new PositionNames(3, "Ünïcode 'name'", "S", "C", "R"), CloseReason.StopLoss, Script.Start + id);
                expected.Add(closed.View());
                groups.Add(new OutputGroup(id, Script.Start, [closed]));
            }
        await _rig.WriteAsync(groups);
        Assert.Equal(expected.OrderByDescending(v => v.Id), _rig.Queries.ClosedPositions(new ClosedFilter(Limit: 1000)));
        Assert.Equal(expected[5], _rig.Queries.Position(6));
    }

    [Fact]
    public async Task View_OfRandomRecords_RoundTripsDigitForDigit()
    {
        var random = new Random(5);
        var groups = new List<OutputGroup>();
        for (var id = 1; id <= 300; id++)
        {
            var position = Extreme(id, random.NextInt64(-Fixed9.PriceMax, Fixed9.PriceMax), (Int128)random.NextInt64() * random.Next());
            position.Flags = (Flags)random.Next(128);
            Output output = id % 2 == 0
                ? new PositionClosed(position, new PositionNames(1, "A", "S1!", "SZ2025", "S"), (CloseReason)random.Next(1, 9), Script.Start + id)
                : new PositionChanged(position, new PositionNames(1, "A", "S1!", "SZ2025", "S"));
            groups.Add(new OutputGroup(id, Script.Start + id, [output]));
        }
        await _rig.WriteAsync(groups);
        foreach (var group in groups)
        {
            var expected = group.Outputs[0] is PositionChanged changed
                ? PositionView.Of(changed.Position, changed.Names)
                : ((PositionClosed)group.Outputs[0]).View();
            Assert.Equal(expected, _rig.Queries.Position(group.Sequence));
        }
    }

    [Fact]
    public async Task Fill_WithEverything_RoundTrips()
    {
        var fills = new[]
        {
            new FillOutput(
                1, true, -Fixed9.PriceMax, Fixed9.QuantityMax, Script.Start + 1, Script.Start - 7, PriceSource.Tick, Flags.Late | Flags.Sync,
                "it's \"x\" \u20ac"),
            new FillOutput(1, false, 1, 1, Script.Start + 2, null, PriceSource.Signal, Flags.None, null),
            new FillOutput(1, true, Fixed9.PriceMax, 1, Script.Start + 2, 0, PriceSource.Signal, Flags.IdReused, ""),
        };
        var changed = new PositionChanged(Extreme(1, 5, 5), new PositionNames(1, "A", "S", "S", "S"));
        await _rig.WriteAsync([new OutputGroup(1, 1, [fills[0], fills[1], changed]), new OutputGroup(2, 2, [fills[2], changed])]);
        Assert.Equal([new RecordedFill(1, 0, fills[0]), new RecordedFill(1, 1, fills[1]), new RecordedFill(2, 0, fills[2])], _rig.Queries.Fills(1));
    }

    [Fact]
    public async Task Record_Damaged_IsSaidNotShown()
    {
        await _rig.WriteAsync([new OutputGroup(1, 1, [new PositionChanged(Extreme(1, 5, 5), new PositionNames(1, "A", "S", "S", "S"))])]);
        _rig.Execute("UPDATE recorder_positions SET exact = substr(exact, 1, 100) || x'ff' || substr(exact, 102)");
        Assert.Throws<DatabaseDamagedException>(() => _rig.Queries.Position(1));
    }

    [Theory]
    [InlineData("0.1")]
    [InlineData("25597.3333333333")]
    [InlineData("-900719.9254740993")]
    [InlineData("4600000000.999999999")]
    public void Real_OfADecimal_IsTheNearest(string text)
    {
        Assert.Equal(
            NumberError.None, Fixed9.TryParse(text.AsSpan()[..Math.Min(text.Length, text.IndexOf('.', StringComparison.Ordinal) + 10)], out var e9));
        Assert.Equal(double.Parse(Fixed9.Format(e9), System.Globalization.CultureInfo.InvariantCulture), Columns.Real(e9));
        Assert.Equal(Amount.FromFixed9(e9).ToDouble(), Columns.Real(Amount.FromFixed9(e9)));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private static Position Extreme(long id, long value, Int128 wide) => new()
    {
        Id = id,
        Cost = wide,
        Realized = -wide,
        EntryQuantity = Int128.Abs(wide) / 1_000_000_000 + 1,
        EntryValue = wide,
        ExitQuantity = value == 0 ? 0 : Int128.Abs(wide) / 1_000_000_000 + 1,
        ExitValue = wide,
        WorstUnrealized = -Int128.Abs(wide),
        BestUnrealized = Int128.Abs(wide),
        WorstTotal = -Int128.Abs(wide),
        BestTotal = wide,
        MaxDrawdown = Int128.Abs(wide),
        Commission = wide,
        Quantity = value == 0 ? 1 : Math.Clamp(value, -EngineLimits.HeldMax, EngineLimits.HeldMax),
        MaxQuantity = EngineLimits.HeldMax,
        WorstPrice = value,
        WorstAt = Script.Start,
        BestPrice = -(value + 1),
        BestAt = Timestamp.Max - 1,
        LastPrice = Math.Clamp(value, -Fixed9.PriceMax, Fixed9.PriceMax),
        LastAt = Script.Start + 1,
        TickCount = long.MaxValue,
        OpenedAt = Script.Start,
        UpdatedAt = Script.Start + 2,
        Sequence = id,
        TickSize = 1,
        TickValue = EngineLimits.PointValueMax,
        GapSeconds = 3,
        Currency = CurrencyCode.Pack("USD"),
        Flags = Flags.Sync,
        Side = value < 0 ? Side.Short : Side.Long,
    };
}
