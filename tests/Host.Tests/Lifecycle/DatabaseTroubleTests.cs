using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using StreamRecorder.Host.Tests.Faults;
using StreamRecorder.Host.Tests.Support;
using StreamRecorder.Tests.Shared;

namespace StreamRecorder.Host.Tests.Lifecycle;

/// <summary>
/// The real service with its database in trouble: what it answers in the meantime, and that
/// afterwards the database holds everything exactly once, by plain arithmetic and by <c>verify</c>.
/// </summary>
public sealed class DatabaseTroubleTests : IDisposable
{
    /// <summary>A feed that is not answered in this time is held up: what it sent takes milliseconds.</summary>
    private static readonly TimeSpan HeldUp = TimeSpan.FromSeconds(5);

    /// <summary>Half a minute, a backup's or a careless viewer's, and some.</summary>
    private static readonly TimeSpan Locked = TimeSpan.FromSeconds(31);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Calls of one kind that a trade's few rows take at most, in as many transactions as it has inputs.</summary>
    private const int CallsMax = 90;

    private readonly string _root = Directory.CreateTempSubdirectory("host-test-").FullName;

    private string Database => Path.Combine(_root, "stream_recorder.db");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Database_Locked_GoesOnUntilTheBoundsThen503ThenCatchesUp()
    {
        await using var host = await HostProcess.ServeAsync(_root);
        using var client = new HostClient(host, _root);
        var hook = await client.RecorderAsync("a");
        var trades = new TradeLedger(hook);
        await trades.TradeAsync(client, 3);
        Task<Answer> heldUp;
        Answer refused;
        using (var other = new SqliteConnection($"Data Source={Database};Pooling=false"))
        {
            other.Open();
            Execute(other, "BEGIN EXCLUSIVE");
            var locked = TimeProvider.System.GetTimestamp();
            await trades.TradeAsync(client, 5);
            trades.AssertAre(await client.PositionsAsync());
            heldUp = await FloodAsync(client);
            refused = await client.SignalAsync(hook, "buy", 1, "late");
            // Longer than any patience of SQLite or of ours: steady input is refused, and health and lag say why.
            Assert.True(await Poll.UntilAsync(IsLockedLongEnoughAsync, 2 * Locked));

            async Task<bool> IsLockedLongEnoughAsync()
            {
                Assert.Equal(503, (await client.SignalAsync(hook, "buy", 1, "late")).Status);
                return TimeProvider.System.GetElapsedTime(locked) >= Locked;
            }

            Assert.Equal((503, true), await HealthAsync(host));
            Assert.InRange(await LagAsync(host), Locked.TotalSeconds - 5, 600);
            Execute(other, "ROLLBACK");
        }
        Assert.Equal(503, refused.Status);
        Assert.Equal(200, (await heldUp).Status);

        // Sent again, as TradingView does after a 503: once all the same.
        Assert.Equal(200, (await client.SignalAsync(hook, "buy", 1, "late")).Status);
        Assert.Equal(200, (await client.SignalAsync(hook, "close", 1, "gone")).Status);
        await trades.TradeAsync(client, 2);
        var positions = await client.PositionsAsync();
        trades.AssertAre([.. positions.Where(p => p.GetProperty("avg_entry_price").GetDecimal() != 1)]);
        Assert.Single(positions, p => p.GetProperty("avg_entry_price").GetDecimal() == 1);
        Assert.Equal((200, false), await HealthAsync(host));
        Assert.Equal(0, await host.StopAsync());
        await AssertVerifiedAsync(_root);
        Assert.Contains(host.Lines, line => line.Contains("cannot be written", StringComparison.Ordinal));
        Assert.Contains(host.Lines, line => line.Contains("is written again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Disk_FullForTheDatabase_GoesOnThenCatchesUp()
    {
        using var disk = SmallDisk.Mount(megabytes: 4);
        // Files of the journal are written ahead, and kept elsewhere, so that only the database feels it.
        Directory.CreateSymbolicLink(Path.Combine(disk.Root, "journal"), Directory.CreateDirectory(Path.Combine(_root, "journal")).FullName);
        await using var host = await HostProcess.ServeAsync(disk.Root);
        using var client = new HostClient(host, disk.Root);
        var trades = new TradeLedger(await client.RecorderAsync("a"));
        await trades.TradeAsync(client, 2);
        disk.Fill();
        await trades.TradeAsync(client, 40);
        await host.SaysAsync("cannot be written");
        Assert.Equal(503, (await host.ManagementAsync("/healthz")).Status);
        trades.AssertAre(await client.PositionsAsync());
        disk.Free();
        await host.SaysAsync("is written again");
        Assert.Equal(200, (await host.ManagementAsync("/healthz")).Status);
        await trades.TradeAsync(client, 2);
        trades.AssertAre(await client.PositionsAsync());
        Assert.Equal(0, await host.StopAsync());
        await AssertVerifiedAsync(disk.Root);
    }

    [Fact]
    public async Task Database_ReadOnlyAtTheStart_GoesOnThenCatchesUp()
    {
        const string Setpriv = "/usr/bin/setpriv";
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows knows no such permissions.");
            return;
        }
        if (Environment.IsPrivilegedProcess && !File.Exists(Setpriv)) Assert.Skip("setpriv is not installed here, and root may write everything.");
        TradeLedger trades;
        await using (var host = await HostProcess.ServeAsync(_root))
        {
            using var client = new HostClient(host, _root);
            trades = new TradeLedger(await client.RecorderAsync("a"));
            await trades.TradeAsync(client, 2);
            Assert.Equal(0, await host.StopAsync());
        }
        File.SetUnixFileMode(Database, UnixFileMode.UserRead);
        string[] bound = Environment.IsPrivilegedProcess ? [Setpriv, "--bounding-set", "-dac_override"] : [];
        await using (var host = await HostProcess.ServeAsync(_root, bound))
        {
            using var client = new HostClient(host, _root);
            await host.SaysAsync("cannot be written");
            await trades.TradeAsync(client, 3);
            trades.AssertAre(await client.PositionsAsync());
            // SQLite made the two beside it with the same mode.
            foreach (var file in Directory.GetFiles(_root, "stream_recorder.db*"))
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await host.SaysAsync("is written again");
            trades.AssertAre(await client.PositionsAsync());
            Assert.Equal(0, await host.StopAsync());
        }
        await AssertVerifiedAsync(_root);
    }

    /// <summary>What a file system says that became read-only under the open files, as one does after errors of its disk.</summary>
    [Fact]
    public async Task Database_ReadOnlyWhileOpen_GoesOnThenCatchesUp()
    {
        await using var host = await HostProcess.ServeAsync(_root);
        using var client = new HostClient(host, _root);
        var trades = new TradeLedger(await client.RecorderAsync("a"));
        await trades.TradeAsync(client, 2);
        await using (await KernelFaults.AttachAsync(host.Id, "pwrite64", "error=EROFS", Database, Database + "-wal"))
        {
            await trades.TradeAsync(client, 3);
            await host.SaysAsync("cannot be written");
            trades.AssertAre(await client.PositionsAsync());
            Assert.Equal((503, true), await HealthAsync(host));
        }
        await host.SaysAsync("is written again");
        await trades.TradeAsync(client, 1);
        trades.AssertAre(await client.PositionsAsync());
        Assert.Equal((200, false), await HealthAsync(host));
        Assert.Equal(0, await host.StopAsync());
        await AssertVerifiedAsync(_root);
    }

    /// <summary>The first of the sink's calls for a trade, the second, and so on, until none is left to fail.</summary>
    [Theory]
    [InlineData("pwrite64")]
    [InlineData("fdatasync,fsync")]
    public async Task Database_NthCallFails_IsTriedAgainAndLosesNothing(string calls)
    {
        await using var host = await HostProcess.ServeAsync(_root);
        using var client = new HostClient(host, _root);
        var trades = new TradeLedger(await client.RecorderAsync("a"));
        var failed = 0;
        for (var isHit = true; isHit; failed++)
        {
            Assert.True(failed < CallsMax, "more calls than a trade can take");
            await using var faults = await KernelFaults.AttachAsync(host.Id, calls, $"error=EIO:when={failed + 1}", Database, Database + "-wal");
            await trades.TradeAsync(client, 1);
            Assert.True(await Poll.UntilAsync(() => Task.FromResult(ClosedRows() == failed + 1), Limit), $"call {failed + 1} is not made up for");
            isHit = await faults.EndAsync() > 0;
        }
        trades.AssertAre(await client.PositionsAsync());
        Assert.True(failed > 1, "no call failed");
        TestContext.Current.SendDiagnosticMessage($"{failed - 1} of {calls} failed, each once");
        Assert.Equal(0, await host.StopAsync());
        Assert.Contains(host.Lines, line => line.Contains("cannot be written", StringComparison.Ordinal));
        Assert.Equal("", await host.ErrorsAsync());
        await AssertVerifiedAsync(_root);
    }

    [Fact]
    public async Task Database_Deleted_EndsTheProcessAndComesBackFromTheJournal()
    {
        TradeLedger trades;
        await using (var host = await HostProcess.ServeAsync(_root))
        {
            using var client = new HostClient(host, _root);
            trades = new TradeLedger(await client.RecorderAsync("a"));
            await trades.TradeAsync(client, 3);
            File.Delete(Database);
            await TradeToTheEndAsync(trades, client);
            Assert.Equal(1, await host.EndAsync());
            var error = Assert.Single((await host.ErrorsAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.StartsWith($"error: {Database} was deleted", error, StringComparison.Ordinal);
            Assert.Single(Directory.GetFiles(_root, "*.rescued-*"), file => error.Contains(file, StringComparison.Ordinal));
        }
        // The journal goes back to the first input here: it alone gives back everything.
        await using (var host = await HostProcess.ServeAsync(_root))
        {
            using var client = new HostClient(host, _root);
            await trades.TradeAsync(client, 1);
            trades.AssertAre(await client.PositionsAsync());
            Assert.Equal(0, await host.StopAsync());
        }
        await AssertVerifiedAsync(_root);
    }

    /// <summary>Nothing is written any more: the upkeep, which looks often at a journal beyond its size, finds it out, and only once it is saved.</summary>
    [Fact]
    public async Task Database_DeletedWhileTheJournalIsTooLarge_IsSavedBeforeTheProcessEnds()
    {
        await using var host = await HostProcess.ServeAsync(
            _root, new Dictionary<string, string> { ["StreamRecorder__JournalBytes"] = "1048576", ["StreamRecorder__SnapshotRows"] = "0" });
        using var client = new HostClient(host, _root);
        var trades = new TradeLedger(await client.RecorderAsync("a"));
        await trades.TradeAsync(client, 3);
        // With all of it written: the sink has no reason to look by itself.
        var isWritten = await Poll.UntilAsync(
            async () => new Scrape((await host.ManagementAsync("/metrics")).Text)["streamrecorder_sink_lag_seconds"] == 0, TimeSpan.FromSeconds(30));
        Assert.True(isWritten, "the database stays behind");
        File.Delete(Database);
        Assert.Equal(1, await host.EndAsync());
        var error = Assert.Single((await host.ErrorsAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Single(Directory.GetFiles(_root, "*.rescued-*"), file => error.Contains(file, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Database_Replaced_EndsTheProcessAndTheRescuedOneCatchesUp()
    {
        TradeLedger trades;
        await using (var host = await HostProcess.ServeAsync(_root))
        {
            using var client = new HostClient(host, _root);
            trades = new TradeLedger(await client.RecorderAsync("a"));
            await trades.TradeAsync(client, 3);
            await File.WriteAllTextAsync(Database + ".other", "no database at all, only text", TestContext.Current.CancellationToken);
            File.Move(Database + ".other", Database, overwrite: true);
            await TradeToTheEndAsync(trades, client);
            Assert.Equal(1, await host.EndAsync());
        }
        var refused = await HostProcess.RunAsync("serve", "--data", _root, "--urls", "http://127.0.0.1:0", "--management-urls", "http://127.0.0.1:0");
        Assert.Equal(1, refused.Code);
        Assert.Contains(Database, refused.Errors, StringComparison.Ordinal);

        File.Move(Assert.Single(Directory.GetFiles(_root, "*.rescued-*")), Database, overwrite: true);
        foreach (var rest in new[] { "-wal", "-shm" }) File.Delete(Database + rest);
        await using (var host = await HostProcess.ServeAsync(_root))
        {
            using var client = new HostClient(host, _root);
            await trades.TradeAsync(client, 1);
            trades.AssertAre(await client.PositionsAsync());
            Assert.Equal(0, await host.StopAsync());
        }
        await AssertVerifiedAsync(_root);
    }

    /// <summary>Trades until the process has gone; what was sent last may have been answered or not.</summary>
    private static async Task TradeToTheEndAsync(TradeLedger trades, HostClient client)
    {
        try
        {
            for (var i = 0; i < 10_000; i++)
                if (!await trades.TryTradeAsync(client)) return;
        }
        catch (HttpRequestException)
        {
            return;
        }
        Assert.Fail("The process went on without its database.");
    }

    /// <summary>
    /// Ticks of hundreds of contracts, again and again: each a group for the sink. Returns the request that is not answered any more.
    /// </summary>
    private static async Task<Task<Answer>> FloodAsync(HostClient client)
    {
        var lines = new StringBuilder();
        foreach (var root in new[] { "ES", "NQ", "YM", "RTY", "MES" })
            for (var year = 2030; year < 2040; year++)
                foreach (var month in "FGHJKMNQUVXZ")
                    lines.Append(CultureInfo.InvariantCulture, $$"""{"symbol":"{{root}}{{month}}{{year}}","price":100}""").Append('\n');
        for (var i = 0; i < 1000; i++)
        {
            var request = client.PostAsync("/ticks", lines.ToString());
            if (await Task.WhenAny(request, Task.Delay(HeldUp, TestContext.Current.CancellationToken)) != request) return request;
            Assert.True((await request).Status == 200, (await request).Text);
        }
        throw new InvalidOperationException("The feed was never held up.");
    }

    private static async Task<(int Status, bool NamesDatabase)> HealthAsync(HostProcess host)
    {
        var (status, text) = await host.ManagementAsync("/healthz");
        return (status, text.Contains("database", StringComparison.Ordinal));
    }

    /// <summary>Seconds that the oldest output waits for the database.</summary>
    private static async Task<double> LagAsync(HostProcess host) =>
        new Scrape((await host.ManagementAsync("/metrics")).Text)["streamrecorder_sink_lag_seconds"];

    private long ClosedRows()
    {
        using var connection = new SqliteConnection($"Data Source={Database};Mode=ReadOnly;Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM recorder_positions WHERE status = 'closed'";
        return (long)command.ExecuteScalar()!;
    }

    private static async Task AssertVerifiedAsync(string directory)
    {
        var (code, text, errors) = await HostProcess.RunAsync("verify", "--data", directory);
        Assert.True(code == 0, text + errors);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
