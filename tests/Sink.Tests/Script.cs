using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Recovery;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Sink.Tests;

/// <summary>Writes what happens, input by input, through the engine's own Apply, and keeps the groups that it leaves for the sink.</summary>
internal sealed class Script : IDisposable
{
    public const long Start = 1_764_860_400L * Timestamp.Second; // 2025-12-04T15:00:00Z

    private readonly SymbolTable _symbols = new();
    private long _at = Start;

    public Script(int positionsMax = 4096)
    {
        State = new StateMachine(_symbols, positionsMax, 5 * Timestamp.Second);
        Mnq = _symbols.FromCanonical("MNQ1!", "MNQ", SymbolKind.Continuous, 1);
        MnqDec = _symbols.FromCanonical("MNQZ2025", "MNQ", SymbolKind.Dated, 0);
        Aapl = _symbols.FromCanonical("AAPL", "AAPL", SymbolKind.Spot, 0);
    }

    public StateMachine State { get; }

    public Symbol Mnq { get; }

    public Symbol MnqDec { get; }

    public Symbol Aapl { get; }

    public List<OutputGroup> Groups { get; } = [];

    public long Sequence => State.Sequence;

    public long Now => _at;

    /// <summary>Lets engine time pass before the next input.</summary>
    public Script After(long micros)
    {
        _at += micros;
        return this;
    }

    /// <summary>Takes over what a database holds, at the moment it was written.</summary>
    public void GoOn(StoredState stored, long now)
    {
        State.Load(stored);
        _at = now;
    }

    public OutputGroup Apply(Input input)
    {
        var outputs = new List<Output>();
        _at += 1000;
        State.Apply(State.Sequence + 1, _at, input, outputs);
        var group = new OutputGroup(State.Sequence, _at, outputs);
        Groups.Add(group);
        return group;
    }

    public long Recorder(string name, long commission = 0)
    {
        var settings = new RecorderSettings { Name = name, Commission = commission };
        var id = State.NextRecorderId;
        Apply(new RecorderSet(new Recorder(id, settings, [new RecorderToken("main", Secret.Hash(name), _at)], _at)));
        return id;
    }

    public OutputGroup Tick(Symbol symbol, params ReadOnlySpan<decimal> prices)
    {
        var ticks = default(Excursion);
        foreach (var price in prices) ticks.Observe(E9(price), _at);
        return Apply(new TickFold(symbol, ticks));
    }

    /// <summary>The contract's feed breaks off, if it has one.</summary>
    public void Lose(Symbol contract)
    {
        var stream = State.Prices[contract.Id];
        if (stream.HasTicked && !stream.IsOut) Apply(new ContractsLost([new LostContract(contract, stream.ChangedAt)]));
    }

    public OutputGroup Buy(
        long recorderId, decimal quantity, decimal price, Symbol? symbol = null, string? key = null, Receipt? receipt = null, long retryOf = 0) =>
        Signal(recorderId, SignalAction.Buy, E9(quantity), E9(price), symbol, key, receipt: receipt, retryOf: retryOf);

    public OutputGroup Sell(long recorderId, decimal quantity, decimal price, Symbol? symbol = null, string? key = null) =>
        Signal(recorderId, SignalAction.Sell, E9(quantity), E9(price), symbol, key);

    public OutputGroup Close(long recorderId, decimal price, Symbol? symbol = null, Receipt? receipt = null) =>
        Signal(recorderId, SignalAction.CloseAll, null, E9(price), symbol, receipt: receipt);

    public OutputGroup Signal(
        long recorderId, SignalAction action, long? quantity, long price, Symbol? symbol = null, string? key = null,
        OnOpposite mode = OnOpposite.Reverse,
        Receipt? receipt = null, long retryOf = 0)
    {
        symbol ??= Mnq;
        var isFuture = symbol.Kind != SymbolKind.Spot;
        return Apply(
            new SignalInput(recorderId,
                new Signal { Symbol = symbol, Action = action, Quantity = quantity, Price = price, At = _at, Key = key, Label = "L" })
            {
                OnOpposite = mode,
                DefaultQuantity = Fixed9.One,
                Price = price,
                Contract = symbol == Mnq ? MnqDec : symbol,
                TickSize = isFuture ? E9(0.25m) : E9(0.01m),
                TickValue = isFuture ? E9(0.5m) : E9(0.01m),
                Currency = CurrencyCode.Pack("USD"),
                Commission = State.Directory.Find(recorderId)!.Settings.Commission,
                Receipt = receipt,
                RetryOf = retryOf,
            });
    }

    /// <summary>Positions opened and closed, one after the other, each with a tick in between.</summary>
    public void Trades(long recorderId, int count, Symbol? symbol = null)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 2 == 0) Buy(recorderId, 1, 25600 + i % 7, symbol);
            else Sell(recorderId, 2, 25600 + i % 5, symbol);
            Tick(symbol ?? MnqDec, 25590 + i % 13, 25610);
            Close(recorderId, 25600 + i % 11, symbol);
        }
    }

    public static long E9(decimal value) => (long)(value * Fixed9.One);

    public IEnumerable<PositionClosed> Closed => Groups.SelectMany(g => g.Outputs).OfType<PositionClosed>();

    public void Dispose() => State.Dispose();
}
