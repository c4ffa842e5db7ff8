using System.Globalization;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using StreamRecorder.Naive;
using Xunit;
using NaiveOpposite = StreamRecorder.Naive.OnOpposite;
using NaiveTick = StreamRecorder.Naive.Tick;
using OnOpposite = StreamRecorder.Engine.Recorders.OnOpposite;
using Symbol = StreamRecorder.Engine.Instruments.Symbol;
using Tick = StreamRecorder.Engine.Prices.Tick;

namespace StreamRecorder.Engine.Tests.Positions;

/// <summary>The engine against the naive reference, which shares no line with it, continuous symbols and their contracts included.</summary>
public sealed class NaiveLibraryTests
{
    private static readonly string[] Symbols = ["GCZ2025", "GC1!", "GCG2026", "BAC", "ZQ2!"];
    private static readonly string[] TickSymbols = ["GCZ2025", "GC1!", "BAC", "GCZ2025", "ZQ2!", "GCG2026"];
    private static readonly string[] Actions =
        ["buy", "sell", "buy", "sell", "add", "reverse", "close", "exit", "close_long", "close_short", "cancel"];

    [Theory]
    [InlineData(NaiveOpposite.Auto, OnOpposite.Auto)]
    [InlineData(NaiveOpposite.Close, OnOpposite.Close)]
    [InlineData(NaiveOpposite.Reverse, OnOpposite.Reverse)]
    [InlineData(NaiveOpposite.Net, OnOpposite.Net)]
    public void Figures_RandomStreams_EqualTheNaiveReference(NaiveOpposite naiveMode, OnOpposite mode) => Seeds.Run(6, random =>
    {
        var table = new Naive.InstrumentTable();
        table.Put(new Naive.Instrument("GC", new Fraction(1, 10), 10, "USD", false));
        table.Put(new Naive.Instrument("ZQ", new Fraction(5, 1000), new Fraction(20835, 1000), "USD", false));
        table.Put(new Naive.Instrument("BAC", new Fraction(1, 100), new Fraction(1, 100), "USD", true));
        var naive = new Replay(table, naiveMode);
        using var rig = new EngineRig().WithInstruments(Some.Future("GC", 0.1m, 10), Some.Future("ZQ", 0.005m, 20.835m), Some.Spot("BAC"));
        var recorders = Enumerable.Range(1, 3).ToDictionary(i => $"r{i}", i => rig.AddRecorder($"r{i}", s => s with { OnOpposite = mode }));
        // Some histories never see a tick of one kind, so that each rule of resolving has its turn.
        var symbols = TickSymbols.Where(_ => random.Next(3) > 0).ToArray();
        for (var i = 0; i < 400; i++)
        {
            if (random.Next(4) == 0) rig.Time.Advance(TimeSpan.FromSeconds(random.Next(30)));
            if (random.Next(2) == 0 && symbols.Length > 0) Tick(random, symbols[random.Next(symbols.Length)], rig, naive, table);
            else Signal(random, recorders.ElementAt(random.Next(3)), rig, naive);
        }
        Compare(naive, rig);
    });

    private static void Tick(Random random, string name, EngineRig rig, Replay naive, Naive.InstrumentTable table)
    {
        var price = PriceOf(random);
        var at = rig.Now - random.Next(7) * Timestamp.Second;
        rig.OfferTicks(null, new Tick(rig.Symbol(name).Id, price, at));
        naive.Apply(new NaiveTick(Naive.Symbol.Parse(name, at, table)!, new Fraction(price, Fixed9.One), at, rig.Now));
    }

    private static void Signal(Random random, KeyValuePair<string, long> recorder, EngineRig rig, Replay naive)
    {
        var fields = new Dictionary<string, string> { ["symbol"] = Symbols[random.Next(Symbols.Length)] };
        var at = rig.Now / Timestamp.Second * Timestamp.Second - random.Next(2) * Timestamp.Second;
        if (random.Next(5) > 0) fields["action"] = Actions[random.Next(Actions.Length)];
        if (random.Next(3) > 0) fields["quantity"] = Fixed9.Format(random.Next(1, 5) * (random.Next(3) == 0 ? 333_333_333 : Fixed9.One));
        if (random.Next(5) > 0) fields["price"] = Fixed9.Format(PriceOf(random));
        var form = fields.ContainsKey("action") ? random.Next(6) : random.Next(3);
        if (form == 0) fields["position_size"] = Fixed9.Format(random.Next(-3, 4) * Fixed9.One);
        else if (form == 1) fields["sentiment"] = ((string[])["long", "short", "flat"])[random.Next(3)];
        else if (form == 2) fields["market_position_size"] = TargetOf(fields, random);
        if (form is 0 or 2 && random.Next(3) == 0) fields["prev_market_position"] = "flat";
        rig.Offer(recorder.Value, SignalOf(fields, rig, at));
        naive.Apply(new SignalLine(recorder.Key, at, rig.Now, fields));
        rig.Run();
    }

