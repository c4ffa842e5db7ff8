using System.Diagnostics;
using System.Globalization;
using StreamRecorder.Host.Tests.Faults;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Lifecycle;

/// <summary>
/// The real program and alerts without an id, as TradingView sends them: what is sent again because
/// its answer was a 503, was cut off, or never came, is one order; two orders that look alike are two.
/// </summary>
public sealed class ResendTests : IDisposable
{
    private const string Buy = """{"action":"buy","symbol":"MNQ1!","price":25600,"quantity":1}""";

    private readonly string _directory = Directory.CreateTempSubdirectory("host-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task TwoOrders_WithTheSameBody_AreTwoAlsoOverARestart()
    {
        string hook;
        await using (var host = await HostProcess.ServeAsync(_directory))
        {
            using var client = new HostClient(host, _directory);
            hook = await client.RecorderAsync("a");
            await client.PostAsync(hook, Buy);
            Assert.Equal("added", Text(await client.PostAsync(hook, Buy), "effect"));
            Assert.Equal(0, await host.StopAsync());
        }
        await using var again = await HostProcess.ServeAsync(_directory);
        using var later = new HostClient(again, _directory);
        Assert.Equal("added", Text(await later.PostAsync(hook, Buy), "effect"));
        Assert.Equal(3, await QuantityAsync(later));
    }

    [Fact]
    public async Task Order_SentAgainAfter503_IsOne()
    {
        await using var host = await HostProcess.ServeAsync(_directory);
        using var client = new HostClient(host, _directory);
        var hook = await client.RecorderAsync("a");
        await using (await SlowDisk.OfAsync(host, _directory, TimeSpan.FromSeconds(4)))
        {
            var first = await client.PostAsync(hook, Buy);
            Assert.Equal((503, "commit_slow"), (first.Status, Text(first, "reason")));
            // Sent again too early: while the first one's commit is still under way, or its own.
            Assert.Contains((await client.PostAsync(hook, Buy)).Status, (int[])[200, 503]);
        }
        var last = await client.PostAsync(hook, Buy);
        Assert.Contains((200, Text(last, "status")), ((int, string)[])[(200, "duplicate"), (200, "accepted")]);
        // Had the second one an answer, the third is an order of its own.
        Assert.Equal(Text(last, "status") == "accepted" ? 2 : 1, await QuantityAsync(client));
    }

    [Fact]
    public async Task Order_SentAgainAfter503AndAKill_IsOne()
    {
        string hook;
        await using (var host = await HostProcess.ServeAsync(_directory))
        {
            using var client = new HostClient(host, _directory);
            hook = await client.RecorderAsync("a");
            await using (await SlowDisk.OfAsync(host, _directory, TimeSpan.FromSeconds(3)))
                Assert.Equal(503, (await client.PostAsync(hook, Buy)).Status);
            // A read waits for the commit of what it saw: the order is journalled now, and its sender knows only the 503.
            Assert.Equal(1, await QuantityAsync(client));
            await host.StopAsync("KILL");
        }
        await using var again = await HostProcess.ServeAsync(_directory);
        using var later = new HostClient(again, _directory);
        Assert.Equal("duplicate", Text(await later.PostAsync(hook, Buy), "status"));
        Assert.Equal(1, await QuantityAsync(later));
    }

    [Fact]
    public async Task Order_SentAgainAfterItsAnswerWasCutOff_IsOne()
    {
        await using var host = await HostProcess.ServeAsync(_directory);
        using var client = new HostClient(host, _directory);
        var hook = await client.RecorderAsync("a");
        await using var proxy = new CuttingProxy(host.Url);
        using var sender = new HttpClient { BaseAddress = proxy.Url };
        var statuses = new List<string>();
        // Cut off too early, the body was not taken at all and is accepted the second time: one order too, but not what is to be seen here.
        while (!statuses.Contains("duplicate"))
        {
            Assert.InRange(statuses.Count, 0, 9);
            proxy.CutsAfter = TimeSpan.FromMilliseconds(200 + 200 * statuses.Count);
            // The commit takes long enough for the service to see that its sender has gone before it could answer.
            await using (await SlowDisk.OfAsync(host, _directory, TimeSpan.FromSeconds(2)))
                await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(sender, hook));
            proxy.CutsAfter = null;
            statuses.Add(await PostAsync(sender, hook));
            Assert.Equal(statuses.Count, await QuantityAsync(client));
        }
        Assert.Equal("accepted", await PostAsync(sender, hook));
        Assert.Equal(statuses.Count + 1, await QuantityAsync(client));
    }

