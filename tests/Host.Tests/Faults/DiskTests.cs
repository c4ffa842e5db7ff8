using StreamRecorder.Host.Tests.Support;
using StreamRecorder.Tests.Shared;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// The real program with the journal's disk full, failing, hanging or slow: no answer without durability, a clear end or a recovery by itself.
/// </summary>
public sealed class DiskTests : IDisposable
{
    private static readonly Dictionary<string, string> SmallFiles = new() { ["StreamRecorder__JournalSegmentBytes"] = "2097152" };

    private readonly string _root = Directory.CreateTempSubdirectory("host-test-").FullName;

    private string Slots => Path.Combine(_root, "journal", "commits");

    private string Segment => Path.Combine(_root, "journal", "segment.0");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Disk_FullForTheJournal_AnswersWhileThereIsRoomThen503ThenGoesOn()
    {
        using var disk = SmallDisk.Mount(megabytes: 16);
        // Alone on it: the database has room.
        Directory.CreateSymbolicLink(Path.Combine(_root, "journal"), disk.Root);
        await using var host = await HostProcess.ServeAsync(_root, SmallFiles);
        using var client = new HostClient(host, _root);
        var lanes = await LanesAsync(client, 8);
        disk.Fill();
        // Two files of 2 MiB are there already.
        await Task.WhenAll(lanes.Select(lane => lane.RunAsync(client, () => false)));
        Assert.All(lanes, lane => Assert.StartsWith("503", lane.Refused, StringComparison.Ordinal));
        // Told so by the end of the 2.5 s, and a little for the way there and back.
        var asked = TimeProvider.System.GetTimestamp();
        Assert.False(await lanes[0].TryNextAsync(client));
        Assert.InRange(TimeProvider.System.GetElapsedTime(asked), TimeSpan.Zero, TimeSpan.FromSeconds(3.5));
        await host.SaysAsync("cannot grow");
        var (status, health) = await host.ManagementAsync("/healthz");
        Assert.Equal(503, status);
        Assert.Contains("the journal cannot grow", health, StringComparison.Ordinal);
        await CheckAsync(client, lanes);

        disk.Free();
        await host.SaysAsync("grows again");
        Assert.Equal(200, (await host.ManagementAsync("/healthz")).Status);
        foreach (var lane in lanes) Assert.True(await lane.TryNextAsync(client), lane.Refused);
        await CheckAsync(client, lanes);
        await host.KillAsync();
        await CheckAfterStartAsync(lanes);
    }

