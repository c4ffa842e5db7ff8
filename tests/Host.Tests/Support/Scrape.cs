using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamRecorder.Host.Tests.Support;

/// <summary>
/// One answer of <c>/metrics</c>, read by the rules of the text format. Labels are
/// given as <c>name="value"</c>, in any order; the exporter's own are left out.
/// </summary>
public sealed partial class Scrape
{
    private readonly Dictionary<string, List<(string[] Labels, double Value)>> _samples = new(StringComparer.Ordinal);

    public Scrape(string text)
    {
        foreach (Match line in Sample().Matches(text))
        {
            string[] labels =
                [.. Label().Matches(line.Groups["labels"].Value).Select(l => l.Value)
                        .Where(l => !l.StartsWith("otel_scope_", StringComparison.Ordinal))];
            if (!_samples.TryGetValue(line.Groups["name"].Value, out var samples)) _samples[line.Groups["name"].Value] = samples = [];
            samples.Add((labels, Number(line.Groups["value"].Value)));
        }
    }

    public static async Task<Scrape> TakeAsync(TestService service)
    {
        var answer = await service.SendAsync("GET", "/metrics", key: "", site: service.ManagementUrl);
        Assert.True(answer.Status == 200, answer.Text);
        return new Scrape(answer.Text);
    }

    /// <summary>Scrapes until what is wanted shows: figures of open positions are as of the last second.</summary>
    public static async Task<Scrape> WaitAsync(TestService service, Predicate<Scrape> isWanted)
    {
        Scrape scrape = null!;
        var shows = await Poll.UntilAsync(async () => isWanted(scrape = await TakeAsync(service)), TimeSpan.FromMinutes(1));
        Assert.True(shows, "what is wanted never shows");
        return scrape;
    }

    /// <summary>The one series with exactly these labels; NaN when there is none.</summary>
    public double this[string name, params string[] labels] =>
        Of(name).Where(s => s.Labels.Order(StringComparer.Ordinal).SequenceEqual(labels.Order(StringComparer.Ordinal))).Select(s => s.Value)
            .SingleOrDefault(double.NaN);

    public IReadOnlyList<(string[] Labels, double Value)> Of(string name) => _samples.GetValueOrDefault(name, []);

    public IEnumerable<string> Names => _samples.Keys;

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"^(?<name>[a-z_:]+)(\{(?<labels>.*)\})? (?<value>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("""\w+="(\\.|[^"\\])*" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Label();
}
