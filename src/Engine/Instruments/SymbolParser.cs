using System.Globalization;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Engine.Instruments;

/// <summary>A parsed spelling: canonical name, root, kind. Pure; the table keeps the objects.</summary>
public readonly record struct ParsedSymbol(string Name, string Root, SymbolKind Kind, int ContinuousIndex);

/// <summary>
/// Reads every spelling of a symbol that traders use. Roots contain digits and month letters (6E, M2K, 10Y, 1OZ), so a dated contract is split at the
/// longest known root that leaves a month letter and a year, never by counting letters.
/// </summary>
public static class SymbolParser
{
    private const string MonthLetters = "FGHJKMNQUVXZ";
    private const int YearMin = 1970;
    private const int YearMax = 2199;

    /// <summary>Reads <paramref name="text"/>; <paramref name="at"/> (µs) places one-digit years. Null when no known instrument fits.</summary>
    public static ParsedSymbol? Parse(ReadOnlySpan<char> text, InstrumentTable instruments, long at) => Parse(text, instruments, at, YearMin, YearMax);

    /// <summary>The same, where a contract is one of these years only.</summary>
    public static ParsedSymbol? Parse(ReadOnlySpan<char> text, InstrumentTable instruments, long at, int yearMin, int yearMax)
    {
        Span<char> upper = stackalloc char[EngineLimits.SymbolLengthMax];
        text = Strip(text);
        if (text.IsEmpty || text.Length > upper.Length) return null;
        upper = upper[..text.ToUpperInvariant(upper)];
        var symbol = (ReadOnlySpan<char>)upper;
        if (instruments.Find(symbol.ToString()) is { Kind: InstrumentKind.Spot } spot) return new(spot.Root, spot.Root, SymbolKind.Spot, 0);
        if (symbol[^1] == '!') return Continuous(symbol, instruments);
        if (Future(symbol, instruments) is { } bare) return Continuous(bare, 1);
        if (symbol.IndexOf(' ') > 0) return NinjaTrader(symbol, instruments, yearMin, yearMax);
        return Dated(symbol, instruments, at, yearMin, yearMax);
    }

    /// <summary>True when the meaning of the spelling depends on the time it is read at: it ends with a month letter and one digit.</summary>
    public static bool HasOneDigitYear(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        return text.Length > 2 && char.IsAsciiDigit(text[^1]) && MonthLetters.Contains(char.ToUpperInvariant(text[^2]));
    }

    /// <summary>Drops white space, everything up to the last colon, and one leading @ or /.</summary>
    private static ReadOnlySpan<char> Strip(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        text = text[(text.LastIndexOf(':') + 1)..].Trim();
        return text.Length > 1 && text[0] is '@' or '/' ? text[1..] : text;
    }

    private static ParsedSymbol? Continuous(ReadOnlySpan<char> symbol, InstrumentTable instruments)
    {
        if (symbol.Length < 3 || symbol[^2] is < '1' or > '9') return null;
        return Future(symbol[..^2], instruments) is { } root ? Continuous(root, symbol[^2] - '0') : null;
    }

    private static ParsedSymbol Continuous(string root, int index) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{root}{index}!"), root, SymbolKind.Continuous, index);

    /// <summary>ROOT MM-YY, as NinjaTrader writes contracts.</summary>
    private static ParsedSymbol? NinjaTrader(ReadOnlySpan<char> symbol, InstrumentTable instruments, int yearMin, int yearMax)
    {
        var space = symbol.LastIndexOf(' ');
        var date = symbol[(space + 1)..];
        if (date.Length != 5 || date[2] != '-' || !Number(date[..2], out var month) || !Number(date[3..], out var year)) return null;
        return month is >= 1 and <= 12 && 2000 + year >= yearMin && 2000 + year <= yearMax && Future(symbol[..space].TrimEnd(), instruments) is { } root
            ? Dated(root, MonthLetters[month - 1], 2000 + year)
            : null;
    }

    private static ParsedSymbol? Dated(ReadOnlySpan<char> symbol, InstrumentTable instruments, long at, int yearMin, int yearMax)
    {
        // Longest root first: fewest characters left for the date, one digit of year before two before four.
        foreach (var digits in (ReadOnlySpan<int>)[1, 2, 4])
        {
            var letterAt = symbol.Length - digits - 1;
            if (letterAt < 1 || !MonthLetters.Contains(symbol[letterAt]) || !Number(symbol[(letterAt + 1)..], out var number)) continue;
            if (Future(symbol[..letterAt], instruments) is not { } root) continue;
            var year = digits switch { 1 => NearestYear(number, at), 2 => 2000 + number, _ => number };
            return year >= yearMin && year <= yearMax ? Dated(root, symbol[letterAt], year) : null;
        }
        return null;
    }

    private static ParsedSymbol Dated(string root, char letter, int year) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{root}{letter}{year:D4}"), root, SymbolKind.Dated, 0);

    /// <summary>The year with that last digit nearest to the input's own time; of two equally near ones the later.</summary>
    private static int NearestYear(int digit, long at)
    {
        var now = Timestamp.YearOf(at);
        var year = now - now % 10 + digit;
        if (year - now > 5) year -= 10;
        else if (now - year >= 5) year += 10;
        return year;
    }

    private static string? Future(ReadOnlySpan<char> root, InstrumentTable instruments) =>
        instruments.Find(root.ToString()) is { Kind: InstrumentKind.Future } instrument ? instrument.Root : null;

    private static bool Number(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