    /// <summary>Nobody here can know that an answer was lost behind the proxy, unless the order says which one it is.</summary>
    [Theory]
    [InlineData("", ""","id":"order-1" """)]
    [InlineData(""","duplicate_window":60""", ""","timenow":"2025-12-04T15:00:00Z" """)]
    public async Task Order_SentAgainAfterItsAnswerWasLostOnTheWay_IsOneIfItCanBeTold(string settings, string field)
    {
        await using var host = await HostProcess.ServeAsync(_directory);
        using var client = new HostClient(host, _directory);
        var hook = await client.RecorderAsync("a", settings);
        await using var proxy = new CuttingProxy(host.Url) { CutsAfter = TimeSpan.FromMilliseconds(300) };
        using var sender = new HttpClient { BaseAddress = proxy.Url };
        var body = Buy.TrimEnd('}') + field + "}";
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(sender, hook, body));
        Assert.Equal(1, await QuantityAsync(client));
        proxy.CutsAfter = null;
        Assert.Equal("duplicate", await PostAsync(sender, hook, body));
        Assert.Equal(1, await QuantityAsync(client));
    }

    [Fact]
    public async Task TwoOrders_WithTheSameBodyAndAKillAtTheAnswer_AreTwo()
    {
        string hook;
        await using (var host = await HostProcess.ServeAsync(_directory))
        {
            using var client = new HostClient(host, _directory);
            hook = await client.RecorderAsync("a");
            // The thread that sends goes on only after a while: what it does next comes too late for a kill that the answer sets off.
            await using var late = await KernelFaults.AttachAsync(host.Id, "sendmsg,sendto", "delay_exit=60000");
            using var process = Process.GetProcessById(host.Id);
            Assert.Equal("accepted", Text(await client.PostAsync(hook, Buy), "status"));
            process.Kill();
            await host.EndAsync();
        }
        await using var again = await HostProcess.ServeAsync(_directory);
        using var later = new HostClient(again, _directory);
        Assert.Equal("added", Text(await later.PostAsync(hook, Buy), "effect"));
        Assert.Equal(2, await QuantityAsync(later));
    }

    [Fact]
    public async Task Orders_SentAgainAfterAKill_AreEachOne()
    {
        const int rounds = 4;
        const int orders = 4;
        var random = new Random(5);
        string? hook = null;
        var unanswered = new List<string>();
        for (var round = 0; round <= rounds; round++)
        {
            await using var host = await HostProcess.ServeAsync(_directory);
            using var client = new HostClient(host, _directory);
            hook ??= await client.RecorderAsync("a");
            foreach (var body in unanswered) Assert.Equal(200, (await client.PostAsync(hook, body)).Status);
            if (round > 0) Assert.Equal(round * orders, await QuantityAsync(client));
            if (round == rounds) break;
            var sent = Enumerable.Range(0, orders).Select(i => Body(round, i)).Select(body => (body, client.PostAsync(hook, body))).ToArray();
            await Task.Delay(random.Next(4), TestContext.Current.CancellationToken);
            await host.StopAsync("KILL");
            unanswered.Clear();
            foreach (var (body, answer) in sent)
                if (!await IsAnsweredAsync(answer)) unanswered.Add(body);
        }
    }

    private static string Body(int round, int order) =>
        string.Create(
            CultureInfo.InvariantCulture, $$"""{"action":"buy","symbol":"MNQ1!","price":25600,"quantity":1,"comment":"{{round}} {{order}}"}""");

    private static async Task<bool> IsAnsweredAsync(Task<Answer> sent)
    {
        try
        {
            return (await sent).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<string> PostAsync(HttpClient client, string hook, string body = Buy)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, hook) { Content = new StringContent(body) };
        request.Headers.ConnectionClose = true;
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return System.Text.Json.JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("status")
            .ToString();
    }

    private static async Task<int> QuantityAsync(HostClient client) =>
        Assert.Single(await client.PositionsAsync()).GetProperty("total_quantity").GetInt32();

    private static string Text(Answer answer, string name) => answer.Json.GetProperty(name).ToString();
}
