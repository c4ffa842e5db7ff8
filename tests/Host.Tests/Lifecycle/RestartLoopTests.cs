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
        var (names, bytes) = Look(service.Directory);
        var commit = Newest(service);
        for (var i = 0; i < Restarts; i++) await service.RestartAsync();
        var after = Look(service.Directory);
        var moved = Newest(service);
        TestContext.Current.SendDiagnosticMessage(
            $"{names.Count} files, {bytes} to {after.Bytes} bytes, commits {commit} to {moved}");
        Assert.Equal(names, after.Names);
        Assert.InRange(after.Bytes, 1, bytes + 64 * 1024);
        // Each start is one input, or two while the last tick is younger than a minute, and a commit of each at most.
        Assert.InRange(moved - commit, Restarts, 2 * Restarts);
        await service.StopAsync();
        // While it runs it has one or the other for a moment only; what any of the fifty left open is open still.
        Assert.Empty(Descriptors(service.Directory));
    }

    private static long Newest(TestService service) => JournalInspection.NewestCommit(Path.Combine(service.Directory, "journal"))!.Value.Number;

    private static (List<string> Names, long Bytes) Look(string directory)
    {
        var files = new DirectoryInfo(directory).GetFiles("*", SearchOption.AllDirectories);
        return ([.. files.Select(file => file.FullName).Order(StringComparer.Ordinal)], files.Sum(file => file.Length));
    }

    /// <summary>This process's descriptors of files in there, where they can be listed: other tests have theirs at the same time.</summary>
    private static IEnumerable<string> Descriptors(string directory) => OperatingSystem.IsLinux()
        ? new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Select(link => link.LinkTarget ?? "")
            .Where(target => target.StartsWith(directory, StringComparison.Ordinal))
        : [];
}
