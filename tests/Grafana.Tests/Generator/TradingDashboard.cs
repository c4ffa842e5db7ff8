using static StreamRecorder.Grafana.Tests.Generator.Panels;
using static StreamRecorder.Grafana.Tests.Generator.Promql;

namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>How the strategies do: what is open, what was closed, and whether the figures can be trusted.</summary>
internal static class TradingDashboard
{
    private const string Recorder = "recorder=~\"$recorder\"";
    private const string Pair = "recorder=~\"$recorder\",symbol=~\"$symbol\"";
    private const string OneCurrency = Recorder + ",currency=~\"$currency\"";
    private const string NoTrades = "no trades";
    private const string Flat = "flat";

    public static Dashboard Make() => new Dashboard(
            "streamrecorder-trading", "StreamRecorder / Trading",
            "Open positions, drawdown, closed trades and the quality of the prices behind them.", "now-24h")
        .With("recorder", "Recorder", $"label_values({Own("positions_open")}, recorder)")
        .With("symbol", "Symbol", $"label_values({Own("open_unrealized_pnl", Recorder)}, symbol)")
        .WithOne("currency", "Currency of distributions", $"label_values({Own("closed_profit_total", Recorder)}, currency)")
        .Row("Now", Now())
        .Row("Open positions", Open())
        .Row("Closed in the time range", Closed())
        .Row("Can the figures be trusted?", Trust());

    private static Panel[] Now() =>
    [
        Figure("Open positions", "Open positions of the chosen recorders.", "short", $"sum({Own("positions_open", Recorder)})", "open"),
        Figure("Unrealized", "Unrealized result of all open positions, a figure per currency.", "none",
            $"sum by (currency) ({Own("open_unrealized_pnl", Pair)})",
            "{{currency}}") with { Decimals = 2, NoValue = Flat, Thresholds = Colours.LossOrGain },
        Figure("Worst open drawdown", "The worst unrealized result that any position open now has seen.", "none",
            $"min by (currency) ({Own("open_worst_pnl", Pair)})",
            "{{currency}}") with { Decimals = 2, NoValue = Flat, Thresholds = Colours.LossOrGain },
        RangeFigure("Result", "Realized result of the positions closed in the time range, before commission.", "none",
            Realized(Recorder), "{{currency}}") with { Decimals = 2, NoValue = NoTrades, Thresholds = Colours.LossOrGain },
        RangeFigure("Win rate", "Share of the positions closed in the time range that gained.", "percentunit", WinRate(""), "won") with
            { NoValue = NoTrades },
        Figure("Unpriced", "Open positions that no tick can be attached to: their drawdown is not known.", "short",
            $"sum({Own("unpriced_positions")})", "unpriced") with { Thresholds = Colours.ZeroIsGood },
    ];

    private static Panel[] Open() =>
    [
        Lines("Unrealized result", "Of each open position; 0 when flat. A trade that lives between two scrapes is seen under Closed.", "none",
            new Query(Own("open_unrealized_pnl", Pair), "{{recorder}} {{symbol}} {{currency}}"))
            with { Width = 12, Decimals = 2, Min = null, Options = Looks.Lines("min", "max", "lastNotNull") },
        Lines("Worst drawdown", "The worst unrealized result of each open position since it opened; 0 when flat.", "none",
            new Query(Own("open_worst_pnl", Pair), "{{recorder}} {{symbol}} {{currency}}"))
            with { Width = 12, Decimals = 2, Min = null, Max = 0, Options = Looks.Lines("min", "lastNotNull") },
        Table("Positions", "Result and worst drawdown now, by recorder and symbol.", "none",
            ("Unrealized", $"sum by (recorder, symbol, currency) ({Own("open_unrealized_pnl", Pair)})"),
            ("Worst drawdown", $"min by (recorder, symbol, currency) ({Own("open_worst_pnl", Pair)})")) with
                { Width = 12, Decimals = 2, NoValue = Flat },
        StackedLines("Open positions by recorder", "How many positions each recorder holds.", "short",
            new Query($"sum by (recorder) ({Own("positions_open", Recorder)})", "{{recorder}}")) with { Width = 12 },
    ];

