using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamRecorder.Naive;

public enum SymbolKind
{
    Spot,
    Dated,
    Continuous,
}

/// <summary>A symbol in its one canonical spelling: GCZ2013, GC1!, BAC.</summary>
public sealed record Symbol(string Name, Instrument Instrument, SymbolKind Kind)
{
    private const string MonthLetters = "FGHJKMNQUVXZ";

    public bool IsFrontMonth => Kind == SymbolKind.Continuous && Name.EndsWith("1!", StringComparison.Ordinal);

    /// <summary>Reads any accepted spelling; null if its instrument is unknown. The time tells the decade of a one-digit year.</summary>
    public static Symbol? Parse(string text, long time, InstrumentTable table)
    {
        var bare = Strip(text);
        if (table.Find(bare) is { } exact) return exact.IsSpot ? new Symbol(bare, exact, SymbolKind.Spot) : Continuous(bare, "1", table);
        if (Regex.Match(bare, "^(.+)([1-9])!$") is { Success: true } numbered)
            return Continuous(numbered.Groups[1].Value, numbered.Groups[2].Value, table);
        if (Regex.Match(bare, "^(.+?) +([0-9]{2})-([0-9]{2})$") is { Success: true } spaced) return Spaced(spaced, table);
        return Dated(bare, time, table);
    }

    private static string Strip(string text)
    {
        var upper = text.Trim().ToUpperInvariant();
        var afterPrefix = upper[(upper.LastIndexOf(':') + 1)..].Trim();
        return afterPrefix.StartsWith('@') || afterPrefix.StartsWith('/') ? afterPrefix[1..] : afterPrefix;
    }

    private static Symbol? Continuous(string root, string index, InstrumentTable table) =>
        table.Find(root) is { IsSpot: false } future ? new Symbol($"{root}{index}!", future, SymbolKind.Continuous) : null;

    private static Symbol? Spaced(Match spaced, InstrumentTable table)
    {
        var month = int.Parse(spaced.Groups[2].Value, CultureInfo.InvariantCulture);
        if (table.Find(spaced.Groups[1].Value) is not { IsSpot: false } future || month is < 1 or > 12) return null;
        return new Symbol($"{future.Root}{MonthLetters[month - 1]}20{spaced.Groups[3].Value}", future, SymbolKind.Dated);
    }

    // Longest root first: roots hold digits and month letters themselves (M2K, 6E, 10Y), so no fixed cut is right.
    private static Symbol? Dated(string bare, long time, InstrumentTable table)
    {
        foreach (var future in table.Futures.OrderByDescending(future => future.Root.Length))
        {
            if (!bare.StartsWith(future.Root, StringComparison.Ordinal)) continue;
            var rest = Regex.Match(bare[future.Root.Length..], "^([" + MonthLetters + "])([0-9]{4}|[0-9]{2}|[0-9])$");
            if (rest.Success) return new Symbol($"{future.Root}{rest.Groups[1].Value}{Year(rest.Groups[2].Value, time)}", future, SymbolKind.Dated);
        }

        return null;
    }

    private static string Year(string digits, long time)
    {
        if (digits.Length == 4) return digits;
        if (digits.Length == 2) return "20" + digits;
        var now = Moment.YearOf(time);
        var lastDigit = digits[0] - '0';
        var sameDigit = Enumerable.Range(now - 9, 19).Where(year => year % 10 == lastDigit);
        return sameDigit.OrderBy(year => Math.Abs(year - now)).ThenByDescending(year => year).First().ToString("0000", CultureInfo.InvariantCulture);
    }
}
