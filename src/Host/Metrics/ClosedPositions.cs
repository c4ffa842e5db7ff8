using System.Diagnostics.Metrics;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Metrics;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace StreamRecorder.Host.Metrics;

/// <summary>
/// Closed positions as instruments: what lives between two scrapes is seen here. Told on the engine's thread as
/// each closing is released, so what is counted was committed; what a start applies again is not counted twice.
/// </summary>
public sealed class ClosedPositions
{
    private readonly EngineLoop _engine;
    private readonly RecorderTallies _recorders;
    private readonly Histogram<double> _drawdown;
    private readonly Histogram<double> _result;
    private readonly Histogram<double> _duration;

    /// <summary>Before the loop is turned for the first time; recorders that exist have their series at once.</summary>
    public ClosedPositions(Meter meter, EngineLoop engine, RecorderTallies recorders)
    {
        _engine = engine;
        _recorders = recorders;
        foreach (var recorder in engine.Directory.Recorders) recorders.Of(recorder.Name);
        _drawdown = NewHistogram(
            meter, "streamrecorder.closed.drawdown", null, "Drawdown of closed positions, positive, in the currency of the instrument.",
            Bounds.Drawdown);
        _result = NewHistogram(
            meter, "streamrecorder.closed.pnl", null, "Realized result of closed positions, in the currency of the instrument.", Bounds.Result);
        _duration = NewHistogram(meter, "streamrecorder.closed.duration", "s", "How long closed positions were open.", Bounds.Holding);
        meter.CreateObservableCounter("streamrecorder.positions.closed", Counts, null, "Positions closed.");
        meter.CreateObservableCounter(
            "streamrecorder.closed.profit", () => Sums(money => money.Profit), null,
            "Sum of the realized results above 0 of closed positions, in the currency of the instrument.");
        meter.CreateObservableCounter(
            "streamrecorder.closed.loss", () => Sums(money => money.Loss), null,
            "Sum of the realized results below 0 of closed positions, as a positive number, in the currency of the instrument.");
        meter.CreateObservableCounter(
            "streamrecorder.closed.over_limit",
            () => _recorders.All.Select(r => new Measurement<long>(r.OverLimit, new Tag("recorder", r.Name))), null,
            "Positions that closed with a drawdown above the recorder's drawdown_limit; also those that lived between two scrapes.");
    }

    /// <summary>Engine's thread: never blocks, never throws.</summary>
    public void Note(Output output)
    {
        if (output is PositionClosed closed) Count(closed);
        else if (output is RecorderChanged changed) _recorders.Of(changed.Recorder.Name);
        else if (output is PositionChanged { IsOpen: true } open)
            _recorders.Of(open.Names.Recorder).Of(CurrencyCode.Unpack(open.Currency));
    }

    private void Count(PositionClosed closed)
    {
        var p = closed.Position;
        var recorder = _recorders.Of(closed.Names.Recorder);
        var currency = CurrencyCode.Unpack(p.Currency);
        var realized = Amount.Money(p.Realized, p.TickValue, p.TickSize);
        var drawdown = Amount.Abs(Amount.Money(p.WorstUnrealized, p.TickValue, p.TickSize));
        recorder.Count(closed.Reason, realized, currency, IsOverLimit(closed.Names.RecorderId, drawdown));
        var (name, money) = (new Tag("recorder", recorder.Name), new Tag("currency", currency));
        _drawdown.Record(drawdown.ToDouble(), name, money);
        _result.Record(realized.ToDouble(), name, money);
        _duration.Record((double)(closed.ClosedAt - p.OpenedAt) / Timestamp.Second, name);
    }

    private bool IsOverLimit(long recorderId, Amount drawdown) =>
        _engine.Directory.Find(recorderId)?.Settings.DrawdownLimit is { } limit && drawdown > Amount.FromFixed9(limit);

    private IEnumerable<Measurement<long>> Counts() =>
        from recorder in _recorders.All
        from closed in recorder.Closed
        select new Measurement<long>(
            closed.Count, new Tag("recorder", recorder.Name), new Tag("outcome", closed.Outcome), new Tag("reason", closed.Reason));

    private IEnumerable<Measurement<double>> Sums(Func<MoneyTally, double> read) =>
        from recorder in _recorders.All
        from money in recorder.Money
        select new Measurement<double>(read(money.Value), new Tag("recorder", recorder.Name), new Tag("currency", money.Key));

    private static Histogram<double> NewHistogram(Meter meter, string name, string? unit, string description, double[] bounds) =>
        meter.CreateHistogram(name, unit, description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
