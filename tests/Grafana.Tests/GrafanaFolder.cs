using System.Runtime.CompilerServices;

namespace StreamRecorder.Grafana.Tests;

/// <summary>The folder <c>grafana/</c> of the source tree that these tests were built from.</summary>
public static class GrafanaFolder
{
    public static string Root { get; } = Find();

    public static string Dashboards => Path.Combine(Root, "dashboards");

    public static string Rules => Path.Combine(Root, "prometheus", "rules");

    public static string RuleTests => Path.Combine(Root, "prometheus", "tests");

    public static string PrometheusConfig => Path.Combine(Root, "prometheus", "prometheus.yml");

    public static IReadOnlyList<string> RuleFiles => Sorted(Rules, "*.yml");

    public static IReadOnlyList<string> RuleTestFiles => Sorted(RuleTests, "*.yml");

    public static IReadOnlyList<string> DashboardFiles => Sorted(Dashboards, "*.json");

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    private static string[] Sorted(string folder, string pattern) => [.. Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal)];

    private static string Find([CallerFilePath] string thisFile = "")
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "grafana"));
        return Directory.Exists(root)
            ? root
            : throw new DirectoryNotFoundException($"{root} is not there; run the tests from the tree they were built from.");
    }
}