    private static Panel[] Closed() =>
    [
        StackedLines("Closed per hour", "Positions closed within the hour before each point.", "short",
            new Query($"sum by (recorder) ({Gained(Own("positions_closed_total", Recorder), "1h", "3600")})", "{{recorder}}")) with { Width = 12 },
        Bars("How positions ended", "Closed positions by outcome and reason.", "short",
            $"sum by (outcome, reason) ({Gained(Own("positions_closed_total", Recorder))}) > 0", "{{outcome}} by {{reason}}")
            with { Width = 12, NoValue = NoTrades },
        Distribution(
            "Closed drawdown", "Positions by their drawdown in the chosen currency: how far each went against its owner before it closed.", "none",
            ByBucket("closed_drawdown", OneCurrency)),
        Distribution("Closed result", "Positions by their realized result in the chosen currency.", "none", ByBucket("closed_pnl", OneCurrency)),
        Distribution("Time in trade", "Positions by how long they were open.", "s", ByBucket("closed_duration_seconds", Recorder)),
        ByRecorder(),
        ByCurrency(),
    ];

    private static Panel ByRecorder() =>
        Table("By recorder", "Closed positions of each recorder within the time range. The median is read off the buckets.", "none",
        ("Closed", $"sum by (recorder) ({Gained(Own("positions_closed_total", Recorder))})"),
        ("Win rate", WinRate("by (recorder) ")),
        ("Median time in trade", Quantile(0.5, Gained(Own("closed_duration_seconds_bucket", Recorder)), "recorder, le"))) with
        {
            Width = 12,
            NoValue = NoTrades,
            Overrides = [
                Looks.Column("Closed", "short", 0), Looks.Column("Win rate", "percentunit", 1), Looks.Column("Median time in trade", "s", 1)],
        };

    private static Panel ByCurrency() =>
        Table("By recorder and currency", "Money of the positions closed in the time range. Percentiles are read off buckets.", "none",
        ("Profit factor", $"{Money("closed_profit_total")} / ({Money("closed_loss_total")} > 0)"),
        ("Median drawdown", Quantile(0.5, Gained(Own("closed_drawdown_bucket", Recorder)), "recorder, currency, le")),
        ("90 % of drawdowns below", Quantile(0.9, Gained(Own("closed_drawdown_bucket", Recorder)), "recorder, currency, le"))) with
        {
            Width = 12,
            Decimals = 2,
            NoValue = NoTrades,
        };

    private static Panel[] Trust() =>
    [
        Lines("Unpriced positions", "Positions without a price.", "short", new Query(Own("unpriced_positions"), "{{instance}}")) with { Width = 6 },
        // What a start adds lies between two scrapes that may be hours apart: no rate would see it.
        Lines("Time without service", "Time in which no ticks and signals were taken, within a time range before each point.", "s",
            new Query($"max_over_time({Own("gap_seconds_total")}[$__range]) - min_over_time({Own("gap_seconds_total")}[$__range])", "{{instance}}"))
            with { Width = 6, Options = Looks.Lines("lastNotNull") },
        Lines("Age of the prices in use",
            "Time since the last tick of the contracts that open positions take prices from, within trading hours.", "s",
            new Query(PriceAge(), "{{root}}")) with { NoValue = "flat, or the markets are closed", Options = Looks.Lines("max", "lastNotNull") },
        States("Markets", "Trading hours of each root held since the start, as set.", $"max by (root) ({Own("market_open")})", "{{root}}")
            with { Width = 4, Mappings = [("0", "closed", "text"), ("1", "open", "green")] },
        Figure("Pairs without series", "Pairs of recorder and symbol above the limit: they are recorded, but not shown here one by one.", "short",
            $"sum({Own("open_pairs_beyond_limit")})", "pairs") with { Height = 8, Thresholds = Colours.ZeroIsGood },
    ];

    private static string ByBucket(string histogram, string matchers) => $"sum by (le) ({Gained(Own(histogram + "_bucket", matchers))})";

    private static string Money(string counter) => $"sum by (recorder, currency) ({Gained(Own(counter, Recorder))})";

    private static string WinRate(string by)
    {
        string won = Gained(Own("positions_closed_total", Recorder + ",outcome=\"WIN\""));
        string all = Gained(Own("positions_closed_total", Recorder));
        return $"sum {by}({won}) / (sum {by}({all}) > 0)";
    }
}
