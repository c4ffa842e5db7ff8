using System.Net.Http.Headers;
using System.Text;
using StreamRecorder.Host.Start;
using StreamRecorder.Host.Tests.Support;
using StreamRecorder.Payloads;

namespace StreamRecorder.Host.Tests.Secrets;

/// <summary>
/// The real program gets secrets in bodies, paths, headers and queries. Afterwards none is in any file of its directory, in what it wrote
/// to its console, or in what it answers: not after kill -9, not after a stop.
/// </summary>
public sealed class SecretsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("host-test-").FullName;
    private readonly List<string> _issued = [];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Secrets_OfEveryDialectAndKey_AreNowhereAfterAKillAndAStop()
    {
        string hook;
        await using (var host = await HostProcess.ServeAsync(_directory))
        {
            hook = await IssueAsync(host);
            await SendAllAsync(host, hook);
            await ReadAllAsync(host);
            await host.KillAsync();
            await LooksCleanAsync(host);
        }
        Assert.Contains("journal/segment.0", SecretSearch.Files(_directory, SecretBodies.Label));

        await using var again = await HostProcess.ServeAsync(_directory);
        await SendAllAsync(again, hook);
        await ReadAllAsync(again);
        Assert.Equal(0, await again.StopAsync());
        Assert.Contains("stream_recorder.db", SecretSearch.Files(_directory, SecretBodies.Label));
        await LooksCleanAsync(again);
    }

    [Fact]
    public void Dialects_All_HaveASecret() => Assert.Equal(
        PayloadFile.Valid.Select(v => v.Dialect).Distinct().Order(), SecretBodies.All().Select(b => b.Dialect).OfType<string>().Order());

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Search_OfAPlantedSecret_FindsIt(string encoding)
    {
        Directory.CreateDirectory(Path.Combine(_directory, "journal"));
        File.WriteAllBytes(Path.Combine(_directory, "journal", "x"), Encoding.GetEncoding(encoding).GetBytes($"…{SecretBodies.Marker}…"));
        Assert.Equal("journal/x", Assert.Single(SecretSearch.Files(_directory, SecretBodies.Marker, "absent")));
    }

    /// <summary>Makes a recorder with two tokens, one of them revoked, and keys of every scope, one revoked; returns the hook's path.</summary>
    private async Task<string> IssueAsync(HostProcess host)
    {
        using var client = new HostClient(host, _directory);
        var hook = await client.RecorderAsync("a");
        _issued.Add(hook["/webhook/".Length..]);
        _issued.Add((await client.PostAsync("/api/recorders/1/tokens", """{"label":"second"}""")).Json.GetProperty("token").GetString()!);
        Assert.Equal(204, (await client.SendAsync(HttpMethod.Delete, "/api/recorders/1/tokens/second")).Status);
        foreach (var scope in (string[])["admin", "feed", "read"])
        {
            var made = await client.PostAsync("/api/keys", $$"""{"name":"{{scope}}-key","scope":"{{scope}}"}""");
            _issued.Add(made.Json.GetProperty("key").GetString()!);
        }
        Assert.Equal(204, (await client.SendAsync(HttpMethod.Delete, "/api/keys/read-key")).Status);
        Assert.All(_issued, secret => Assert.InRange(secret.Length, 22, 200));
        return hook;
    }

    private async Task SendAllAsync(HostProcess host, string hook)
    {
        using var client = new HostClient(host, _directory);
        foreach (var body in SecretBodies.All())
        {
            var test = await client.PostAsync(hook + "/test", body.Text);
            var answer = await client.PostAsync(hook, body.Text);
            Assert.True(body.Status == answer.Status, $"{answer.Status} {answer.Text}: {body.Text[..Math.Min(body.Text.Length, 300)]}");
            foreach (var text in (string[])[test.Text, answer.Text]) IsClean(text);
        }
        // The token itself, where a sender may put it by mistake, and secrets in addresses.
        var token = hook["/webhook/".Length..];
        await client.PostAsync(hook, $$"""{"action":"dance","url":"https://host{{hook}}","token":"{{token}}"}""");
        await client.PostAsync($"{hook}?key={Secret("query")}", "{}");
        Assert.Equal(404, (await client.PostAsync($"/webhook/{Secret("path")}", "{}")).Status);
        Assert.Equal(404, (await client.PostAsync($"{hook}/{Secret("tail")}", "{}")).Status);
        Assert.Equal(404, (await client.GetAsync($"/{Secret("page")}")).Status);
        foreach (var key in _issued.Skip(2).Append(Secret("key")).ToList()) await AskAsync(host, key);
    }

    /// <summary>With a key that may, may not, or is none.</summary>
    private static async Task AskAsync(HostProcess host, string key)
    {
        using var client = new HttpClient { BaseAddress = host.Url };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        foreach (var path in (string[])["/api/recorders", "/api/keys", "/api/nothing"])
            IsClean(await (await client.GetAsync(path, TestContext.Current.CancellationToken)).Content.ReadAsStringAsync(
                TestContext.Current.CancellationToken));
    }

    /// <summary>What people and scrapers read of it.</summary>
    private async Task ReadAllAsync(HostProcess host)
    {
        using var client = new HostClient(host, _directory);
        var token = _issued[0];
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await client.GetAsync($"/api/signals?limit=50&cursor={cursor}");
            IsClean(page.Text);
            Assert.DoesNotContain(token, page.Text, StringComparison.Ordinal);
            cursor = page.Json.GetProperty("next_cursor").GetString();
        }
        using var scraper = new HttpClient { BaseAddress = host.ManagementUrl };
        IsClean(await scraper.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    private async Task LooksCleanAsync(HostProcess host)
    {
        var admin = (await File.ReadAllTextAsync(DataDirectory.AdminKeyIn(_directory), TestContext.Current.CancellationToken)).Trim();
        Assert.Empty(SecretSearch.Files(_directory, [SecretBodies.Marker, .. _issued]));
        Assert.Equal(["admin.key"], SecretSearch.Files(_directory, admin));
        await host.EndAsync();
        var console = string.Join('\n', host.Lines) + await host.ErrorsAsync();
        Assert.Contains(": a LONG ", console, StringComparison.Ordinal);
        Assert.All([SecretBodies.Marker, admin, .. _issued], secret => Assert.DoesNotContain(secret, console, StringComparison.Ordinal));
    }

    private static string Secret(string place) => SecretBodies.Marker + place + SecretBodies.Marker;

    private static void IsClean(string text) => Assert.DoesNotContain(SecretBodies.Marker, text, StringComparison.Ordinal);
}
