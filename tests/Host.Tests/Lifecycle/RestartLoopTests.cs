using StreamRecorder.Engine.Journal;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Lifecycle;

/// <summary>Starting and stopping must cost nothing that stays.</summary>
public sealed class RestartLoopTests
{
    [Fact]
    public async Task Service_RestartedFiftyTimesWithoutTraffic_GrowsNothing()
    {
        const int Restarts = 50;
        await using var service = await TestService.StartAsync();
        await service.FillAsync(await service.RecorderAsync("a"), "buy", 25600);
        await service.TickAsync(25590);
        await service.RestartAsync();
        var (names, bytes, descriptors) = Look(service.Directory);
        var commit = Newest(service);
        for (var i = 0; i < Restarts; i++) await service.RestartAsync();
        // A start's upkeep opens the database once more for a moment, so a single look may find one descriptor more; what stays is a leak.
        var settled = await Poll.UntilAsync(() => Task.FromResult(Look(service.Directory).Descriptors <= descriptors), TimeSpan.FromSeconds(30));
        var after = Look(service.Directory);
        var moved = Newest(service);
        TestContext.Current.SendDiagnosticMessage(
            $"{names.Count} files, {bytes} to {after.Bytes} bytes, {descriptors} descriptors, commits {commit} to {moved}");
        Assert.Equal(names, after.Names);
        Assert.True(settled, $"{after.Descriptors} descriptors after {Restarts} restarts, {descriptors} before");
        Assert.InRange(after.Bytes, 1, bytes + 64 * 1024);
        // Each start is one input, or two while the last tick is younger than a minute, and a commit of each at most.
        Assert.InRange(moved - commit, Restarts, 2 * Restarts);
        await service.StopAsync();
        if (OperatingSystem.IsLinux()) Assert.Equal(0, Look(service.Directory).Descriptors);
    }

    private static long Newest(TestService service) => JournalInspection.NewestCommit(Path.Combine(service.Directory, "journal"))!.Value.Number;

    /// <summary>What is there, and how many of this process's descriptors are of it: other tests have theirs at the same time.</summary>
    private static (List<string> Names, long Bytes, int Descriptors) Look(string directory)
    {
        var files = new DirectoryInfo(directory).GetFiles("*", SearchOption.AllDirectories);
        var descriptors = OperatingSystem.IsLinux()
            ? new DirectoryInfo(
                "/proc/self/fd").EnumerateFileSystemInfos().Count(link => link.LinkTarget?.StartsWith(directory, StringComparison.Ordinal) == true)
            : 0;
        return ([.. files.Select(file => file.FullName).Order(StringComparer.Ordinal)], files.Sum(file => file.Length), descriptors);
    }
}
