using System.Globalization;

namespace StreamRecorder.Load.Processes;

/// <summary>What a server's <c>/metrics</c> said at a moment.</summary>
internal sealed class MetricsPage
{
    private readonly List<(string Series, double Value)> _lines = [];

    private MetricsPage()
    {
    }

    public static async Task<MetricsPage> ReadAsync(Server server)
    {
        var page = new MetricsPage();
        var text = await server.Client.GetStringAsync(new Uri(server.ManagementUrl, "/metrics")).ConfigureAwait(false);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            var parts = line.LastIndexOf('}') is var end and > 0 ? [line[..(end + 1)], .. line[(end + 2)..].Split(' ')] : line.Split(' ');
            page._lines.Add((parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture)));
        }
        return page;
    }

    /// <summary>Sum of all series of a name.</summary>
    public double Sum(string name) =>
        _lines.Where(l => l.Series == name || l.Series.StartsWith(name + '{', StringComparison.Ordinal)).Sum(l => l.Value);

    /// <summary>Of a histogram: each upper bound with the count of what did not exceed it, rising.</summary>
    public IReadOnlyList<(double Bound, double Count)> Buckets(string name) =>
    [
        .. _lines.Where(l => l.Series.StartsWith(name + "_bucket{", StringComparison.Ordinal))
            .Select(l => (BoundOf(l.Series), l.Value)).OrderBy(b => b.Item1),
    ];

    private static double BoundOf(string series)
    {
        var text = series[(series.IndexOf("le=\"", StringComparison.Ordinal) + 4)..];
        text = text[..text.IndexOf('"', StringComparison.Ordinal)];
        return text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
    }
}
