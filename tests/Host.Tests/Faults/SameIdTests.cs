using System.Globalization;
using System.Text.Json;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// The real program and the same alert with the same id four times at once, on four connections, and again after <c>kill -9</c>: applied once;
/// every delivery is answered 200, all but one as a repeat with what the first was answered.
/// </summary>
public sealed class SameIdTests : IDisposable
{
    private const int AtOnce = 4;
    private const int Ids = 25;

    private readonly string _root = Directory.CreateTempSubdirectory("host-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Id_SentFourTimesAtOnceAndAfterAKill_IsAppliedOnce()
    {
        var answers = new List<string>();
        string hook;
        await using (var host = await HostProcess.ServeAsync(_root))
        {
            using var client = new HostClient(host, _root);
            hook = await client.RecorderAsync("a");
            for (var id = 0; id < Ids; id++) answers.Add(FirstOf(await SendAsync(host, hook, id)));
            Assert.Equal(Ids, await QuantityAsync(client));
            await AssertOverlappedAsync(client);
            await host.KillAsync();
        }
        await using (var host = await HostProcess.ServeAsync(_root))
        {
            using var client = new HostClient(host, _root);
            for (var id = 0; id < Ids; id++)
                Assert.All(await SendAsync(host, hook, id), again => Assert.Equal(("duplicate", answers[id]), again));
            Assert.Equal(Ids, await QuantityAsync(client));
            Assert.Equal(0, await host.StopAsync());
        }
        var (code, text, errors) = await HostProcess.RunAsync("verify", "--data", _root);
        Assert.True(code == 0, text + errors);
    }

    /// <summary>All four are there long before the first one's commit returns.</summary>
    [Fact]
    public async Task Id_SentFourTimesWhileItsCommitIsUnderWay_IsAppliedOnce()
    {
        await using var host = await HostProcess.ServeAsync(_root);
        using var client = new HostClient(host, _root);
        var hook = await client.RecorderAsync("a");
        await using (await SlowDisk.OfAsync(host, _root, TimeSpan.FromMilliseconds(500))) FirstOf(await SendAsync(host, hook, 1));
        Assert.Equal(1, await QuantityAsync(client));
        await AssertOverlappedAsync(client);
        Assert.Equal(0, await host.StopAsync());
    }

    /// <summary>Everything but the last byte first, then the last bytes together. What each was told, the status apart from the rest.</summary>
    private static async Task<(string Status, string Told)[]> SendAsync(HostProcess host, string hook, int id)
    {
        var request = RawConnection.Post(
            hook, string.Create(
                CultureInfo.InvariantCulture, $$"""{"action":"buy","symbol":"MNQ1!","price":25600,"quantity":1,"id":"once-{{id}}"}"""));
        var connections = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => RawConnection.OpenAsync(host.Url)));
        try
        {
            foreach (var connection in connections) await connection.SendAsync(request[..^1]);
            await Task.WhenAll(connections.Select(connection => connection.SendAsync(request[^1..])));
            var answers = await Task.WhenAll(connections.Select(connection => connection.AnswerAsync()));
            Assert.All(answers, answer => Assert.True(answer.Status == 200, answer.Body.ToString()));
            return [.. answers.Select(answer => (answer.Body.GetProperty("status").GetString()!, Rest(answer.Body)))];
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    /// <summary>One accepted, the others repeats of it; what they have in common.</summary>
    private static string FirstOf((string Status, string Told)[] answers)
    {
        var first = Assert.Single(answers, answer => answer.Status == "accepted");
        Assert.All(answers.Where(answer => answer != first), answer => Assert.Equal(("duplicate", first.Told), answer));
        Assert.Equal(AtOnce - 1, answers.Count(answer => answer.Status == "duplicate"));
        return first.Told;
    }

    private static string Rest(JsonElement answer) =>
        string.Join(' ', answer.EnumerateObject().Where(field => field.Name != "status").Select(field => $"{field.Name}={field.Value.GetRawText()}"));

    private static async Task<decimal> QuantityAsync(HostClient client) =>
        Assert.Single(await client.PositionsAsync()).GetProperty("total_quantity").GetDecimal();

    /// <summary>By the ledger's times: a repeat had come before the first was committed. Else nothing was at once, and nothing is shown.</summary>
    private static async Task AssertOverlappedAsync(HostClient client)
    {
        var entries = (await client.GetAsync("/api/signals?limit=500")).Json.GetProperty("signals").EnumerateArray().ToList();
        Assert.Equal(0, entries.Count % AtOnce);
        var firsts = entries.Where(entry => Text(entry, "status") == "accepted").ToDictionary(entry => Text(entry, "key"));
        Assert.Contains(
            entries, entry => Text(entry, "status") == "duplicate"
                && string.CompareOrdinal(Text(entry, "received_at"), Text(firsts[Text(entry, "key")], "committed_at")) < 0);

        static string Text(JsonElement entry, string name) => entry.GetProperty(name).GetString()!;
    }
}
