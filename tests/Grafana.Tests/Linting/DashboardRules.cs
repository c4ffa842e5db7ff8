using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>Rules about a dashboard as a whole and how its panels lie.</summary>
internal static partial class DashboardRules
{
    private const int ColumnsMax = 24;
    private const int UidLengthMax = 40;

    // Below, panels of older models would be migrated; above, Grafana 11 could not load it.
    private const int SchemaMin = 39;
    private const int SchemaMax = 41;

    // Of Grafana itself: the time range, the interval, and who looks at what.
    private static readonly HashSet<string> BuiltIn =
        ["__rate_interval", "__interval", "__interval_ms", "__range", "__range_s", "__range_ms", "__from", "__to", "__dashboard", "__name", "__user",
            "__org", "__all"];

    public static IEnumerable<Problem> Check(LintedDashboard dashboard)
    {
        var json = dashboard.Json;
        string uid = json["uid"]?.GetValue<string>() ?? "";
        if (uid.Length is 0 or > UidLengthMax)
            yield return At("dashboard-uid", dashboard, $"The uid '{uid}' has not 1 to {UidLengthMax} characters.");
        if (json["id"] is not null) yield return At("dashboard-uid", dashboard, "The id belongs to one Grafana; a file has null.");
        if (json["editable"]?.GetValue<bool>() != false)
            yield return At("uneditable", dashboard, "It can be edited in Grafana, and the edit would be lost.");
        int schema = json["schemaVersion"]?.GetValue<int>() ?? 0;
        if (schema is < SchemaMin or > SchemaMax)
            yield return At("schema-version", dashboard, $"Schema {schema} is not between {SchemaMin} and {SchemaMax}.");
        if (json.ContainsKey("__inputs") || json.ContainsKey("__requires"))
            yield return At("no-inputs", dashboard, "__inputs are not filled in by provisioning.");
        if (CanonicalJson.Of(json) != dashboard.Text)
            yield return At("canonical", dashboard, "The file is not in its canonical form (sorted keys, two spaces).");
        foreach (var problem in Unknown(dashboard)) yield return problem;
        foreach (var problem in Layout(dashboard)) yield return problem;
    }

    private static IEnumerable<Problem> Unknown(LintedDashboard dashboard)
    {
        var known = dashboard.Variables.Select(variable => variable["name"]?.GetValue<string>() ?? "").ToHashSet();
        var used = VariablePattern().Matches(dashboard.Text).Select(match => match.Groups["name"].Value).Distinct();
        foreach (string name in used.Where(name => !known.Contains(name) && !BuiltIn.Contains(name)))
            yield return At("variable-defined", dashboard, $"${name} is not defined.");
    }

    private static IEnumerable<Problem> Layout(LintedDashboard dashboard)
    {
        foreach (var twins in dashboard.Boxes.GroupBy(box => box.Id).Where(group => group.Key <= 0 || group.Count() > 1))
            yield return At("panel-id", dashboard, $"Id {twins.Key} is not a panel's own: {string.Join(", ", twins.Select(t => t.Name))}.");
        var places = dashboard.Boxes.Select(box => (box.Name, Place: PlaceOf(box.Json))).ToList();
        foreach (var (name, place) in places.Where(p => p.Place.X < 0 || p.Place.W <= 0 || p.Place.H <= 0 || p.Place.X + p.Place.W > ColumnsMax))
            yield return At("panel-overlap", dashboard, $"'{name}' is not within the {ColumnsMax} columns.");
        for (int i = 0; i < places.Count; i++)
            for (int j = i + 1; j < places.Count; j++)
                if (Overlap(places[i].Place, places[j].Place))
                    yield return At("panel-overlap", dashboard, $"'{places[i].Name}' and '{places[j].Name}' lie on each other.");
    }

    private static (int X, int Y, int W, int H) PlaceOf(JsonNode panel)
    {
        var grid = panel["gridPos"];
        return grid is null
            ? (-1, 0, 0, 0)
            : (grid["x"]!.GetValue<int>(), grid["y"]!.GetValue<int>(), grid["w"]!.GetValue<int>(), grid["h"]!.GetValue<int>());
    }

    private static bool Overlap((int X, int Y, int W, int H) a, (int X, int Y, int W, int H) b)
        => a.X < b.X + b.W && b.X < a.X + a.W && a.Y < b.Y + b.H && b.Y < a.Y + a.H;

    private static Problem At(string rule, LintedDashboard dashboard, string message) => new(rule, dashboard.Name, "", message);

    [GeneratedRegex(@"\$\{?(?<name>[A-Za-z_]\w*)")]
    private static partial Regex VariablePattern();
}
