using StreamRecorder.Host.Start;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Lifecycle;

public sealed class RestartTests
{
    private static readonly string[] Reads =
        ["/api/positions?status=all&limit=500", "/api/recorders", "/api/keys", "/api/instruments", "/api/front-contracts",
            "/api/dashboard/trade-history?include_open=true"];

    [Fact]
    public async Task Restart_AfterWork_AnswersTheSame()
    {
        await using var service = await TestService.StartAsync();
        await WorkAsync(service);
        var before = await ReadAsync(service);
        await service.RestartAsync();
        Assert.Equal(WithoutGap(before), WithoutGap(await ReadAsync(service)));
    }

    [Fact]
    public async Task Restart_WithoutTheDatabase_RebuildsItFromTheJournal()
    {
        await using var service = await TestService.StartAsync();
        await WorkAsync(service);
        var before = await ReadAsync(service);
        await service.StopAsync();
        foreach (var file in Directory.GetFiles(service.Directory, "stream_recorder.db*")) File.Delete(file);
        await using var again = await TestService.StartInAsync(service.Directory);
        Assert.Equal(WithoutGap(before), WithoutGap(await ReadAsync(again)));
    }

    [Fact]
    public async Task Restart_WithoutTheDatabase_KeepsItsWriteAheadLogSmall()
    {
        // A hundred MB of the ledger; a transaction has 32 MB of them.
        const int signals = 24_000;
        await using var service = await TestService.StartAsync(options => options with { HardRate = 1_000_000 });
        var hook = await service.RecorderAsync("a");
        var comment = new string('x', 3900);
        await Parallel.ForAsync(0, signals, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            var answer = await service.HookAsync(hook, $$"""{"action":"close","symbol":"MNQ1!","comment":"{{i}}{{comment}}"}""");
            Assert.Equal(200, answer.Status);
        });
        await service.StopAsync();
        foreach (var file in Directory.GetFiles(service.Directory, "stream_recorder.db*")) File.Delete(file);
        await using var again = await TestService.StartInAsync(service.Directory);
        // Ready is earlier than written: the last of it may wait in the outbox.
        await Scrape.WaitAsync(again, scrape => scrape["streamrecorder_sink_lag_seconds"] == 0);
        Assert.InRange(new FileInfo(Path.Combine(service.Directory, "stream_recorder.db-wal")).Length, 1, Sink.SinkLimits.WalBytesKept);
    }

    [Fact]
    public async Task Stop_RightAfterATick_LeavesItsFiguresForPeople()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        await service.FillAsync(hook, "buy", 25600);
        await service.TickAsync(25540);
        await service.StopAsync();
        using var database = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(service.Directory, "stream_recorder.db")};Mode=ReadOnly;Pooling=false");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = "SELECT worst_unrealized_pnl FROM recorder_positions WHERE status = 'open'";
        Assert.Equal(-120.0, command.ExecuteScalar());
    }

    [Fact]
    public async Task Target_AfterOneWithATimeOfAnotherYear_IsStaleForMinutesOnly()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        var open = await service.HookAsync(hook, Target("long", 1, "2099-01-01T00:00:00Z"));
        Assert.Equal("accepted", open.Json.GetProperty("status").GetString());
        var soon = await service.HookAsync(
            hook, Target("long", 2, Engine.Numbers.Timestamp.Format(Engine.Numbers.Timestamp.From(DateTimeOffset.UtcNow.AddMinutes(11)))));
        Assert.Equal("added", soon.Json.GetProperty("effect").GetString());
    }

    [Fact]
    public async Task Repeat_AcrossARestart_GetsTheFirstAnswer()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        const string Body = """{"action":"buy","symbol":"MNQ1!","price":25600,"id":"once"}""";
        var first = (await service.HookAsync(hook, Body)).Json;
        await service.RestartAsync();
        var second = (await service.HookAsync(hook, Body)).Json;
        Assert.Equal("duplicate", second.GetProperty("status").GetString());
        Assert.Equal(first.GetProperty("sequence").GetInt64(), second.GetProperty("sequence").GetInt64());
        Assert.Single(await service.PositionsAsync());
    }

    [Fact]
    public async Task Start_DirectoryInUse_IsRefusedAndHarmless()
    {
        await using var service = await TestService.StartAsync();
        await Assert.ThrowsAsync<DirectoryLockedException>(() => TestService.StartInAsync(service.Directory));
        Assert.Equal(200, (await service.GetAsync("/api/recorders")).Status);
    }

    [Fact]
    public async Task Start_PortInUse_IsRefusedAndLetsTheDirectoryGo()
    {
        await using var service = await TestService.StartAsync();
        var other = Directory.CreateTempSubdirectory("host-test-").FullName;
        var error = await Assert.ThrowsAnyAsync<IOException>(
            () => TestService.StartInAsync(other, options => options with { Urls = [service.Url.ToString()] }));
        Assert.Contains("address already in use", error.Message, StringComparison.Ordinal);
        await using var free = await TestService.StartInAsync(other, ownsDirectory: true);
    }

    [Fact]
    public async Task Start_DamagedJournal_IsRefusedNamingTheFile()
    {
        await using var service = await TestService.StartAsync();
        await service.RecorderAsync("a");
        await service.StopAsync();
        var slots = Path.Combine(service.Directory, "journal", "commits");
        var bytes = await File.ReadAllBytesAsync(slots, TestContext.Current.CancellationToken);
        Array.Fill(bytes, (byte)0xA5);
        await File.WriteAllBytesAsync(slots, bytes, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<Engine.Journal.JournalDamagedException>(() => TestService.StartInAsync(service.Directory));
        Assert.Contains("commits", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AdminKey_LostOrForeign_IsReplacedAndTheOldOneRevoked()
    {
        await using var service = await TestService.StartAsync();
        var path = DataDirectory.AdminKeyIn(service.Directory);
        AssertOwnerOnly(path);
        File.Delete(path);
        await service.RestartAsync();
        var key = (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Trim();
        Assert.NotEqual(service.AdminKey, key);
        Assert.Equal(401, (await service.GetAsync("/api/recorders")).Status);
        Assert.Equal(200, (await service.SendAsync("GET", "/api/recorders", key: key)).Status);
        AssertOwnerOnly(path);
    }

    [Fact]
    public async Task Directory_AfterWork_HoldsNoSecretInClear()
    {
        await using var service = await TestService.StartAsync();
        var token = (await service.RecorderAsync("a"))["/webhook/".Length..];
        await service.StopAsync();
        foreach (var file in Directory.GetFiles(service.Directory, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) == "admin.key") continue;
            var text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            Assert.False(text.Contains(token, StringComparison.Ordinal) || text.Contains(service.AdminKey, StringComparison.Ordinal), file);
        }
    }

    private static void AssertOwnerOnly(string path)
    {
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    private static string Target(string side, int size, string time) =>
        $$"""{"action":"buy","symbol":"MNQ1!","price":25600,"market_position":"{{side}}","market_position_size":{{size}},"timenow":"{{time}}"}""";

    private static async Task WorkAsync(TestService service)
    {
        var hooks = new[] { await service.RecorderAsync("a", ""","on_opposite":"net","commission":1.25"""), await service.RecorderAsync("b") };
        await service.SendAsync("PUT", "/api/front-contracts", """{"front_contracts":[{"root":"ES","contract":"ESZ25","from_utc":"2025-09-15"}]}""");
        for (var i = 0; i < 20; i++)
        {
            foreach (var hook in hooks)
            {
                await service.FillAsync(hook, i % 3 == 2 ? "sell" : "buy", 25600 + i, 1 + i % 2);
                await service.FillAsync(hook, i % 4 == 3 ? "close" : "sell", 5000.25m + i, symbol: "ES1!");
            }
            await service.TickAsync(25590 + i * 3 % 7);
            await service.TickAsync(5001 - i, "ESZ2025");
        }
    }

    private static async Task<string> ReadAsync(TestService service)
    {
        var texts = new List<string>();
        foreach (var path in Reads) texts.Add((await service.GetAsync(path)).Text);
        return string.Join('\n', texts);
    }

    /// <summary>The time of the stop itself is the one thing that a restart adds.</summary>
    private static string WithoutGap(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, "\"gap_seconds\":[0-9]+", "\"gap_seconds\":0");
}
