using StreamRecorder.Host.Tests.Support;
using Xunit;

namespace StreamRecorder.Host.Tests.Verify;

/// <summary>The verb <c>backup</c> as people run it, running and stopped; the copy put back beside the journal catches up by itself.</summary>
public sealed class BackupVerbTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Backup_PutBackBesideTheJournal_CatchesUpByItself(bool isRunning)
    {
        using var files = new DataFiles();
        var file = Path.Combine(files.Root, "copy.db");
        TradeLedger trades;
        await using (var host = await HostProcess.ServeAsync(files.Root))
        {
            using var client = new HostClient(host, files.Root);
            trades = new TradeLedger(await client.RecorderAsync("a"));
            await trades.TradeAsync(client, 3);
            if (isRunning) await BackUpAsync(files, file);
            await trades.TradeAsync(client, 2);
            Assert.Equal(0, await host.StopAsync());
        }
        if (!isRunning)
        {
            await BackUpAsync(files, file);
            await using var host = await HostProcess.ServeAsync(files.Root);
            using var client = new HostClient(host, files.Root);
            await trades.TradeAsync(client, 2);
            Assert.Equal(0, await host.StopAsync());
        }

        File.Move(file, DataFiles.Database(files.Root), overwrite: true);
        await using (var host = await HostProcess.ServeAsync(files.Root))
        {
            using var client = new HostClient(host, files.Root);
            trades.AssertAre(await client.PositionsAsync());
            await trades.TradeAsync(client, 1);
            Assert.Equal(0, await host.StopAsync());
        }
        var (code, text, errors) = await HostProcess.RunAsync("verify", "--data", files.Root);
        Assert.True(code == 0, text + errors);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("verify")]
    [InlineData("backup")]
    public async Task DatabaseOfANewerProgram_AnyVerb_IsRefusedUntouched(string verb)
    {
        using var files = new DataFiles();
        await using (var history = new LiveHistory(files.Root)) history.Steps(new Random(52), 20);
        files.Execute("PRAGMA user_version = 99");
        var before = files.Fingerprint();
        string[] more = verb switch
        {
            "serve" => ["--urls", "http://127.0.0.1:0", "--management-urls", "http://127.0.0.1:0"],
            "backup" => [Path.Combine(files.Root, "copy.db")],
            _ => [],
        };
        var (code, text, errors) = await HostProcess.RunAsync([verb, "--data", files.Root, .. more]);
        Assert.Equal(1, code);
        Assert.Contains(DataFiles.Database(files.Root) + " has schema version 99", text + errors, StringComparison.Ordinal);
        // The lock of the directory is all that a refused start may leave.
        Assert.Equal(before, files.Fingerprint().Where(line => !line.Contains("service.lock", StringComparison.Ordinal)));
    }

    private static async Task BackUpAsync(DataFiles files, string target)
    {
        var (code, text, errors) = await HostProcess.RunAsync("backup", target, "--data", files.Root);
        Assert.True(code == 0, errors);
        Assert.Contains("as of sequence ", text, StringComparison.Ordinal);
    }
}
