using System.Text.Json.Nodes;

namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>The kinds of panel in use, each with the looks of its kind.</summary>
internal static class Panels
{
    public static Panel Figure(string title, string description, string unit, string expression, string legend)
        => new("stat", title, description, unit, new Query(expression, legend)) { Width = 4, Height = 4, Options = Looks.Stat() };

    /// <summary>A figure of the whole time range, which has no course to draw.</summary>
    public static Panel RangeFigure(string title, string description, string unit, string expression, string legend)
        => Figure(title, description, unit, expression, legend) with
        {
            Queries = [new Query(expression, legend) { IsInstant = true }],
            Options = Looks.Stat(hasGraph: false),
        };

    public static Panel Lines(string title, string description, string unit, params Query[] queries)
        => new("timeseries", title, description, unit, queries) { Min = 0, Custom = Looks.Line(), Options = Looks.Lines() };

    public static Panel StackedLines(string title, string description, string unit, params Query[] queries)
        => Lines(title, description, unit, queries) with { Custom = Looks.Line(isStacked: true) };

    public static Panel Bars(string title, string description, string unit, string expression, string legend)
        => new("bargauge", title, description, unit, new Query(expression, legend) { IsInstant = true }) { Min = 0, Options = Looks.Bars() };

    /// <summary>Observations by bucket, from cumulative buckets.</summary>
    public static Panel Distribution(string title, string description, string unit, string expression)
        => new("bargauge", title, description, unit, new Query(expression, "{{le}}") { IsInstant = true, Format = "heatmap" })
        {
            Height = 14,
            Min = 0,
            NoValue = "no trades",
            Options = Looks.Bars(),
        };

    public static Panel Heatmap(string title, string description, string expression)
        => new("heatmap", title, description, "s", new Query(expression, "{{le}}") { Format = "heatmap" })
        { Width = 24, Options = Looks.Heatmap("s") };

    public static Panel States(string title, string description, string expression, string legend)
        => new("state-timeline", title, description, "none", new Query(expression, legend))
        {
            Custom = new JsonObject { ["fillOpacity"] = 60, ["lineWidth"] = 0 },
            Options = Looks.States(),
        };

    /// <summary>Instant queries side by side, one row for the labels that they share.</summary>
    public static Panel Table(string title, string description, string unit, params (string Heading, string Expression)[] columns)
        => new("table", title, description, unit,
            [.. columns.Select(column => new Query(column.Expression, "") { IsInstant = true, Format = "table" })])
        {
            Options = Looks.Table("recorder"),
            Transformations = Looks.Merged([.. columns.Select(column => column.Heading)]),
        };
}
