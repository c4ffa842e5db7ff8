using System.Text.Json.Nodes;

namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>A panel in the classic model: its type, title, what it tells, its queries and its options.</summary>
internal sealed record Panel(string Type, string Title, string Description, string Unit, params Query[] Queries)
{
    public int Width { get; init; } = 8;

    public int Height { get; init; } = 8;

    /// <summary>Shown when there is no data, in words that say what that means.</summary>
    public string? NoValue { get; init; }

    public int? Decimals { get; init; }

    public double? Min { get; init; }

    public double? Max { get; init; }

    /// <summary>Colour and the value from which it holds; the first has none.</summary>
    public IReadOnlyList<(double? From, string Color)> Thresholds { get; init; } = [(null, "text")];

    /// <summary>Words for values.</summary>
    public IReadOnlyList<(string Value, string Text, string Color)> Mappings { get; init; } = [];

    public JsonObject Options { get; init; } = [];

    public JsonObject Custom { get; init; } = [];

    public JsonArray Transformations { get; init; } = [];

    public JsonArray Overrides { get; init; } = [];

    public static JsonObject DataSource() => new() { ["type"] = "prometheus", ["uid"] = "${datasource}" };

    public JsonObject ToJson(int id, int x, int y) => new()
    {
        ["id"] = id,
        ["type"] = Type,
        ["title"] = Title,
        ["description"] = Description,
        ["datasource"] = DataSource(),
        ["gridPos"] = new JsonObject { ["x"] = x, ["y"] = y, ["w"] = Width, ["h"] = Height },
        ["targets"] = new JsonArray([.. Queries.Select((query, i) => query.ToJson((char)('A' + i)))]),
        ["fieldConfig"] = new JsonObject { ["defaults"] = Defaults(), ["overrides"] = Overrides.DeepClone() },
        ["options"] = Options.DeepClone(),
        ["transformations"] = Transformations.DeepClone(),
    };

    private JsonObject Defaults()
    {
        var defaults = new JsonObject
        {
            ["unit"] = Unit,
            ["color"] = new JsonObject { ["mode"] = Thresholds.Count > 1 ? "thresholds" : "palette-classic" },
            ["custom"] = Custom.DeepClone(),
            ["thresholds"] = new JsonObject { ["mode"] = "absolute", ["steps"] = new JsonArray([.. Thresholds.Select(Step)]) },
            ["mappings"] = new JsonArray([.. Mappings.Select(Mapping)]),
        };
        if (NoValue is not null) defaults["noValue"] = NoValue;
        if (Decimals is not null) defaults["decimals"] = Decimals;
        if (Min is not null) defaults["min"] = Min;
        if (Max is not null) defaults["max"] = Max;
        return defaults;
    }

    private static JsonNode Step((double? From, string Color) step) => new JsonObject { ["value"] = step.From, ["color"] = step.Color };

    private static JsonNode Mapping((string Value, string Text, string Color) word) => new JsonObject
    {
        ["type"] = "value",
        ["options"] = new JsonObject { [word.Value] = new JsonObject { ["text"] = word.Text, ["color"] = word.Color, ["index"] = 0 } },
    };
}
