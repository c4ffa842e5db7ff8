using StreamRecorder.Engine.Numbers;
using StreamRecorder.Host.Tests.Support;
using StreamRecorder.Host.Verify;
using Xunit;

namespace StreamRecorder.Host.Tests.Verify;

/// <summary>
/// The verb <c>verify</c> as people run it: exit code 1 and the place of each
/// damage, with the service running and stopped; nothing found is exit code 0.
/// </summary>
public sealed class VerifyVerbTests
{
    [Fact]
    public async Task Verify_EachDamageStopped_Exits1AndNamesThePlace()
    {
        using var files = await HistoryAsync();
        await AssertCleanAsync(files);
        foreach (var (name, damage) in Damage.All)
        {
            using var copy = files.Copy();
            await AssertNamedAsync(copy, name, damage.Do(copy).Place);
        }
    }

    [Fact]
    public async Task Verify_EachDamageUnderARunningService_Exits1AndNamesThePlace()
    {
        using var files = await HistoryAsync();
        await using var host = await HostProcess.ServeAsync(files.Root);
        await AssertCleanAsync(files);
        foreach (var (name, damage) in Damage.All.Where(d => !d.Value.NeedsStop))
        {
            var (place, heal) = damage.Do(files);
            await AssertNamedAsync(files, name, place);
            heal();
        }
        await AssertCleanAsync(files);
        Assert.Equal(0, await host.StopAsync());
    }

    private static async Task AssertNamedAsync(DataFiles files, string name, string place)
    {
        var (code, text, errors) = await HostProcess.RunAsync("verify", "--data", files.Root);
        Assert.True(code == 1, $"{name}: exit code {code}{text}{errors}");
        Assert.True(
            text.Split('\n').Any(line => line.Contains(place, StringComparison.Ordinal)),
            $"{name}: nothing is said of \"{place}\" in{Environment.NewLine}{text}");
        Assert.StartsWith("error: ", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static async Task AssertCleanAsync(DataFiles files)
    {
        var (code, text, errors) = await HostProcess.RunAsync("verify", "--data", files.Root);
        Assert.True(code == 0, text + errors);
    }

    private static async Task<DataFiles> HistoryAsync()
    {
        var files = new DataFiles();
        var hourAgo = Timestamp.From(TimeProvider.System.GetUtcNow()) - 3600 * Timestamp.Second;
        await using (var history = new LiveHistory(files.Root, hourAgo)) history.Steps(new Random(51), 400);
        return files;
    }
}
