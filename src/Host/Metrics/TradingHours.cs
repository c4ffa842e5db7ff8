using System.Globalization;

namespace StreamRecorder.Host.Metrics;

/// <summary>
/// When a market trades: the same sessions every week, by the clock of its exchange. Holidays are not known. Written as <c>ZONE DAYS FROM-TO, DAYS
/// FROM-TO …</c>, such as <c>America/Chicago Sun-Thu 17:00-16:00</c>: a session that ends before it begins ends on the next day. <c>always</c> never
/// closes.
/// </summary>
public sealed class TradingHours
{
    /// <summary>CME's, for nearly all of its futures: Sunday 17:00 to Friday 16:00, with an hour's pause a day.</summary>
    public const string Cme = "America/Chicago Sun-Thu 17:00-16:00";

    private const string Unending = "always";
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    private readonly TimeZoneInfo _zone;
    private readonly List<Session> _sessions;

    private TradingHours(TimeZoneInfo zone, List<Session> sessions)
    {
        _zone = zone;
        _sessions = sessions;
    }

    /// <summary><paramref name="Start"/> from Sunday 00:00.</summary>
    private readonly record struct Session(TimeSpan Start, TimeSpan Length);

    /// <summary>Throws <see cref="FormatException"/> with what is needed instead.</summary>
    public static TradingHours Parse(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Equals(Unending, StringComparison.OrdinalIgnoreCase)) return new(TimeZoneInfo.Utc, [new Session(TimeSpan.Zero, Week)]);
        var zone = trimmed.Split(' ', 2);
        if (zone.Length != 2) throw new FormatException($"a time zone and sessions (such as {Cme}), or {Unending},");
        return new(MarketZone.Find(zone[0]), [.. zone[1].Split(',').SelectMany(Sessions)]);
    }

    public bool IsOpen(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, _zone);
        var now = TimeSpan.FromDays((int)local.DayOfWeek) + local.TimeOfDay;
        foreach (var session in _sessions)
        {
            var since = now - session.Start;
            if ((since < TimeSpan.Zero ? since + Week : since) < session.Length) return true;
        }
        return false;
    }

    private static IEnumerable<Session> Sessions(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2 || parts[1].Split('-') is not [var from, var to])
            throw new FormatException($"days and times such as Sun-Thu 17:00-16:00 (not \"{text.Trim()}\")");
        var (start, end) = (Time(from), Time(to));
        var length = end > start ? end - start : end - start + TimeSpan.FromDays(1);
        var (first, last) = (Day(parts[0].Split('-')[0]), Day(parts[0].Split('-')[^1]));
        for (var day = first; ; day = (day + 1) % Days.Length)
        {
            yield return new Session(TimeSpan.FromDays(day) + start, length);
            if (day == last) yield break;
        }
    }

    private static int Day(string text)
    {
        var day = Array.FindIndex(Days, d => d.Equals(text, StringComparison.OrdinalIgnoreCase));
        return day >= 0 ? day : throw new FormatException($"a day of {string.Join(", ", Days)} (not \"{text}\")");
    }

    private static TimeSpan Time(string text) =>
        TimeSpan.TryParseExact(text, @"hh\:mm", CultureInfo.InvariantCulture, out var time)
            ? time
            : throw new FormatException($"a time such as 17:00 (not \"{text}\")");
}

/// <summary>
/// Time zones by their IANA names. Where the system has no table of them, as in
/// small containers, Chicago is known all the same, because the default needs it.
/// </summary>
internal static class MarketZone
{
    private const string ChicagoName = "America/Chicago";

    /// <summary>
    /// Central time by the rule in force since 2007: daylight from March's second Sunday to November's first, changing at 2 o'clock.
    /// </summary>
    internal static TimeZoneInfo Chicago { get; } = TimeZoneInfo.CreateCustomTimeZone(
        ChicagoName, TimeSpan.FromHours(-6), ChicagoName, "CST", "CDT",
        [TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1), AtTwo(3, 2), AtTwo(11, 1))]);

    public static TimeZoneInfo Find(string name)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        return name == ChicagoName
            ? Chicago
            : throw new FormatException($"a time zone that this system knows (not \"{name}\"; is its package tzdata installed?)");
    }

    private static TimeZoneInfo.TransitionTime AtTwo(int month, int week) =>
        TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0, DateTimeKind.Unspecified), month, week, DayOfWeek.Sunday);
}
