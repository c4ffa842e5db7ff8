using System.Globalization;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Host.Replay;

/// <summary>
/// What became of the lines: everything that came in is counted as something, and the first few of what could not be taken are told.
/// </summary>
internal sealed class ReplayReport
{
    private readonly SortedDictionary<string, long> _ignored = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private readonly List<string> _refusalsShown = [];
    private readonly List<string> _rowsShown = [];
    private readonly List<string> _linesShown = [];
    private readonly List<string> _disorderShown = [];
    private long _signals;
    private long _duplicates;

    public long TicksApplied { get; set; }

    public long TicksLate { get; set; }

    /// <summary>Rows of tick files that could not be read.</summary>
    public long RowsRejected { get; private set; }

    /// <summary>Lines of signal files without a time, without a recorder, or not JSON: they have no place in the order of events.</summary>
    public long LinesRejected { get; private set; }

    /// <summary>Signals older than a line before them in their file: they arrive with it, as ticks that come late do.</summary>
    public long SignalsOutOfOrder { get; private set; }

    public long SignalsApplied { get; private set; }

    public long SignalsIgnored => _ignored.Values.Sum();

    public long SignalsRefused => _refused.Values.Sum();

    /// <summary>There were signals, and not one could be taken: whatever the positions say, it is not what was meant.</summary>
    public bool HasTakenNone => SignalsRefused + LinesRejected > 0 && SignalsApplied + SignalsIgnored + _duplicates == 0;

    /// <summary>A file's rejected rows; <paramref name="first"/> are some of them, in order.</summary>
    public void RejectRows(string file, long count, IEnumerable<TickError> first)
    {
        RowsRejected += count;
        foreach (var error in first) Show(_rowsShown, file, error.Line, error.Reason);
    }

    public void RejectLine(string file, long line, string reason)
    {
        LinesRejected++;
        Show(_linesShown, file, line, reason);
    }

    /// <summary>A signal that the file has after a later one.</summary>
    public void NoteDisorder(string file, long line, string arrival)
    {
        SignalsOutOfOrder++;
        Show(_disorderShown, file, line, $"its time is before that of a line above; it is taken as arriving at {arrival}");
    }

    public void Refuse(string file, long line, Refusal refusal)
    {
        _signals++;
        Count(_refused, refusal.Kind.Label);
        Show(_refusalsShown, file, line, $"{refusal.Kind.Label}: {refusal.Detail}");
    }

    public void Take(string file, long line, SignalAnswer answer)
    {
        switch (answer.Status)
        {
            case SignalStatus.Refused:
                Refuse(file, line, answer.Refusal!);
                return;
            case SignalStatus.Ignored:
                Count(_ignored, Words.Of(answer.Reason));
                break;
            case SignalStatus.Duplicate:
                _duplicates++;
                break;
            default:
                SignalsApplied++;
                break;
        }
        _signals++;
    }

    public void Write(TextWriter writer)
    {
        WriteShown(writer, _rowsShown, RowsRejected, "rows of ticks rejected");
        WriteShown(writer, _linesShown, LinesRejected, "lines of signals rejected");
        WriteShown(writer, _disorderShown, SignalsOutOfOrder, "signals out of order");
        if (SignalsOutOfOrder > 0)
            writer.WriteLine(Invariant($"warning: {SignalsOutOfOrder} signals out of order; sort the file by time if they arrived in that order"));
        WriteShown(writer, _refusalsShown, SignalsRefused, "signals refused");
        writer.WriteLine(Invariant($"{TicksApplied} ticks applied, {TicksLate} late, {RowsRejected} rows rejected"));
        var (ignored, refused) = ($"{SignalsIgnored} ignored{Listed(_ignored)}", $"{SignalsRefused} refused{Listed(_refused)}");
        writer.WriteLine(
            Invariant($"{_signals} signals: {SignalsApplied} applied, {ignored}, {refused}, {_duplicates} repeats; {LinesRejected} lines rejected"));
    }

    /// <summary>A text out of a file as a terminal may see it: cut, and without control characters.</summary>
    public static string Clean(string text)
    {
        var cut = text.Length > ReplayLimits.TextShown ? text[..ReplayLimits.TextShown] + "…" : text;
        return string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c));
    }

    private static void Count(SortedDictionary<string, long> counts, string word) => counts[word] = counts.GetValueOrDefault(word) + 1;

    private static void Show(List<string> shown, string file, long line, string reason)
    {
        if (shown.Count < ReplayLimits.LinesShown) shown.Add(Invariant($"{Path.GetFileName(file)}, line {line}: {Clean(reason)}"));
    }

    private static void WriteShown(TextWriter writer, List<string> shown, long count, string what)
    {
        foreach (var line in shown) writer.WriteLine(line);
        if (count > shown.Count) writer.WriteLine(Invariant($"… and {count - shown.Count} more {what}"));
    }

    private static string Listed(SortedDictionary<string, long> counts) =>
        counts.Count == 0 ? "" : " (" + string.Join(", ", counts.Select(c => Invariant($"{c.Key} {c.Value}"))) + ")";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
