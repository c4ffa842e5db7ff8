using StreamRecorder.Load;
using StreamRecorder.Load.Reporting;
using Xunit;

namespace StreamRecorder.Bench.Tests;

/// <summary>
/// Every scenario once, tiny: the real server and its rivals start, are driven and tallied. What is to be reached is not asked here.
/// </summary>
public sealed class LoadTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. Scenarios.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Scenario_Tiny_EveryContenderIsMeasured(string name)
    {
        var directory = Directory.CreateTempSubdirectory("streamrecorder-load-test-");
        try
        {
            var result = await Scenarios.All.Single(s => s.Name == name)
                .RunAsync(new StreamRecorder.Load.Bench(Size.Tiny, directory.FullName, output.WriteLine));
            Assert.NotEmpty(result.Rows);
            Assert.All(result.Rows, row => Assert.True(row.Rate > 0, $"{row.Contender} did nothing"));
            Assert.All(result.Findings.Where(f => f.IsPromise), finding => Assert.True(finding.Holds, $"{finding.Asked}; found {finding.Found}"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
