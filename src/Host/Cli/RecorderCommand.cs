using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Host.Cli;

/// <summary><c>recorder</c>: makes, lists and removes recorders and their webhook tokens.</summary>
public static class RecorderCommand
{
    private const string Path = "/api/recorders";

    public static Command Create()
    {
        var data = CommandLine.DataOption();
        return new Command("recorder", "Manages recorders; works with the service running or stopped.")
            { data, Add(data), List(data), Token(data), Remove(data) };
    }

    private static Command Add(Option<string> data)
    {
        var name = new Argument<string>("NAME") { Description = "Unique name" };
        Option<string>[] settings =
        [
            new Option<string>("--on-opposite") { Description = "What an action opposite to the open position does" }.AcceptOnlyFromAmong(
                "auto", "close", "reverse", "net"),
            new("--default-quantity") { Description = "Quantity of signals that name none" },
            new("--duplicate-window") { Description = "Seconds within which identical bodies with a firing time are repeats" },
            new("--price-max-age") { Description = "Seconds after which a tick is too old to price a signal" },
            new Option<string>("--fill-price") { Description = "Where the price of fills comes from" }.AcceptOnlyFromAmong("signal", "tick"),
            new("--max-age") { Description = "Seconds after which an alert, by its own time, is refused as too old" },
            new("--commission") { Description = "Per contract and side" },
            new("--drawdown-limit") { Description = "Drawdown of one position above which an alert tells of it" },
        ];
        var map = new Option<string[]>("--map")
        { Description = "A field's name in its alerts and what it means here: theirs=ours; may be given several times" };
        var mapAction =
            new Option<string[]>("--map-action") { Description = "A word for an action in its alerts: theirs=ours; may be given several times" };
        var command = new Command("add", "Makes a recorder and shows its webhook path, this once") { name, map, mapAction };
        foreach (var setting in settings) command.Add(setting);
        command.SetAction(parsed => CommandLine.WithServiceAsync(parsed, data, async link =>
        {
            var body = new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = parsed.GetRequiredValue(name) };
            foreach (var setting in settings)
                if (parsed.GetValue(setting) is { } value) body[setting.Name[2..].Replace('-', '_')] = value;
            if (MappingOf(parsed.GetValue(map) ?? [], parsed.GetValue(mapAction) ?? []) is { } mapping) body["field_mapping"] = mapping;
            CommandLine.Show(await link.SendAsync(HttpMethod.Post, Path, body).ConfigureAwait(false), "id", "name", "token", "webhook_path");
        }));
        return command;
    }

    /// <summary>The pairs as the setting's JSON; null: none was given.</summary>
    private static string? MappingOf(string[] names, string[] words)
    {
        if (names.Length + words.Length == 0) return null;
        var mapping = names.ToDictionary(n => Pair(n).Theirs, n => (object)Pair(n).Ours, StringComparer.Ordinal);
        if (words.Length > 0) mapping[FieldMapping.ActionValues] = words.ToDictionary(w => Pair(w).Theirs, w => Pair(w).Ours, StringComparer.Ordinal);
        return JsonSerializer.Serialize(mapping);
    }

    private static (string Theirs, string Ours) Pair(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is var equals and > 0
            ? (text[..equals], text[(equals + 1)..])
            : throw new VerbException($"Write {text} as theirs=ours.");

    private static Command List(Option<string> data)
    {
        var command = new Command("list", "Lists recorders");
        command.SetAction(parsed => CommandLine.WithServiceAsync(parsed, data, async link =>
        {
            string[] columns = ["id", "name", "on_opposite", "default_quantity", "fill_price", "commission", "enabled"];
            var table = CommandLine.NewTable([.. columns, "tokens"]);
            foreach (var recorder in (await RecordersAsync(link).ConfigureAwait(false)).EnumerateArray())
            {
                var tokens = recorder.GetProperty("tokens").EnumerateArray().Select(t => t.GetProperty("label").GetString());
                table.AddRow([.. columns.Select(c => Markup.Escape(recorder.GetProperty(c).ToString())), Markup.Escape(string.Join(", ", tokens))]);
            }
            CommandLine.Write(table);
        }));
        return command;
    }

    private static Command Token(Option<string> data)
    {
        var name = new Argument<string>("NAME") { Description = "The recorder's name or id" };
        var label = new Argument<string>("LABEL") { Description = "The token's label" };
        var add = new Command("add", "Makes one more webhook token and shows it, this once") { name, label };
        add.SetAction(parsed => CommandLine.WithServiceAsync(parsed, data, async link =>
        {
            var path = await PathOfAsync(link, parsed.GetRequiredValue(name)).ConfigureAwait(false) + "/tokens";
            var body = new Dictionary<string, string>(StringComparer.Ordinal) { ["label"] = parsed.GetRequiredValue(label) };
            CommandLine.Show(await link.SendAsync(HttpMethod.Post, path, body).ConfigureAwait(false), "label", "token", "webhook_path");
        }));
        var revoke = new Command("revoke", "Revokes a token: its path answers 404 from now on") { name, label };
        revoke.SetAction(parsed => CommandLine.WithServiceAsync(parsed, data, async link =>
        {
            var path = await PathOfAsync(link, parsed.GetRequiredValue(name)).ConfigureAwait(false);
            await link.SendAsync(HttpMethod.Delete, $"{path}/tokens/{Uri.EscapeDataString(parsed.GetRequiredValue(label))}").ConfigureAwait(false);
        }));
        return new Command("token", "Webhook tokens of a recorder") { add, revoke };
    }

    private static Command Remove(Option<string> data)
    {
        var name = new Argument<string>("NAME") { Description = "The recorder's name or id" };
        var command = new Command("remove", "Removes a recorder without open positions; its closed ones stay") { name };
        command.SetAction(parsed => CommandLine.WithServiceAsync(parsed, data, async link =>
            await link.SendAsync(
                HttpMethod.Delete, await PathOfAsync(link, parsed.GetRequiredValue(name)).ConfigureAwait(false)).ConfigureAwait(false)));
        return command;
    }

    private static async Task<JsonElement> RecordersAsync(ServiceLink link) =>
        (await link.SendAsync(HttpMethod.Get, Path).ConfigureAwait(false)).GetProperty("recorders");

    /// <summary>By name, else by id.</summary>
    private static async Task<string> PathOfAsync(ServiceLink link, string name)
    {
        var recorders = (await RecordersAsync(link).ConfigureAwait(false)).EnumerateArray().ToList();
        var found = recorders.FindIndex(r => r.GetProperty("name").GetString() == name);
        if (found < 0) found = recorders.FindIndex(r => r.GetProperty("id").GetRawText() == name);
        if (found < 0) throw new VerbException($"There is no recorder named \"{name}\".");
        return string.Create(CultureInfo.InvariantCulture, $"{Path}/{recorders[found].GetProperty("id").GetInt64()}");
    }
}
