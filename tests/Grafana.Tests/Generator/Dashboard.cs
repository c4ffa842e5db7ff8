using System.Text.Json.Nodes;

namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>A dashboard: head, variables, and panels that flow from left to right under their rows.</summary>
internal sealed class Dashboard(string uid, string title, string description, string from)
{
    // The newest schema that Grafana 11 loads as it is; later versions migrate it upwards.
    private const int SchemaVersion = 39;
    private const int ColumnsMax = 24;

    private readonly JsonArray _panels = [];
    private readonly JsonArray _variables =
    [
        DataSourceVariable(),
        Variable("job", "Job", "label_values(streamrecorder_inbox_capacity{}, job)"),
        Variable("instance", "Instance", "label_values(streamrecorder_inbox_capacity{job=~\"$job\"}, instance)"),
    ];

    private int _id;
    private int _x;
    private int _y;
    private int _rowHeight;

    public string FileName => uid["streamrecorder-".Length..] + ".json";

    public Dashboard With(string name, string label, string query)
    {
        _variables.Add(Variable(name, label, query));
        return this;
    }

    /// <summary>A variable of which one value is chosen: what is shown by it must not be joined.</summary>
    public Dashboard WithOne(string name, string label, string query)
    {
        var variable = Variable(name, label, query);
        (variable["multi"], variable["includeAll"], variable["current"]) = (false, false, new JsonObject());
        variable.Remove("allValue");
        _variables.Add(variable);
        return this;
    }

    public Dashboard Row(string heading, params Panel[] panels)
    {
        NextLine();
        _panels.Add(RowHead(heading, isCollapsed: false));
        foreach (var panel in panels) _panels.Add(Place(panel));
        return this;
    }

    /// <summary>A row whose panels ask nothing until it is opened.</summary>
    public Dashboard ClosedRow(string heading, params Panel[] panels)
    {
        NextLine();
        var head = RowHead(heading, isCollapsed: true);
        _panels.Add(head);
        foreach (var panel in panels) head["panels"]!.AsArray().Add(Place(panel));
        return this;
    }

    /// <summary>Panels without a heading above them.</summary>
    public Dashboard Panels(params Panel[] panels)
    {
        foreach (var panel in panels) _panels.Add(Place(panel));
        return this;
    }

    public JsonObject ToJson() => new()
    {
        ["id"] = null,
        ["uid"] = uid,
        ["title"] = title,
        ["description"] = description,
        ["tags"] = new JsonArray("streamrecorder"),
        ["editable"] = false,
        ["graphTooltip"] = 1,
        ["refresh"] = "10s",
        ["schemaVersion"] = SchemaVersion,
        ["time"] = new JsonObject { ["from"] = from, ["to"] = "now" },
        ["timezone"] = "browser",
        ["version"] = 1,
        ["annotations"] = new JsonObject { ["list"] = new JsonArray(AlertAnnotation()) },
        ["links"] = new JsonArray(OtherDashboards()),
        ["templating"] = new JsonObject { ["list"] = _variables.DeepClone() },
        ["panels"] = _panels.DeepClone(),
    };

    private JsonObject RowHead(string heading, bool isCollapsed)
    {
        var row = new JsonObject
        {
            ["id"] = ++_id,
            ["type"] = "row",
            ["title"] = heading,
            ["collapsed"] = isCollapsed,
            ["gridPos"] = new JsonObject { ["x"] = 0, ["y"] = _y, ["w"] = ColumnsMax, ["h"] = 1 },
            ["panels"] = new JsonArray(),
        };
        _y++;
        return row;
    }

    private JsonObject Place(Panel panel)
    {
        if (_x + panel.Width > ColumnsMax) NextLine();
        var json = panel.ToJson(++_id, _x, _y);
        _x += panel.Width;
        _rowHeight = Math.Max(_rowHeight, panel.Height);
        return json;
    }

    private void NextLine()
    {
        _y += _rowHeight;
        (_x, _rowHeight) = (0, 0);
    }

    private static JsonObject DataSourceVariable() => new()
    {
        ["name"] = "datasource",
        ["label"] = "Data source",
        ["type"] = "datasource",
        ["query"] = "prometheus",
        ["multi"] = false,
        ["includeAll"] = false,
        ["hide"] = 0,
    };

    private static JsonObject Variable(string name, string label, string query) => new()
    {
        ["name"] = name,
        ["label"] = label,
        ["type"] = "query",
        ["datasource"] = Panel.DataSource(),
        ["query"] = new JsonObject { ["query"] = query, ["refId"] = "Variable-" + name },
        // 2: asked again when the time range changes, so that what came and went is listed.
        ["refresh"] = 2,
        ["sort"] = 1,
        ["multi"] = true,
        ["includeAll"] = true,
        ["allValue"] = ".+",
        ["current"] = new JsonObject { ["selected"] = true, ["text"] = new JsonArray("All"), ["value"] = new JsonArray("$__all") },
        ["hide"] = 0,
    };

    private static JsonObject AlertAnnotation() => new()
    {
        ["name"] = "Alerts",
        ["datasource"] = Panel.DataSource(),
        ["enable"] = true,
        ["expr"] = "ALERTS{job=~\"$job\",alertname=~\"StreamRecorder.+\",alertstate=\"firing\"}",
        ["iconColor"] = "red",
        ["titleFormat"] = "{{alertname}}",
    };

    private static JsonObject OtherDashboards() => new()
    {
        ["type"] = "dashboards",
        ["title"] = "StreamRecorder",
        ["tags"] = new JsonArray("streamrecorder"),
        ["icon"] = "external link",
        ["tooltip"] = "Other dashboards of StreamRecorder",
        ["asDropdown"] = true,
        ["includeVars"] = true,
        ["keepTime"] = true,
        ["targetBlank"] = false,
    };
}
