using System.Text.Json.Nodes;

namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>Options of the kinds of panel in use, so that all of one kind look alike.</summary>
internal static class Looks
{
    public static JsonObject Stat(bool hasGraph = true, string textMode = "auto") => new()
    {
        ["colorMode"] = "value",
        ["graphMode"] = hasGraph ? "area" : "none",
        ["justifyMode"] = "auto",
        ["orientation"] = "auto",
        ["textMode"] = textMode,
        ["reduceOptions"] = LastValue(),
    };

    public static JsonObject Lines(params string[] calculations) => new()
    {
        ["legend"] = new JsonObject
        {
            ["displayMode"] = calculations.Length > 0 ? "table" : "list",
            ["placement"] = "bottom",
            ["showLegend"] = true,
            ["calcs"] = Words(calculations),
        },
        ["tooltip"] = new JsonObject { ["mode"] = "multi", ["sort"] = "desc" },
    };

    public static JsonObject Line(bool isStacked = false, string style = "line") => new()
    {
        ["drawStyle"] = style,
        ["lineWidth"] = 1,
        ["fillOpacity"] = style == "bars" ? 60 : isStacked ? 30 : 8,
        ["showPoints"] = "never",
        ["spanNulls"] = false,
        ["stacking"] = new JsonObject { ["mode"] = isStacked ? "normal" : "none", ["group"] = "A" },
    };

    public static JsonObject Heatmap(string unit) => new()
    {
        ["calculate"] = false,
        ["cellGap"] = 1,
        ["color"] = new JsonObject
        {
            ["mode"] = "scheme",
            ["scheme"] = "Oranges",
            ["steps"] = 64,
            ["scale"] = "exponential",
            ["exponent"] = 0.5,
            ["fill"] = "dark-orange",
            ["reverse"] = false,
        },
        ["filterValues"] = new JsonObject { ["le"] = 1e-9 },
        ["legend"] = new JsonObject { ["show"] = true },
        ["rowsFrame"] = new JsonObject { ["layout"] = "auto" },
        ["tooltip"] = new JsonObject { ["mode"] = "single", ["yHistogram"] = true },
        ["yAxis"] = new JsonObject { ["axisPlacement"] = "left", ["reverse"] = false, ["unit"] = unit },
    };

    public static JsonObject Bars() => new()
    {
        ["displayMode"] = "gradient",
        ["orientation"] = "horizontal",
        ["showUnfilled"] = true,
        ["valueMode"] = "color",
        ["reduceOptions"] = LastValue(),
    };

    public static JsonObject Table(string sortBy) => new()
    {
        ["cellHeight"] = "sm",
        ["showHeader"] = true,
        ["sortBy"] = new JsonArray(new JsonObject { ["displayName"] = sortBy, ["desc"] = false }),
    };

    public static JsonObject States() => new()
    {
        ["alignValue"] = "left",
        ["mergeValues"] = true,
        ["rowHeight"] = 0.9,
        ["showValue"] = "auto",
        ["legend"] = new JsonObject { ["displayMode"] = "list", ["placement"] = "bottom", ["showLegend"] = false, ["calcs"] = Words() },
        ["tooltip"] = new JsonObject { ["mode"] = "single", ["sort"] = "none" },
    };

    /// <summary>Puts the tables of several queries side by side, one row for the labels they share, with headings of words.</summary>
    public static JsonArray Merged(params string[] headings)
    {
        var names = new JsonObject();
        for (int i = 0; i < headings.Length; i++) names[$"Value #{(char)('A' + i)}"] = headings[i];
        var columns =
            new JsonObject { ["excludeByName"] = new JsonObject { ["Time"] = true }, ["renameByName"] = names, ["indexByName"] = new JsonObject() };
        return
        [
            new JsonObject { ["id"] = "merge", ["options"] = new JsonObject() },
            new JsonObject { ["id"] = "organize", ["options"] = columns },
        ];
    }

    /// <summary>A unit of its own for one column of a table.</summary>
    public static JsonObject Column(string heading, string unit, int decimals) => new()
    {
        ["matcher"] = new JsonObject { ["id"] = "byName", ["options"] = heading },
        ["properties"] = new JsonArray(
            new JsonObject { ["id"] = "unit", ["value"] = unit }, new JsonObject { ["id"] = "decimals", ["value"] = decimals }),
    };

    private static JsonObject LastValue() => new() { ["calcs"] = Words("lastNotNull"), ["fields"] = "", ["values"] = false };

    private static JsonArray Words(params string[] words) => new([.. words.Select(word => JsonValue.Create(word))]);
}
