using System.Globalization;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Host.Api;
using StreamRecorder.Sink;

namespace StreamRecorder.Load.Ledger;

/// <summary>What people ask a ledger.</summary>
internal enum LedgerKind
{
    BusyRecorder,
    AnyRecorder,
    RareRecorder,
    RejectedOfARecorder,
    RejectedOfAll,
    AcceptedOfAll,
    PageDeep,
    DayOfARecorder,
}

/// <summary>One question for a page of a hundred, drawn from a seed.</summary>
internal static class LedgerQuestion
{
    public const int Limit = 100;

    private const long Day = 24 * 3600 * Timestamp.Second;

    public static LedgerFilter Draw(LedgerKind kind, LedgerHistory history, Random random)
    {
        var row = random.Next(history.Count);
        var any = random.NextInt64(3, history.Recorders + 1);
        return kind switch
        {
            LedgerKind.BusyRecorder => new LedgerFilter(LedgerHistory.BusyRecorder, Limit: Limit),
            LedgerKind.AnyRecorder => new LedgerFilter(any, Limit: Limit),
            LedgerKind.RareRecorder => new LedgerFilter(LedgerHistory.RareRecorder, Limit: Limit),
            LedgerKind.RejectedOfARecorder => new LedgerFilter(any, SignalStatus.Refused, Limit: Limit),
            LedgerKind.RejectedOfAll => new LedgerFilter(Status: SignalStatus.Refused, Limit: Limit),
            LedgerKind.AcceptedOfAll => new LedgerFilter(Status: SignalStatus.Accepted, Limit: Limit),
            LedgerKind.PageDeep => new LedgerFilter(LedgerHistory.BusyRecorder, BeforeId: LedgerHistory.IdOf(row), Limit: Limit),
            _ => new LedgerFilter(any, From: history.TimeOf(row), To: history.TimeOf(row) + Day, Limit: Limit),
        };
    }

    public static string Text(LedgerKind kind) => kind switch
    {
        LedgerKind.BusyRecorder => "last of a busy recorder",
        LedgerKind.AnyRecorder => "last of any recorder",
        LedgerKind.RareRecorder => "last of a rare recorder",
        LedgerKind.RejectedOfARecorder => "rejected of any recorder",
        LedgerKind.RejectedOfAll => "rejected of all",
        LedgerKind.AcceptedOfAll => "accepted of all",
        LedgerKind.PageDeep => "page deep in a busy recorder",
        _ => "a day of any recorder",
    };

    public static string Path(LedgerFilter filter)
    {
        var parts = new List<string> { FormattableString.Invariant($"/api/signals?limit={filter.Limit}") };
        if (filter.RecorderId is { } recorder) parts.Add("recorder=" + LedgerHistory.NameOf(recorder));
        if (filter.Status is { } status) parts.Add("status=" + Words.Of(status));
        if (filter.From is { } from) parts.Add("from=" + Timestamp.Format(from));
        if (filter.To is { } to) parts.Add("to=" + Timestamp.Format(to));
        if (filter.BeforeId is { } before) parts.Add("cursor=" + Cursor.After(before));
        return string.Join('&', parts);
    }
}
