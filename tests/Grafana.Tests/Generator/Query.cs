using System.Text.Json.Nodes;

namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>One expression of a panel, and how its series are named.</summary>
internal sealed record Query(string Expression, string Legend)
{
    /// <summary>Whether only the latest value is asked for.</summary>
    public bool IsInstant { get; init; }

    /// <summary><c>time_series</c>, <c>table</c>, or <c>heatmap</c>, which turns cumulative buckets into plain ones.</summary>
    public string Format { get; init; } = "time_series";

    public JsonObject ToJson(char refId) => new()
    {
        ["refId"] = refId.ToString(),
        ["datasource"] = Panel.DataSource(),
        ["editorMode"] = "code",
        ["expr"] = Expression,
        ["legendFormat"] = Legend,
        ["format"] = Format,
        ["instant"] = IsInstant,
        ["range"] = !IsInstant,
    };
}
