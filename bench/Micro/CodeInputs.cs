using BenchmarkDotNet.Attributes;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Micro;

/// <summary>A signal's input to the bytes of its journal record and back, beside copying the same bytes.</summary>
public class CodeInputs
{
    private const long At = 1_764_860_400 * Timestamp.Second;

    private readonly byte[] _copy = new byte[4096];
    private InputCodec _codec = null!;
    private SignalInput _input = null!;
    private byte[] _record = [];

    [GlobalSetup]
    public void Setup()
    {
        var symbols = new SymbolTable();
        symbols.Publish(new InstrumentTable(InstrumentFile.BuiltIn, []));
        var symbol = symbols.FromCanonical("MNQZ2025", "MNQ", SymbolKind.Dated, 0);
        _codec = new InputCodec(symbols);
        _input = new SignalInput(1,
            new Signal { Symbol = symbol, Action = SignalAction.Buy, Key = "strategy-1-000017", At = At, Price = 25_600 * Fixed9.One })
        {
            Contract = symbol,
            DefaultQuantity = Fixed9.One,
            Price = 25_600 * Fixed9.One,
            TickSize = 250_000_000,
            TickValue = 500_000_000,
            Currency = CurrencyCode.Pack("USD"),
            Receipt = new Receipt(new byte[120], IsCut: false, At),
        };
        _record = _codec.Write(At, _input).ToArray();
    }

    [Benchmark(Baseline = true)]
    public byte Copy()
    {
        _record.CopyTo(_copy, 0);
        return _copy[0];
    }

    [Benchmark]
    public int Write() => _codec.Write(At, _input).Length;

    [Benchmark]
    public Input Read() => _codec.Read(_record, out _);
}
