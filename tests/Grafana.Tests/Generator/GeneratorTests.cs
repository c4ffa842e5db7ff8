using Xunit;

namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>The committed dashboards are what the generator makes. Run with WRITE_DASHBOARDS=1 to write them anew.</summary>
public sealed class GeneratorTests
{
    private static readonly Dashboard[] All = [EngineDashboard.Make(), PhoneDashboard.Make(), TradingDashboard.Make()];

    [Fact]
    public void Dashboards_Committed_AreWhatTheGeneratorMakes()
    {
        bool isWriting = Environment.GetEnvironmentVariable("WRITE_DASHBOARDS") == "1";
        foreach (var dashboard in All)
        {
            string path = Path.Combine(GrafanaFolder.Dashboards, dashboard.FileName);
            string text = CanonicalJson.Of(dashboard.ToJson());
            if (isWriting) File.WriteAllText(path, text);
            Assert.Equal(text, File.ReadAllText(path));
        }
        Assert.Equal(All.Select(d => d.FileName), GrafanaFolder.DashboardFiles.Select(f => Path.GetFileName(f)));
    }
}
