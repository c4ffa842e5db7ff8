namespace StreamRecorder.Host.Tests.Day;

/// <summary>What a run delivered, in the order in which it arrived: a tick, or an alert with the sequence that the engine gave it.</summary>
internal readonly record struct DayEvent(long At, long Price, string? Recorder = null, string Body = "", long Sequence = 0);

/// <summary>The naive program over one run, in the order of arrival; of alerts that came twice it is given the one that the engine applied.</summary>
internal sealed class DayOracle
{
    private readonly Naive.InstrumentTable _table = Naive.InstrumentTable.Load(Naive.Program.FindBuiltIn()!);
    private readonly Naive.Replay _replay;
    private readonly Naive.Symbol _symbol;

    public DayOracle(IEnumerable<DayEvent> events, IReadOnlySet<long> applied)
    {
        _replay = new Naive.Replay(_table, Naive.OnOpposite.Auto);
        _symbol = Naive.Symbol.Parse(DayTicks.Symbol, 0, _table)!;
        foreach (var e in events)
        {
            if (e.Recorder is null) _replay.Apply(new Naive.Tick(_symbol, new Naive.Fraction(e.Price, 1_000_000_000), e.At, e.At));
            else if (applied.Contains(e.Sequence)) _replay.Apply(Line(e));
        }
        Assert.Empty(_replay.Refusals);
    }

    public string Json => Naive.PositionsJson.Write(_replay);

    /// <summary>Of each position in the order of opening: before which tick each of its fills came. Two with the same see the same ticks.</summary>
    public List<string> Windows => [.. _replay.Positions.Select(p => string.Join(' ', p.Fills.Select(f => f.TickCount)))];

    private static Naive.SignalLine Line(DayEvent e)
    {
        var line = Naive.SignalFile.Parse($$"""{"recorder":"{{e.Recorder}}","time":{{e.At}},{{e.Body.TrimStart()[1..]}}""", e.At);
        return line.Fields.TryGetValue("timenow", out var own) ? line with { OwnTime = Naive.Moment.Parse(own)!.Value } : line;
    }
}
