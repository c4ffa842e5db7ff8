using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamRecorder.Grafana.Tests.Faults;

/// <summary>
/// The rule files with time running thirty times as fast, changed by pattern and in nothing else: how
/// long a condition must last, the windows of rates, and thresholds that are ages (of what is named in
/// seconds). What is compared with a duration that the program sets (an answer within 2.5 s) stays.
/// </summary>
internal static partial class FasterRules
{
    private const int Factor = 30;

    public static string Of(string rules)
    {
        rules = For().Replace(rules, match => $"{match.Groups["key"]}{Milliseconds(match)}ms");
        rules = Window().Replace(rules, match => $"[{Milliseconds(match)}ms]");
        return Age()
            .Replace(rules,
                match => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{match.Groups["key"]}{double.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture) / Factor:0.###}"));
    }

    private static int Milliseconds(Match match) =>
        int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture) * (match.Groups["unit"].Value == "m" ? 60_000 : 1000) / Factor;

    [GeneratedRegex(@"(?<key>\bfor: )(?<count>\d+)(?<unit>[sm])")]
    private static partial Regex For();

    [GeneratedRegex(@"\[(?<count>\d+)(?<unit>[sm])\]")]
    private static partial Regex Window();

    [GeneratedRegex(@"(?<key>seconds\)? > )(?<count>\d+)")]
    private static partial Regex Age();
}
