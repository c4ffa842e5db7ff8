using System.Text.Json;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Lifecycle;

/// <summary>
/// A real service with something of everything, killed; what it said before, and the one that came up after it on the same directory.
/// </summary>
public abstract class KilledService(bool keepsDatabase) : IAsyncLifetime
{
    public const string Keyless = """{"action":"buy","symbol":"ESZ2030","price":5000}""";

    private static readonly string[] Pages = ["/api/recorders", "/api/keys", "/api/instruments", "/api/front-contracts"];

    private readonly string _directory = Directory.CreateTempSubdirectory("host-test-").FullName;
    private HostProcess? _host;

    public HostClient After { get; private set; } = null!;

    /// <summary>What each page said before.</summary>
    public Dictionary<string, string> Before { get; } = [];

    public string Hook { get; private set; } = "";

    /// <summary>Of a recorder that nothing was sent to.</summary>
    public string OtherHook { get; private set; } = "";

    public Answer Keyed { get; private set; } = null!;

    public IReadOnlyList<JsonElement> Positions { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await using (var host = await HostProcess.ServeAsync(_directory))
        {
            using var client = new HostClient(host, _directory);
            await FillAsync(client);
            // The process has no moment to do anything.
            await host.StopAsync("KILL");
        }
        // As after a power cut: nobody knows which answers arrived.
        File.Delete(Path.Combine(_directory, "answered.map"));
        if (!keepsDatabase)
            foreach (var file in Directory.GetFiles(_directory, "stream_recorder.db*")) File.Delete(file);
        _host = await HostProcess.ServeAsync(_directory);
        After = new HostClient(_host, _directory);
    }

    public async ValueTask DisposeAsync()
    {
        After?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Signals as the ledger lists them, without the times of the hops that may be lost with a kill.</summary>
    public static async Task<string> LedgerAsync(HostClient client)
    {
        var signals = (await client.SendAsync(HttpMethod.Get, "/api/signals")).Json.GetProperty("signals").EnumerateArray();
        return string.Join('\n', signals.Select(s => string.Join(' ', s.EnumerateObject()
            .Where(p => p.Name is not ("decided_at" or "committed_at" or "answered_at")).Select(p => p.Name + "=" + p.Value.GetRawText()))));
    }

    private async Task FillAsync(HostClient client)
    {
        Hook = await client.RecorderAsync("a");
        OtherHook = await client.RecorderAsync("b");
        Assert.Equal(201, (await client.PostAsync("/api/keys", """{"name":"feeder","scope":"feed"}""")).Status);
        const string Row =
            """{"instruments":[{"root":"ACME","exchange":"X","name":"Acme","tick_size":0.5,"tick_value":1,"currency":"USD","kind":"spot"}]}""";
        Assert.Equal(200, (await client.SendAsync(HttpMethod.Put, "/api/instruments", Row)).Status);
        const string Front = """{"front_contracts":[{"root":"MNQ","contract":"MNQH2030","from_utc":"2021-01-01T00:00:00Z"}]}""";
        Assert.Equal(200, (await client.SendAsync(HttpMethod.Put, "/api/front-contracts", Front)).Status);
        Assert.Equal(200, (await client.PostAsync("/ticks", """{"symbol":"MNQH2030","price":25000.5}""")).Status);
        Keyed = await client.SignalAsync(Hook, "buy", 25000, "keyed");
        Assert.Equal(200, (await client.PostAsync(Hook, Keyless)).Status);
        Assert.Equal(400, (await client.PostAsync(Hook, "{}")).Status);
        Assert.Equal(200, (await client.PostAsync("/ticks", """{"symbol":"MNQH2030","price":24990}""")).Status);
        foreach (var page in Pages) Before[page] = (await client.SendAsync(HttpMethod.Get, page)).Text;
        Before["ledger"] = await LedgerAsync(client);
        Positions = await client.PositionsAsync();
    }
}

public sealed class KilledWithItsDatabase() : KilledService(keepsDatabase: true);

public sealed class KilledWithoutItsDatabase() : KilledService(keepsDatabase: false);

public sealed class ComeBackFromDatabaseTests(KilledWithItsDatabase killed) : ComeBackTests(killed), IClassFixture<KilledWithItsDatabase>;

public sealed class ComeBackFromJournalTests(KilledWithoutItsDatabase killed) : ComeBackTests(killed), IClassFixture<KilledWithoutItsDatabase>;

/// <summary>After <c>kill -9</c> everything is there again, from the database and the journal behind it, or from the journal alone.</summary>
public abstract class ComeBackTests(KilledService killed)
{
    [Theory]
    [InlineData("/api/recorders")]
    [InlineData("/api/keys")]
    [InlineData("/api/instruments")]
    [InlineData("/api/front-contracts")]
    public async Task Page_AfterAKill_SaysTheSame(string page) =>
        Assert.Equal(killed.Before[page], (await killed.After.SendAsync(HttpMethod.Get, page)).Text);

    [Fact]
    public async Task Ledger_AfterAKill_HasTheSameRows()
    {
        // Other tests of this class add repeats, newest first.
        Assert.EndsWith(killed.Before["ledger"], await KilledService.LedgerAsync(killed.After), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Positions_AfterAKill_HaveTheirFigures()
    {
        var after = (await killed.After.PositionsAsync()).ToDictionary(Id);
        foreach (var before in killed.Positions)
            foreach (var figure in new[] { "side", "contract", "total_quantity", "avg_entry_price", "current_price", "worst_unrealized_pnl",
                "worst_at", "max_drawdown", "tick_count", "opened_at" })
                Assert.Equal(before.GetProperty(figure).GetRawText(), after[Id(before)].GetProperty(figure).GetRawText());
    }

    [Fact]
    public async Task Key_SentAgainAfterAKill_GetsTheFirstAnswer()
    {
        var again = await killed.After.SignalAsync(killed.Hook, "buy", 25000, "keyed");
        Assert.Equal("duplicate", again.Json.GetProperty("status").GetString());
        Assert.Equal(killed.Keyed.Json.GetProperty("position_id").GetInt64(), again.Json.GetProperty("position_id").GetInt64());
    }

    [Fact]
    public async Task BodyInDoubt_SentAgainAfterAKill_IsARepeat() =>
        Assert.Equal("duplicate", (await killed.After.PostAsync(killed.Hook, KilledService.Keyless)).Json.GetProperty("status").GetString());

    [Fact]
    public async Task LastPriceAndFront_AfterAKill_ResolveASignalWithoutAPrice()
    {
        var answer = await killed.After.PostAsync(killed.OtherHook, """{"action":"buy","symbol":"MNQ1!","quantity":1}""");
        Assert.True(answer.Status == 200, answer.Text);
        var position = Assert.Single(await killed.After.PositionsAsync("recorder=b"));
        Assert.Equal((24990m, "MNQH2030"), (position.GetProperty("avg_entry_price").GetDecimal(), position.GetProperty("contract").GetString()));
    }

    private static long Id(JsonElement position) => position.GetProperty("id").GetInt64();
}
