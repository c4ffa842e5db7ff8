using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// All state of a service that the outside can see, as lines and as one hash: every position, open and closed, with every figure, fill and flag;
/// the ledger; the tables. Asked while nothing is under way, so that it is as of one sequence.
/// </summary>
internal static class SaidState
{
    private static readonly string[] Tables = ["/api/recorders", "/api/keys", "/api/instruments", "/api/front-contracts"];

    /// <summary>Fields that are no part of the state as of a sequence.</summary>
    private static readonly Dictionary<string, string> LeftOut = new(StringComparer.Ordinal)
    {
        ["price_path"] = "for charts, taken by the clock",
        ["decided_at"] = "the clock's; unknown for what is written after a kill",
        ["committed_at"] = "the clock's; unknown for what is written after a kill",
        ["answered_at"] = "the clock's; may be lost with a kill",
    };

    /// <summary>Lines in the order of the positions' and signals' ids.</summary>
    public static async Task<List<string>> LinesAsync(HostClient client)
    {
        var lines = new List<string>();
        foreach (var path in Tables) lines.Add((await client.GetAsync(path)).Text);
        foreach (var position in await PagesAsync(client, "/api/positions?status=all&", "positions"))
            lines.Add(Text((await client.GetAsync($"/api/positions/{position.GetProperty("id").GetInt64()}")).Json));
        lines.AddRange((await PagesAsync(client, "/api/signals?", "signals")).Select(Text));
        return lines;
    }

    public static string HashOf(IEnumerable<string> lines) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    private static async Task<List<JsonElement>> PagesAsync(HostClient client, string path, string name)
    {
        var all = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await client.GetAsync($"{path}limit=500{(cursor.Length > 0 ? "&cursor=" + cursor : "")}");
            Assert.True(page.Status == 200, page.Text);
            all.AddRange(page.Json.GetProperty(name).EnumerateArray());
            cursor = page.Json.GetProperty("next_cursor").GetString();
        }
        return all;
    }

    /// <summary>The time without service counts into the gap of an open position, and into nothing else.</summary>
    private static string Text(JsonElement entry)
    {
        var isOpen = entry.GetProperty("status").GetString() == "open";
        return string.Join(
            ' ', entry.EnumerateObject().Where(field => !LeftOut.ContainsKey(field.Name) && !(isOpen && field.Name == "gap_seconds"))
                .Select(field => $"{field.Name}={field.Value.GetRawText()}"));
    }
}
