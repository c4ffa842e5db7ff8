using static StreamRecorder.Grafana.Tests.Generator.Panels;
using static StreamRecorder.Grafana.Tests.Generator.Promql;

namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>Six figures for a glance at a phone: am I all right?</summary>
internal static class PhoneDashboard
{
    private const string Alerts = "ALERTS{job=~\"$job\",alertname=~\"StreamRecorder.+\",alertstate=\"firing\"}";

    public static Dashboard Make() => new Dashboard(
            "streamrecorder-phone", "StreamRecorder / Phone", "Am I all right? Six figures: green or grey means yes.", "now-24h")
        .Panels([.. Six().Select(panel => panel with { Width = 8, Height = 6 })]);

    private static Panel[] Six() =>
    [
        Health.Service(),
        Figure("Alerts", "Alerts that fire now.", "short", $"count({Alerts}) or vector(0)", "firing") with { Thresholds = Colours.ZeroIsGood },
        Figure("Prices", "Age of the oldest price that an open position depends on, within trading hours.", "s", $"max({PriceAge()})", "age")
            with { Decimals = 0, NoValue = "none needed", Thresholds = [(null, "green"), (30, "orange"), (60, "red")] },
        Figure("Open result", "Unrealized result of all open positions, a figure per currency.", "none",
            $"sum by (currency) ({Own("open_unrealized_pnl")})",
            "{{currency}}") with { Decimals = 2, NoValue = "flat", Thresholds = Colours.LossOrGain },
        Figure("Worst open drawdown", "The worst unrealized result that any position open now has seen.", "none",
            $"min by (currency) ({Own("open_worst_pnl")})", "{{currency}}") with { Decimals = 2, NoValue = "flat", Thresholds = Colours.LossOrGain },
        RangeFigure("Result", "Realized result within the time range (a day unless changed), before commission.", "none",
            Realized(""), "{{currency}}") with { Decimals = 2, NoValue = "no trades", Thresholds = Colours.LossOrGain },
    ];
}