    [Theory]
    [InlineData("error=ENOSPC", true, "No space left")]
    [InlineData("error=EIO", false, "journal")]
    public async Task Write_ThatFails_EndsTheProcessAndLosesNothing(string fault, bool isSlot, string cause)
    {
        await using var host = await HostProcess.ServeAsync(_root);
        using var client = new HostClient(host, _root);
        var lanes = await LanesAsync(client, 4);
        for (var i = 0; i < 10; i++) await Task.WhenAll(lanes.Select(lane => lane.TryNextAsync(client)));
        await using (await KernelFaults.AttachAsync(host.Id, "pwrite64", fault, isSlot ? Slots : Segment))
            await Task.WhenAll(lanes.Select(lane => lane.RunAsync(client, () => false)));
        Assert.Equal(1, await host.EndAsync());
        var line = Assert.Single((await host.ErrorsAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(cause, line, StringComparison.Ordinal);
        Assert.Contains("journal", line, StringComparison.Ordinal);
        await CheckAfterStartAsync(lanes);
    }

    [Fact]
    public async Task Disk_SlowThenStalled_AnswersSlowlyThen503ThenRecovers()
    {
        await using var host = await HostProcess.ServeAsync(_root);
        using var client = new HostClient(host, _root);
        var lanes = await LanesAsync(client, 4);
        var started = TimeProvider.System.GetTimestamp();
        var before = host.ProcessorTime;
        await using (await KernelFaults.AttachAsync(host.Id, "pwrite64", "delay_enter=200000", Slots))
        {
            for (var i = 0; i < 5; i++) Assert.All(await Task.WhenAll(lanes.Select(lane => lane.TryNextAsync(client))), Assert.True);
        }
        var took = TimeProvider.System.GetElapsedTime(started);
        Assert.True(took >= TimeSpan.FromSeconds(1), $"five commits of 200 ms each in {took}");
        Assert.True(host.ProcessorTime - before < took, "a processor was busy with waiting");
        await using (await KernelFaults.AttachAsync(host.Id, "pwrite64", "delay_enter=5000000", Slots))
        {
            await Task.WhenAll(lanes.Select(lane => lane.RunAsync(client, () => false)));
            Assert.All(lanes, lane => Assert.StartsWith("503", lane.Refused, StringComparison.Ordinal));
        }
        // The stalled commit ended: what was refused was applied all the same, and is known again by its id.
        foreach (var lane in lanes)
            while (!await lane.TryNextAsync(client)) Assert.StartsWith("503", lane.Refused, StringComparison.Ordinal);
        await CheckAsync(client, lanes);
        Assert.Equal(0, await host.StopAsync());
    }

    /// <summary>Five minutes: a program that waits for the call on its way out is caught.</summary>
    [Fact]
    public async Task Commit_ThatHangs_EndsTheProcessWithoutWaitingForIt()
    {
        await using var host = await HostProcess.ServeAsync(_root);
        using var client = new HostClient(host, _root);
        var lanes = await LanesAsync(client, 4);
        for (var i = 0; i < 5; i++) await Task.WhenAll(lanes.Select(lane => lane.TryNextAsync(client)));
        await using (var faults = await KernelFaults.AttachAsync(host.Id, "pwrite64", "delay_enter=300000000", Slots))
        {
            await Task.WhenAll(lanes.Select(lane => lane.RunAsync(client, () => false)));
            Assert.All(lanes, lane => Assert.StartsWith("503", lane.Refused, StringComparison.Ordinal));
            Assert.True(await host.HasLeftAsync(TimeSpan.FromSeconds(60)), "the process waits for the call that hangs");
            faults.LetGo();
        }
        Assert.Equal(1, await host.EndAsync());
        var line = Assert.Single((await host.ErrorsAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"The journal in {Path.GetDirectoryName(Slots)} failed", line, StringComparison.Ordinal);
        Assert.Contains("A commit did not end in 10 s.", line, StringComparison.Ordinal);
        await CheckAfterStartAsync(lanes);
    }

    /// <summary>It hangs for five minutes in the middle of a transaction: told to stop, the process still ends, and says what it left.</summary>
    [Fact]
    public async Task DatabaseDisk_ThatHangs_DoesNotKeepTheProcessFromStopping()
    {
        await using var host = await HostProcess.ServeAsync(_root);
        using var client = new HostClient(host, _root);
        var lanes = await LanesAsync(client, 2);
        await using (var faults = await KernelFaults.AttachAsync(
            host.Id, "pwrite64,fdatasync,fsync", "delay_enter=300000000", Path.Combine(_root, "stream_recorder.db-wal")))
        {
            for (var i = 0; i < 3; i++) Assert.All(await Task.WhenAll(lanes.Select(lane => lane.TryNextAsync(client))), Assert.True);
            using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{host.Id}"]))
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(await host.HasLeftAsync(TimeSpan.FromSeconds(90)), "the process waits for the call that hangs");
            faults.LetGo();
        }
        Assert.Equal(1, await host.EndAsync());
        Assert.Contains("the database", await host.ErrorsAsync(), StringComparison.Ordinal);
        await CheckAfterStartAsync(lanes);
    }

    private static async Task<List<KillLane>> LanesAsync(HostClient client, int count)
    {
        var lanes = new List<KillLane>();
        for (var i = 0; i < count; i++) lanes.Add(new KillLane(await client.RecorderAsync($"lane{i}"), "MNQ1!", i));
        return lanes;
    }

    /// <summary>By a new process on what the disk holds, and by verify.</summary>
    private async Task CheckAfterStartAsync(List<KillLane> lanes)
    {
        await using (var again = await HostProcess.ServeAsync(_root))
        {
            using var client = new HostClient(again, _root);
            foreach (var lane in lanes) Assert.True(await lane.TryNextAsync(client), lane.Refused);
            await CheckAsync(client, lanes);
            Assert.Equal(0, await again.StopAsync());
        }
        var (code, text, errors) = await HostProcess.RunAsync("verify", "--data", _root);
        Assert.True(code == 0, text + errors);
    }

    private static async Task CheckAsync(HostClient client, List<KillLane> lanes)
    {
        // One whose last signal is in doubt has it or not: it is looked at when that is settled.
        for (var i = 0; i < lanes.Count; i++)
            if (!lanes[i].IsInDoubt) lanes[i].Book.AssertAre(await client.AllPositionsAsync($"lane{i}"));
    }
}