    private static string TargetOf(Dictionary<string, string> fields, Random random)
    {
        var size = random.Next(-3, 4);
        fields["market_position"] = size switch { > 0 => "long", < 0 => "short", _ => "flat" };
        return Math.Abs(size).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>What the parsers of webhooks will make of the same fields.</summary>
    private static Engine.Signals.Signal SignalOf(Dictionary<string, string> fields, EngineRig rig, long at)
    {
        var side = (fields.GetValueOrDefault("sentiment") ?? fields.GetValueOrDefault("market_position")) switch
        {
            "long" => Side.Long,
            "short" => Side.Short,
            "flat" => Side.Flat,
            _ => (Side?)null,
        };
        var target = Number(fields, "position_size") ?? (Number(fields, "market_position_size") is { } size ? (int)side!.Value * size : null);
        return new Engine.Signals.Signal
        {
            Symbol = rig.Symbol(fields["symbol"]),
            Action = ActionOf(fields.GetValueOrDefault("action")),
            Quantity = Number(fields, "quantity"),
            Price = Number(fields, "price"),
            TargetPosition = target,
            TargetSide = target is null ? side : null,
            WasFlat = fields.ContainsKey("prev_market_position"),
            At = at,
        };
    }

    private static Engine.Signals.SignalAction ActionOf(string? text) => text switch
    {
        null => Engine.Signals.SignalAction.None,
        "close" => Engine.Signals.SignalAction.CloseAll,
        _ => Enum.Parse<Engine.Signals.SignalAction>(text.Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
    };

    private static long? Number(Dictionary<string, string> fields, string name)
    {
        if (!fields.TryGetValue(name, out var text)) return null;
        Assert.Equal(NumberError.None, Fixed9.TryParse(text, out var value));
        return value;
    }

    private static long PriceOf(Random random) => Some.E9(random.Next(-50, 4000) * 0.1m) + (random.Next(3) == 0 ? random.Next(1000) : 0);

    private static void Compare(Replay naive, EngineRig rig)
    {
        rig.Time.Advance(EngineLimits.FoldInterval);
        rig.Run();
        var views = rig.OpenViews().Concat(rig.Outbox.PendingClosed()).OrderBy(v => v.Id).ToList();
        Assert.Equal(naive.Positions.Count, views.Count);
        Assert.Equal(naive.LateTicks, rig.Session.Late);
        for (var i = 0; i < views.Count; i++) Assert.Equal(Text(naive, naive.Positions[i]), Text(views[i]));
    }

    private static string Text(PositionView v) => string.Join(
        "|",
        (object?[])
        [
            v.Recorder, v.Symbol, v.Contract, v.Side, v.Status, v.TotalQuantity, v.MaxQuantity, v.EntryQuantity, v.AvgEntryPrice, v.ExitPrice,
            v.CurrentPrice, v.CurrentPriceAt, v.UnrealizedPnl, v.RealizedPnl, v.WorstUnrealizedPnl, v.BestUnrealizedPnl, v.WorstTotalPnl,
            v.BestTotalPnl,
            v.MaxDrawdown, v.WorstPrice, v.WorstAt, v.BestPrice, v.BestAt, v.TickCount, Words.Of(v.CloseReason), v.Flags.HasFlag(Flags.Sync),
        ]);

    private static string Text(Replay naive, Naive.Position p)
    {
        var f = naive.FiguresOf(p);
        return string.Join(
            "|",
            (object?[])
            [
                p.Recorder, p.Symbol.Name, f.SawTick ? p.PricedBy : p.ContractAtOpening, p.Side > 0 ? Side.Long : Side.Short,
                p.IsOpen ? "open" : "closed",
                D(p.IsOpen ? f.Held : f.MaxQuantity), D(f.MaxQuantity), D(f.EntryQuantity), D(f.AvgEntryPrice), D(f.ExitPrice),
                D(f.CurrentPrice), f.CurrentPriceAt, D(f.UnrealizedPnl), D(f.RealizedPnl), D(f.WorstUnrealizedPnl), D(f.BestUnrealizedPnl),
                D(f.WorstTotalPnl),
                D(f.BestTotalPnl), D(f.MaxDrawdown), D(f.WorstPrice), f.WorstAt, D(f.BestPrice), f.BestAt, f.TickCount, p.CloseReason ?? "",
                p.Flags.Contains("sync"),
            ]);
    }

    private static string? D(Fraction? value) => value?.ToDecimal(10);
}
