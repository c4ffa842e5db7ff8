using System.Globalization;
using StreamRecorder.Host.Tests.Support;
using StreamRecorder.Host.Tests.Verify;
using StreamRecorder.TickFeed;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// A data directory with something of everything in its journal, written by the real program in two lives with
/// a kill between them: every kind of decision, of table and of tick, positions closed, open and unpriced.
/// </summary>
public sealed class JournalHistory : IAsyncLifetime
{
    private const string Row =
        """{"instruments":[{"root":"ACME","exchange":"X","name":"Acme","tick_size":0.5,"tick_value":1,"currency":"EUR","kind":"spot"}]}""";

    private static readonly string[] Symbols = ["MNQZ2030", "ESZ2030", "ACME"];

    private readonly Random _random = new(13);
    private readonly List<string> _hooks = [];
    private int _sent;

    internal DataFiles Files { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await using (var host = await HostProcess.ServeAsync(Files.Root))
        {
            using var client = new HostClient(host, Files.Root);
            await TablesAsync(client);
            await TradeAsync(host, client);
            await DecisionsAsync(client);
            await host.KillAsync();
        }
        await using (var host = await HostProcess.ServeAsync(Files.Root))
        {
            using var client = new HostClient(host, Files.Root);
            await TradeAsync(host, client);
            await LateAsync(client);
            await TradeAsync(host, client);
            await RepeatAsync(client);
            Assert.Equal(0, await host.StopAsync());
        }
    }

    public ValueTask DisposeAsync()
    {
        Files.Dispose();
        return default;
    }

    private static async Task OkAsync(int status, Task<Answer> asked)
    {
        var answer = await asked;
        Assert.True(answer.Status == status, answer.Text);
    }

    private async Task TablesAsync(HostClient client)
    {
        await OkAsync(200, client.SendAsync(HttpMethod.Put, "/api/instruments", Row));
        const string Front = """{"front_contracts":[{"root":"MNQ","contract":"MNQZ2030","from_utc":"2021-01-01T00:00:00Z"}]}""";
        await OkAsync(200, client.SendAsync(HttpMethod.Put, "/api/front-contracts", Front));
        await OkAsync(201, client.PostAsync("/api/keys", """{"name":"feeder","scope":"feed"}"""));
        foreach (var mode in new[] { "auto", "close", "reverse", "net" })
        {
            var made = await client.PostAsync(
                "/api/recorders", $$"""{"name":"{{mode}}","on_opposite":"{{mode}}","commission":1.25,"duplicate_window":60}""");
            Assert.Equal(201, made.Status);
            _hooks.Add(made.Json.GetProperty("webhook_path").GetString()!);
        }
        await OkAsync(201, client.PostAsync("/api/recorders", """{"name":"gone"}"""));
        await OkAsync(201, client.PostAsync("/api/recorders/1/tokens", """{"label":"second"}"""));
    }

    /// <summary>Signals between ticks of a plain request and of a feed that numbers its batches.</summary>
    private async Task TradeAsync(HostProcess host, HostClient client)
    {
        var key = (await File.ReadAllTextAsync(Start.DataDirectory.AdminKeyIn(Files.Root), TestContext.Current.CancellationToken)).Trim();
        await using var feed = new FeedClient(new Uri($"ws://{host.Url.Authority}/ticks/ws"), key, "gateway");
        for (var i = 0; i < 60; i++)
        {
            var symbol = Symbols[_random.Next(Symbols.Length)];
            var price = 1000 + _random.Next(-80, 80) * 0.5m;
            var now = TimeProvider.System.GetUtcNow();
            await feed.SendAsync([new FeedTick(symbol, price, now), new FeedTick("MNQZ2030", price - 1, now)], TestContext.Current.CancellationToken);
            // Not for each: an acknowledgement waits for the next fold.
            if (i % 10 == 0) await feed.FlushAsync(TestContext.Current.CancellationToken);
            await OkAsync(
                200, client.PostAsync("/ticks", string.Create(CultureInfo.InvariantCulture, $$"""{"symbol":"{{symbol}}","price":{{price + 2}}}""")));
            var action = _random.Next(5) switch { 0 => "close", 1 or 2 => "sell", _ => "buy" };
            var body = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"action":"{{action}}","symbol":"{{symbol}}","quantity":{{_random.Next(1, 4)}},"price":{{price}},"comment":"{{_sent++}}"}""");
            await OkAsync(200, client.PostAsync(_hooks[_random.Next(_hooks.Count)], body));
        }
    }

    private async Task DecisionsAsync(HostClient client)
    {
        var hook = _hooks[0];
        for (var i = 0; i < 2; i++) await OkAsync(200, client.SignalAsync(hook, "buy", 1001, "again"));
        await OkAsync(200, client.PostAsync(hook, """{"action":"close","symbol":"GCZ2030","price":1}"""));
        await OkAsync(400, client.PostAsync(hook, "{}"));
        // No price is known.
        await OkAsync(422, client.PostAsync(hook, """{"action":"buy","symbol":"CLZ2030","quantity":1}"""));
        // No contract is known.
        await OkAsync(200, client.PostAsync(hook, """{"action":"buy","symbol":"GC1!","quantity":1,"price":4000}"""));
    }

    private static async Task LateAsync(HostClient client)
    {
        await OkAsync(200, client.PostAsync("/ticks", """{"symbol":"CLZ2030","price":60}"""));
        var rejected = (await client.GetAsync("/api/signals?status=rejected")).Json.GetProperty("signals").EnumerateArray().First();
        await OkAsync(200, client.PostAsync($"/api/signals/{rejected.GetProperty("id").GetInt64()}/retry", ""));
        await OkAsync(204, client.SendAsync(HttpMethod.Delete, "/api/recorders/5"));
        await OkAsync(204, client.SendAsync(HttpMethod.Delete, "/api/recorders/1/tokens/second"));
        await OkAsync(200, client.SendAsync(HttpMethod.Patch, "/api/recorders/2", """{"enabled":false}"""));
    }

    /// <summary>Without a key, and remembered at the end.</summary>
    private async Task RepeatAsync(HostClient client)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        foreach (var status in new[] { "accepted", "duplicate" })
        {
            var answer = await client.PostAsync(_hooks[0], $$"""{"action":"buy","symbol":"MNQ1!","quantity":1,"timenow":"{{now}}"}""");
            Assert.True(answer.Status == 200 && answer.Json.GetProperty("status").GetString() == status, answer.Text);
        }
    }
}
