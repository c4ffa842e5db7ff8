using System.Text.RegularExpressions;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Cli;

/// <summary>The verbs, with the service running and stopped: the same words, the same effect.</summary>
public sealed partial class VerbTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Verbs_RunningOrStopped_ManageRecordersAndKeys(bool isRunning)
    {
        await using var service = await TestService.StartAsync();
        if (!isRunning) await service.StopAsync();
        var added = await DoneAsync(service, "recorder", "add", "day trades", "--on-opposite", "net", "--commission", "1.5");
        Assert.Matches("token: [A-Za-z0-9_-]{43}\n", added);
        var token = await DoneAsync(service, "recorder", "token", "add", "day trades", "phone");
        await DoneAsync(service, "recorder", "token", "revoke", "day trades", "default");
        var list = await DoneAsync(service, "recorder", "list");
        Assert.Matches(@"1 +day trades +net +1 +signal +1\.5 +True +phone", list);
        var key = await DoneAsync(service, "key", "add", "feeder", "--scope", "feed");
        Assert.Contains("feeder", await DoneAsync(service, "key", "list"), StringComparison.Ordinal);
        await FailsAsync(service, "exists", "recorder", "add", "day trades");
        await FailsAsync(service, "no recorder", "recorder", "remove", "night trades");
        await FailsAsync(service, "default_quantity", "recorder", "add", "other", "--default-quantity", "0");

        await using var later = isRunning ? null : await TestService.StartInAsync(service.Directory);
        var now = later ?? service;
        Assert.Equal(404, (await now.HookAsync(PathOf(added), """{"action":"buy","symbol":"MNQ1!","price":1}""")).Status);
        Assert.Equal(200, (await now.HookAsync(PathOf(token), """{"action":"buy","symbol":"MNQ1!","price":1}""")).Status);
        Assert.Equal(200, (await now.SendAsync("POST", "/ticks", """{"symbol":"MNQ1!","price":2}""", KeyOf(key))).Status);
        await FailsAsync(service, "open position", "recorder", "remove", "day trades");
        await now.HookAsync(PathOf(token), """{"action":"close","symbol":"MNQ1!","price":1}""");
        await DoneAsync(service, "recorder", "remove", "day trades");
        await DoneAsync(service, "key", "revoke", "feeder");
        Assert.Equal(401, (await now.SendAsync("POST", "/ticks", """{"symbol":"MNQ1!","price":2}""", KeyOf(key))).Status);
    }

    [Fact]
    public async Task RecorderAdd_WithAMapping_TakesAlertsOfThatForm()
    {
        await using var service = await TestService.StartAsync();
        var added = await DoneAsync(
            service, "recorder", "add", "odd", "--map", "what=action", "--map", "where=symbol", "--map", "at=price", "--map-action", "LE=buy");
        var answer = await service.HookAsync(PathOf(added), """{"what":"LE","where":"MNQ1!","at":25600.25}""");
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("LONG", Assert.Single(await service.PositionsAsync()).GetProperty("side").GetString());
        await FailsAsync(service, "theirs", "recorder", "add", "odder", "--map", "what");
    }

    [Fact]
    public async Task Verb_ServiceFileLeftByAKill_MisleadsNobody()
    {
        await using var service = await TestService.StartAsync();
        await service.StopAsync();
        await File.WriteAllTextAsync(
            Path.Combine(service.Directory, "service.json"), """{"pid":1,"urls":["http://127.0.0.1:9"],"management_urls":["http://127.0.0.1:9"]}""",
            TestContext.Current.CancellationToken);
        await DoneAsync(service, "recorder", "add", "a");
    }

    private static async Task<string> DoneAsync(TestService service, params string[] args)
    {
        var (code, text, errors) = await HostProcess.RunAsync([.. args, "--data", service.Directory]);
        Assert.True(code == 0, errors);
        return text;
    }

    private static async Task FailsAsync(TestService service, string part, params string[] args)
    {
        var (code, _, errors) = await HostProcess.RunAsync([.. args, "--data", service.Directory]);
        Assert.Equal(1, code);
        Assert.Contains(part, Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static string PathOf(string text) => WebhookPath().Match(text).Groups[1].Value;

    private static string KeyOf(string text) => KeyLine().Match(text).Groups[1].Value;

    [GeneratedRegex("webhook_path: (\\S+)")]
    private static partial Regex WebhookPath();

    [GeneratedRegex("key: (\\S+)")]
    private static partial Regex KeyLine();
}
