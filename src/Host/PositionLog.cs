using System.Threading.Channels;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Host;

/// <summary>
/// One log line when a position opens, grows, shrinks or closes. The engine's thread only drops the group into a
/// bounded channel; a task of ours makes the text. A slow console costs lines, which are counted, and never time.
/// </summary>
public sealed partial class PositionLog : IAsyncDisposable
{
    private readonly ILogger<PositionLog> _log;
    private readonly Channel<OutputGroup> _groups =
        Channel.CreateBounded<OutputGroup>(new BoundedChannelOptions(HostLimits.PositionLogLines) { SingleReader = true });
    private readonly Task _writing;
    private long _dropped;

    public PositionLog(ILogger<PositionLog> log)
    {
        _log = log;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Groups whose lines were dropped because the console was too slow.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Fails with whatever it was not made for.</summary>
    public Task Ended => _writing;

    /// <summary>Engine's thread: never blocks, never throws.</summary>
    public void Offer(OutputGroup group)
    {
        if (group.Outputs.Count < 2 || !HasFill(group)) return;
        if (!_groups.Writer.TryWrite(group)) Interlocked.Increment(ref _dropped);
    }

    public async ValueTask DisposeAsync()
    {
        _groups.Writer.TryComplete();
        // How it failed, if it did, its end has told.
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Dropped > 0) _log.LogWarning("{Count} lines of positions were dropped because the log was too slow", Dropped);
    }

    private static bool HasFill(OutputGroup group)
    {
        for (var i = 0; i < group.Outputs.Count; i++)
            if (group.Outputs[i] is FillOutput) return true;
        return false;
    }

    private async Task WriteAsync()
    {
        await foreach (var group in _groups.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            FillOutput? fill = null;
            foreach (var output in group.Outputs)
            {
                if (output is FillOutput next) fill = next;
                else if (output is PositionClosed closed) Closed(closed.View(), DecimalsOf(closed.Position));
                else if (output is PositionChanged { IsOpen: true } changed && fill is not null) Changed(changed, fill);
            }
        }
    }

    private void Closed(PositionView p, int decimals) => LogClosed(
        p.Id, p.Recorder, Words.Of(p.Side), p.TotalQuantity, p.Symbol, p.AvgEntryPrice.ToString(decimals), p.ExitPrice?.ToString(decimals),
        Money(p.RealizedPnl), p.Currency, Money(p.WorstUnrealizedPnl), Money(p.BestUnrealizedPnl), Words.Of(p.CloseReason));

    private void Changed(PositionChanged changed, FillOutput fill)
    {
        var p = PositionView.Of(changed.Position, changed.Names);
        var decimals = DecimalsOf(changed.Position);
        var verb = changed.Position.Sequence == p.Id ? "opened" : fill.IsEntry ? "grew" : "shrank";
        LogChanged(
            p.Id, verb, p.Recorder, Words.Of(p.Side), p.TotalQuantity, p.Symbol, p.AvgEntryPrice.ToString(decimals), Fixed9.Format(fill.Quantity),
            Amount.FromFixed9(fill.Price).ToString(decimals), Money(p.RealizedPnl), p.Currency, Money(p.WorstUnrealizedPnl),
            Money(p.BestUnrealizedPnl));
        if (verb == "opened" && p.Contract is null) LogUnpriced(p.Id, p.Symbol);
    }

#pragma warning disable SYSLIB1006 // Like all lines of the program these have no number of their own: [0].
    [LoggerMessage(
        0, LogLevel.Information,
        "Position {Id} closed: {Recorder} {Side} {Quantity} {Symbol}, entry {Entry}, exit {Exit}, realized {Realized} {Currency}, worst {Worst}, "
        + "best {Best} ({Reason})")]
    private partial void LogClosed(
        long id, string recorder, string side, Amount quantity, string symbol, string entry, string? exit, string realized, string currency,
        string worst, string best, string reason);

    [LoggerMessage(
        0, LogLevel.Information,
        "Position {Id} {Verb}: {Recorder} {Side} {Quantity} {Symbol}, average {Entry}, fill {FillQuantity} at {Fill}, realized {Realized} "
        + "{Currency}, worst {Worst}, best {Best}")]
    private partial void LogChanged(
        long id, string verb, string recorder, string side, Amount quantity, string symbol, string entry, string fillQuantity, string fill,
        string realized, string currency, string worst, string best);

    [LoggerMessage(
        0, LogLevel.Warning,
        "Position {Id} is unpriced: no contract of {Symbol} is known whose ticks it could take; send ticks as {Symbol}, or name the front contract")]
    private partial void LogUnpriced(long id, string symbol);
#pragma warning restore SYSLIB1006

    private static string Money(Amount amount) => amount.ToString(2);

    /// <summary>Prices as the instrument has them, at least 2 decimals.</summary>
    private static int DecimalsOf(in Position position) => Math.Max(2, Fixed9.DecimalsOf(position.TickSize));
}
