using System.Text;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Ingest.Tests.Webhooks;

/// <summary>A signal in one line, so that tables can say what is expected: <c>Buy MNQ1! q=1 p=25600.25 at=2025-12-04T15:00:00.000000Z</c>.</summary>
internal static class SignalText
{
    public static string Of(Signal signal)
    {
        var text = new StringBuilder($"{signal.Action} {signal.Symbol}".TrimEnd());
        if (signal.TargetPosition is { } target) text.Append(" target=").Append(Fixed9.Format(target));
        if (signal.TargetSide is { } side) text.Append(" side=").Append(side);
        if (signal.PreviousPosition is { } previous) text.Append(" prev=").Append(Fixed9.Format(previous));
        if (signal.WasFlat) text.Append(" wasflat");
        if (signal.Quantity is { } quantity) text.Append(" q=").Append(Fixed9.Format(quantity));
        if (signal.ExitPercent is { } percent) text.Append(" q=").Append(Fixed9.Format(percent)).Append('%');
        if (signal.ClosesOpposite is { } closes) text.Append(" closesopposite=").Append(closes);
        if (signal.MayAdd is { } adds) text.Append(" mayadd=").Append(adds);
        if (signal.Price is { } price) text.Append(" p=").Append(Fixed9.Format(price));
        if (signal.At is { } at) text.Append(" at=").Append(Timestamp.Format(at).Replace(".000000Z", "Z", StringComparison.Ordinal));
        if (signal.HasFiringTime) text.Append(" fired");
        if (signal.Key is not null) text.Append(" key=").Append(signal.Key);
        if (signal.Label is not null) text.Append(" label=").Append(signal.Label);
        if (signal.MaxAge is { } maxAge) text.Append(" maxage=").Append(maxAge / Timestamp.Second);
        foreach (var level in signal.Brackets ?? Enumerable.Empty<Bracket>())
            text.Append(' ').Append(level.Kind).Append('=').Append(Fixed9.Format(level.Value));
        if (signal.HasUnreadBrackets) text.Append(" unread");
        return text.ToString();
    }
}
