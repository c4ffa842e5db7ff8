using System.CommandLine;
using Spectre.Console;

namespace StreamRecorder.Host.Cli;

/// <summary><c>key</c>: makes, lists and revokes API keys.</summary>
public static class KeyCommand
{
    private const string Path = "/api/keys";

    public static Command Create()
    {
        var data = CommandLine.DataOption();
        return new Command("key", "Manages API keys; works with the service running or stopped.") { data, Add(data), List(data), Revoke(data) };
    }

    private static Command Add(Option<string> data)
    {
        var name = new Argument<string>("NAME") { Description = "Unique name" };
        var scope = new Option<string>("--scope") { Description = "What it may do", Required = true }.AcceptOnlyFromAmong("admin", "feed", "read");
        var command = new Command("add", "Makes a key and shows it, this once") { name, scope };
        command.SetAction(parsed => CommandLine.WithServiceAsync(parsed, data, async link =>
        {
            var body = new Dictionary<string, string>(StringComparer.Ordinal)
            { ["name"] = parsed.GetRequiredValue(name), ["scope"] = parsed.GetRequiredValue(scope) };
            CommandLine.Show(await link.SendAsync(HttpMethod.Post, Path, body).ConfigureAwait(false), "name", "scope", "key");
        }));
        return command;
    }

    private static Command List(Option<string> data)
    {
        var command = new Command("list", "Lists keys");
        command.SetAction(parsed => CommandLine.WithServiceAsync(parsed, data, async link =>
        {
            string[] columns = ["name", "scope", "created_at"];
            var table = CommandLine.NewTable(columns);
            foreach (var key in (await link.SendAsync(HttpMethod.Get, Path).ConfigureAwait(false)).GetProperty("keys").EnumerateArray())
                table.AddRow([.. columns.Select(c => Markup.Escape(key.GetProperty(c).ToString()))]);
            CommandLine.Write(table);
        }));
        return command;
    }

    private static Command Revoke(Option<string> data)
    {
        var name = new Argument<string>("NAME") { Description = "The key's name" };
        var command = new Command("revoke", "Revokes a key") { name };
        command.SetAction(parsed => CommandLine.WithServiceAsync(parsed, data, async link =>
            await link.SendAsync(HttpMethod.Delete, $"{Path}/{Uri.EscapeDataString(parsed.GetRequiredValue(name))}").ConfigureAwait(false)));
        return command;
    }
}
