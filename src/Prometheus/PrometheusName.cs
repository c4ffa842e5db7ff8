using System.Text;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>
/// How instruments, units and tags are spelled for Prometheus: only letters, digits and underscores, the unit last, counters ending in _total.
/// </summary>
internal static class PrometheusName
{
    private const string TotalSuffix = "_total";

    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["d"] = "days",
        ["h"] = "hours",
        ["min"] = "minutes",
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["By"] = "bytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["GiBy"] = "gibibytes",
        ["TiBy"] = "tibibytes",
        ["KBy"] = "kilobytes",
        ["MBy"] = "megabytes",
        ["GBy"] = "gigabytes",
        ["TBy"] = "terabytes",
        ["m"] = "meters",
        ["V"] = "volts",
        ["A"] = "amperes",
        ["J"] = "joules",
        ["W"] = "watts",
        ["g"] = "grams",
        ["Cel"] = "celsius",
        ["Hz"] = "hertz",
        ["1"] = "",
        ["%"] = "percent",
        ["$"] = "dollars",
    };

    private static readonly Dictionary<string, string> PerUnits = new(StringComparer.Ordinal)
    {
        ["s"] = "second",
        ["m"] = "minute",
        ["h"] = "hour",
        ["d"] = "day",
        ["w"] = "week",
        ["mo"] = "month",
        ["y"] = "year",
    };

    /// <summary>The name of a metric's family, which for a counter is that of its samples.</summary>
    public static string OfMetric(string name, string unit, bool isCounter, bool isTotalWanted)
    {
        string result = Sanitise(name, isColonAllowed: true);
        string suffix = OfUnit(unit);
        if (suffix.Length > 0 && !EndsWithUnit(result, suffix, isCounter)) result += "_" + suffix;
        if (isCounter && isTotalWanted && !result.EndsWith(TotalSuffix, StringComparison.Ordinal)) result += TotalSuffix;
        return result;
    }

    public static string OfLabel(string key) => Sanitise(key, isColonAllowed: false);

    private static bool EndsWithUnit(string name, string unit, bool isCounter)
        => name.EndsWith(unit, StringComparison.Ordinal) || (isCounter && name.EndsWith(unit + TotalSuffix, StringComparison.Ordinal));

    private static string OfUnit(string unit)
    {
        unit = WithoutAnnotations(unit);
        int slash = unit.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return SanitiseUnit(Units.GetValueOrDefault(unit, unit));
        string above = unit[..slash];
        string below = unit[(slash + 1)..];
        return SanitiseUnit(Units.GetValueOrDefault(above, above) + "_per_" + PerUnits.GetValueOrDefault(below, below));
    }

    private static string SanitiseUnit(string unit)
    {
        var text = new StringBuilder(unit.Length);
        foreach (char c in unit) AppendCollapsing(text, char.IsAsciiLetterOrDigit(c) ? c : '_');
        return text.ToString().Trim('_');
    }

    /// <summary>Curly brackets in a unit are remarks for people: <c>{request}</c> has no unit at all.</summary>
    private static string WithoutAnnotations(string unit)
    {
        int open = unit.IndexOf('{', StringComparison.Ordinal);
        if (open < 0) return unit;
        int close = unit.IndexOf('}', open);
        return close < 0 ? unit : WithoutAnnotations(unit[..open] + unit[(close + 1)..]);
    }

    private static string Sanitise(string name, bool isColonAllowed)
    {
        if (IsSound(name, isColonAllowed)) return name;
        var text = new StringBuilder(name.Length + 1);
        for (int i = 0; i < name.Length; i++)
        {
            bool isKept = IsAllowed(name[i], isColonAllowed) && !(i == 0 && char.IsAsciiDigit(name[i]));
            AppendCollapsing(text, isKept ? name[i] : '_');
        }
        return text.Length == 0 ? "_" : text.ToString();
    }

    private static bool IsSound(string name, bool isColonAllowed)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) return false;
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] == '_' ? i > 0 && name[i - 1] == '_' : !IsAllowed(name[i], isColonAllowed)) return false;
        }
        return true;
    }

    private static bool IsAllowed(char c, bool isColonAllowed) => char.IsAsciiLetterOrDigit(c) || (isColonAllowed && c == ':');

    private static void AppendCollapsing(StringBuilder text, char c)
    {
        if (c != '_' || text.Length == 0 || text[^1] != '_') text.Append(c);
    }
}
