using System.Text.Json;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Api;

/// <summary>Instruments and front contracts: by file at the start, by the API later.</summary>
public sealed class TableTests
{
    [Fact]
    public async Task Instruments_Put_AreUsedByTheNextSignal()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        Assert.Equal(422, (await service.HookAsync(hook, """{"action":"buy","symbol":"ACME","price":10}""")).Status);
        var put = await service.SendAsync(
            "PUT", "/api/instruments",
            """{"instruments":[{"root":"acme","exchange":"X","name":"Acme","tick_size":0.25,"tick_value":"0.5","currency":"usd","kind":"spot"}]}""");
        Assert.True(put.Status == 200, put.Text);
        Assert.Equal(1, put.Json.GetProperty("changed").GetInt32());
        await service.FillAsync(hook, "buy", 10, symbol: "ACME");
        var row = Assert.Single(
            (await service.GetAsync("/api/instruments")).Json.GetProperty("instruments").EnumerateArray(),
            r => r.GetProperty("root").GetString() == "ACME");
        Assert.Equal("0.25", row.GetProperty("tick_size").GetRawText());
        Assert.Equal("spot", row.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Instruments_OneWrongRow_SetsNone()
    {
        await using var service = await TestService.StartAsync();
        var before = (await service.GetAsync("/api/instruments")).Text;
        var put = await service.SendAsync(
            "PUT", "/api/instruments",
            """{"instruments":[{"root":"GOOD","tick_size":1,"tick_value":1,"currency":"USD"},{"root":"BAD","tick_size":0,"tick_value":1,"currency":"USD"}]}""");
        Assert.Equal(400, put.Status);
        Assert.StartsWith("Row 1:", put.Detail, StringComparison.Ordinal);
        Assert.Equal(before, (await service.GetAsync("/api/instruments")).Text);
    }

    [Fact]
    public async Task FrontContracts_FromFileAndApi_ResolveNewOpenings()
    {
        await using var service = await TestService.StartAsync(prepare: directory =>
            File.WriteAllText(Path.Combine(directory, "front_contracts.csv"), "root,contract,from_utc\nMNQ,MNQZ25,1970-01-01\n"));
        var hook = await service.RecorderAsync("a");
        await service.FillAsync(hook, "buy", 25600);
        Assert.Equal("MNQZ2025", (await service.PositionsAsync())[0].GetProperty("contract").GetString());

        var put = await service.SendAsync(
            "PUT", "/api/front-contracts", """{"front_contracts":[{"root":"MNQ","contract":"MNQ 03-26","from_utc":"2021-01-01T00:00:00Z"}]}""");
        Assert.True(put.Status == 200, put.Text);
        await service.FillAsync(hook, "close", 25601);
        await service.FillAsync(hook, "buy", 25602);
        Assert.Equal(["MNQH2026", "MNQZ2025"], (await service.PositionsAsync()).Select(p => p.GetProperty("contract").GetString()));
        Assert.Equal(2, (await service.GetAsync("/api/front-contracts")).Json.GetProperty("front_contracts").GetArrayLength());
    }

    [Fact]
    public async Task FrontContracts_MovedOn_FlagWhatAnOpenPositionDoesAndServeTheNext()
    {
        await using var service = await TestService.StartAsync(prepare: directory =>
            File.WriteAllText(Path.Combine(directory, "front_contracts.csv"), "root,contract,from_utc\nMNQ,MNQZ25,2020-01-01\n"));
        var hook = await service.RecorderAsync("a");
        await service.FillAsync(hook, "buy", 25600);
        await service.SendAsync(
            "PUT", "/api/front-contracts", """{"front_contracts":[{"root":"MNQ","contract":"MNQH26","from_utc":"2021-01-01"}]}""");
        await service.RestartAsync();
        var added = await service.FillAsync(hook, "buy", 25601);
        Assert.Equal("[\"contract_changed\"]", added.Json.GetProperty("flags").GetRawText());
        var kept = Assert.Single(await service.PositionsAsync());
        Assert.Equal(("MNQZ2025", "[\"contract_changed\"]"), (kept.GetProperty("contract").GetString(), kept.GetProperty("flags").GetRawText()));
        var reversed = await service.FillAsync(hook, "reverse", 25602);
        Assert.Equal("[\"contract_changed\"]", reversed.Json.GetProperty("flags").GetRawText());
        var next = (await service.PositionsAsync("status=open"))[0];
        Assert.Equal(("MNQH2026", "[]"), (next.GetProperty("contract").GetString(), next.GetProperty("flags").GetRawText()));
    }

    [Fact]
    public async Task Position_WithoutAContract_IsShownUnpricedAndLoggedOnceAnEpisode()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        await service.FillAsync(hook, "buy", 25600);
        await service.FillAsync(hook, "buy", 25601);
        var shown = Assert.Single(await service.PositionsAsync());
        Assert.Equal((JsonValueKind.Null, "[\"unpriced\"]"), (shown.GetProperty("contract").ValueKind, shown.GetProperty("flags").GetRawText()));
        await service.TickAsync(25599);
        var priced = Assert.Single(await service.PositionsAsync());
        Assert.Equal(("MNQ1!", "[]"), (priced.GetProperty("contract").GetString(), priced.GetProperty("flags").GetRawText()));
        await service.StopAsync();
        Assert.Single(service.Log.All, line => line.Contains("is unpriced", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Position_UnpricedAgainAfterAClosing_IsLoggedAgainAndNotForARestart()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        await service.FillAsync(hook, "buy", 25600);
        await service.RestartAsync();
        await service.FillAsync(hook, "buy", 25601);
        await service.FillAsync(hook, "close", 25602);
        var second = (await service.FillAsync(hook, "sell", 25603)).Json.GetProperty("position_id").ToString();
        await service.RestartAsync();
        await service.FillAsync(hook, "sell", 25604);
        var first = (await service.PositionsAsync("status=closed"))[0].GetProperty("id").ToString();
        await service.StopAsync();
        var logged = service.Log.All.Where(line => line.Contains("is unpriced", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, logged.Count);
        Assert.Contains($"Position {first} is", logged[0], StringComparison.Ordinal);
        Assert.Contains($"Position {second} is", logged[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("instruments.csv", "root,exchange,name,tick_size,tick_value,currency\nABC,X,n,0,1,USD\n", "line 2")]
    [InlineData("front_contracts.csv", "root,contract,from_utc\nMNQ,MNQZ25,2020-01-01\nMNQ,ESZ25,2021-01-01\n", "line 3")]
    [InlineData("front_contracts.csv", "contract,root\n", "line 1")]
    public async Task Start_WrongRowOfAFile_IsRefusedNamingFileAndLine(string file, string text, string line)
    {
        var error = await Assert.ThrowsAsync<Engine.Instruments.SettingsFileException>(async () =>
        {
            await using var service = await TestService.StartAsync(prepare: directory => File.WriteAllText(Path.Combine(directory, file), text));
        });
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InstrumentsFile_Changed_EntersAtTheNextStart()
    {
        await using var service = await TestService.StartAsync();
        await File.WriteAllTextAsync(
            Path.Combine(service.Directory, "instruments.csv"), "root,exchange,name,tick_size,tick_value,currency\nMNQ,CME,Other,0.25,1,USD\n",
            TestContext.Current.CancellationToken);
        await service.RestartAsync();
        var rows = (await service.GetAsync("/api/instruments")).Json.GetProperty("instruments").EnumerateArray();
        Assert.Equal("1", rows.Single(r => r.GetProperty("root").ValueEquals("MNQ")).GetProperty("tick_value").GetRawText());
    }
}
