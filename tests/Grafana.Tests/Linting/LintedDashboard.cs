using System.Text.Json.Nodes;

namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>A query of a panel.</summary>
internal sealed record LintedTarget(JsonNode Json)
{
    public string RefId => Json["refId"]?.GetValue<string>() ?? "";

    public string Expression => Json["expr"]?.GetValue<string>() ?? "";

    public string Legend => Json["legendFormat"]?.GetValue<string>() ?? "";
}

/// <summary>A panel; rows are kept apart, and those within a closed row are here too.</summary>
internal sealed record LintedPanel(JsonNode Json)
{
    public int Id => Json["id"]?.GetValue<int>() ?? 0;

    public string Type => Json["type"]?.GetValue<string>() ?? "";

    public string Title => Json["title"]?.GetValue<string>() ?? "";

    public string Name => Title.Length > 0 ? Title : $"panel {Id}";

    public IReadOnlyList<LintedTarget> Targets => [.. (Json["targets"]?.AsArray() ?? []).Select(target => new LintedTarget(target!))];
}

/// <summary>A dashboard file as the linter sees it.</summary>
internal sealed class LintedDashboard
{
    public LintedDashboard(string name, string text)
    {
        (Name, Text) = (name, text);
        Json = JsonNode.Parse(text)!.AsObject();
        Boxes = [.. Json["panels"]!.AsArray().SelectMany(WithNested)];
        Panels = [.. Boxes.Where(box => box.Type != "row")];
        Variables = [.. Json["templating"]!["list"]!.AsArray().Select(variable => variable!)];
    }

    public string Name { get; }

    public string Text { get; }

    public JsonObject Json { get; }

    /// <summary>Rows and panels.</summary>
    public IReadOnlyList<LintedPanel> Boxes { get; }

    public IReadOnlyList<LintedPanel> Panels { get; }

    public IReadOnlyList<JsonNode> Variables { get; }

    public static LintedDashboard Load(string path) => new(Path.GetFileName(path), File.ReadAllText(path));

    public static string QueryOf(JsonNode variable)
    {
        var query = variable["query"] is JsonObject inner ? inner["query"] : variable["query"];
        return query?.GetValue<string>() ?? "";
    }

    public JsonNode? Variable(string name) => Variables.FirstOrDefault(variable => variable["name"]?.GetValue<string>() == name);

    private static IEnumerable<LintedPanel> WithNested(JsonNode? panel)
        => (panel!["panels"]?.AsArray() ?? []).Select(nested => new LintedPanel(nested!)).Prepend(new LintedPanel(panel));
}
