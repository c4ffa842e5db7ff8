namespace StreamRecorder.Naive;

/// <summary>Ticks and signals in, positions out. Feed it event by event, or whole lists with <see cref="Run"/>.</summary>
public sealed class Replay(InstrumentTable table, OnOpposite mode)
{
    private readonly Market _market = new();
    private readonly List<string> _recorders = [];
    private readonly List<Position> _positions = [];
    private readonly Dictionary<(string Recorder, string Symbol), long> _newestApplied = [];
    private readonly List<string> _refusals = [];

    /// <summary>All positions in the order of their openings.</summary>
    public IReadOnlyList<Position> Positions => _positions;

    public IReadOnlyList<Tick> Ticks => _market.Ticks;

    public IReadOnlyList<string> Refusals => _refusals;

    public int Applied { get; private set; }

    public int Ignored { get; private set; }

    public int LateTicks { get; private set; }

    public Figures FiguresOf(Position position) => Figures.Of(position, _market.Ticks);

    /// <summary>Merges by the clock. The sort is stable, so files and rows keep their order at equal times, and ticks come before signals.</summary>
    public void Run(IEnumerable<Tick> ticks, IEnumerable<SignalLine> signals)
    {
        var waiting = new Queue<Tick>(ticks.OrderBy(tick => tick.Now));
        foreach (var signal in signals.OrderBy(signal => signal.Now))
        {
            while (waiting.TryPeek(out var tick) && tick.Now <= signal.Now)
                Apply(waiting.Dequeue());
            Apply(signal);
        }

        while (waiting.TryDequeue(out var rest))
            Apply(rest);
    }

    public void Apply(Tick tick) => LateTicks += _market.Apply(tick) ? 0 : 1;

    public void Apply(SignalLine line)
    {
        if (!_recorders.Contains(line.Recorder)) _recorders.Add(line.Recorder);
        try
        {
            if (Apply(line, Signal.Read(line, table))) Applied++;
            else Ignored++;
        }
        catch (RefusedException refusal)
        {
            _refusals.Add($"{Moment.Format(line.OwnTime)} {line.Recorder}: {refusal.Message}");
        }
    }

    /// <summary>False if the signal is ignored. Whatever can refuse it comes before the first change.</summary>
    private bool Apply(SignalLine line, Signal signal)
    {
        var key = (line.Recorder, signal.Symbol.Name);
        var open = OpenPosition(line.Recorder, signal.Symbol);
        var held = open is null ? Fraction.Zero : open.Side * open.Held();
        long? newest = _newestApplied.TryGetValue(key, out var time) ? time : null;
        if (SignalRules.Decide(signal, held, newest, mode) is not { } decision) return false;
        if (decision.IsThere)
        {
            _newestApplied[key] = Math.Max(signal.OwnTime, newest ?? long.MinValue);
            return false;
        }

        var price = signal.Price ?? LastPrice(open, signal.Symbol, line.Now) ?? throw new RefusedException("no price known");
        Move(line, signal.Symbol, open, held, decision, price);
        if (signal.DoesNotAddUp || signal.FollowsAnother(held)) Flag("inconsistent", open, OpenPosition(line.Recorder, signal.Symbol));
        _newestApplied[key] = Math.Max(signal.OwnTime, newest ?? long.MinValue);
        return true;
    }

    private static void Flag(string word, params Position?[] positions)
    {
        foreach (var position in positions)
            position?.Flags.Add(word);
    }

    private Position? OpenPosition(string recorder, Symbol symbol) =>
        _positions.Find(position => position.IsOpen && position.Recorder == recorder && position.Symbol.Name == symbol.Name);

    private Fraction? LastPrice(Position? open, Symbol symbol, long now) =>
        _market.RecentPrice(open is null ? _market.ContractOf(symbol, now) : open.PricedBy, now);

    private void Move(SignalLine line, Symbol symbol, Position? open, Fraction held, Decision decision, Fraction price)
    {
        if (open is null || decision.FromFlat || decision.Target.Sign != held.Sign) Renew(line, symbol, open, decision, price);
        else if (Fraction.Abs(decision.Target) > Fraction.Abs(held)) open.Enter(price, Fraction.Abs(decision.Target - held), line.Now, Ticks.Count);
        else open.Exit(price, Fraction.Abs(decision.Target - held), line.Now, Ticks.Count, decision.CloseReason);
    }

    // From flat to flat is one position: whatever reaches or crosses zero ends this one, and what is left opens the next.
    private void Renew(SignalLine line, Symbol symbol, Position? open, Decision decision, Fraction price)
    {
        open?.Exit(price, open.Held(), line.Now, Ticks.Count, decision.CloseReason);
        var next = decision.Target.Sign == 0 ? null : Open(line, symbol, decision.Target.Sign);
        next?.Enter(price, Fraction.Abs(decision.Target), line.Now, Ticks.Count);
        if (decision.CloseReason == "sync") Flag("sync", open, next);
    }

    private Position Open(SignalLine line, Symbol symbol, int side)
    {
        var contract = _market.ContractOf(symbol, line.Now);
        var recorderId = _recorders.IndexOf(line.Recorder) + 1;
        var position = new Position(_positions.Count + 1, recorderId, line.Recorder, symbol, contract, side);
        _positions.Add(position);
        return position;
    }
}
