using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace StreamRecorder.Host.Cli;

/// <summary><c>recorder</c>: makes, lists and removes recorders and their webhook tokens.</summary>
public static class RecorderCommand
{
    private const string Path = "/api/recorders";

    public static Command Create()
    {
        var data = CommandLine.DataOption();
        return new Command("recorder", "Manages recorders; works with the service running or stopped.") { data, Add(data), List(data), Token(data), Remove(data) };
    }

    private static Command Add(Option<string> data)
    {
        var name = new Argument<string>("NAME") { Description = "Unique name" };
        Option<string>[] settings =
        [
            new Option<string>("--on-opposite") { Description = "What an action opposite to the open position does" }.AcceptOnlyFromAmong("auto", "close", "reverse", "net"),
            new("--default-quantity") { Description = "Quantity of signals that name none" },
            new("--duplicate-window") { Description = "Seconds within which identical bodies with a firing time are repeats" },
            new("--price-max-age") { Description = "Seconds after which a tick is too old to price a signal" },
            new Option<string>("--fill-price") { Description = "Where the price of fills comes from" }.AcceptOnlyFromAmong("signal", "tick"),
            new("--max-age") { Description = "Seconds after which an alert, by its own time, is refused as too old" },
            new("--commission") { Description = "Per contract and side" },
            new("--drawdown-limit") { Description = "Drawdown of one position above which an alert tells of it" },
        ];
        var command = new Command("add", "Makes a recorder and shows its webhook path, this once") { name };
        foreach (var setting in settings) command.Add(setting);
        command.SetAction(parsed => CommandLine.WithServiceAsync(parsed, data, async link =>
        {
            var body = new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = parsed.GetRequiredValue(name) };
            foreach (var setting in settings)
                if (parsed.GetValue(setting) is { } value) body[setting.Name[2..].Replace('-', '_')] = value;
            CommandLine.Show(await link.SendAsync(HttpMethod.Post, Path, body).ConfigureAwait(false), "id", "name", "token", "webhook_path");
        }));
        return command;
    }

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
            await link.SendAsync(HttpMethod.Delete, await PathOfAsync(link, parsed.GetRequiredValue(name)).ConfigureAwait(false)).ConfigureAwait(false)));
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
