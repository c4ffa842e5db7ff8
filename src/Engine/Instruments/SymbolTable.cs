using System.Collections.Concurrent;
using System.Text;

namespace StreamRecorder.Engine.Instruments;

/// <summary>
/// From spellings to <see cref="Symbol"/> objects with dense ids. Asked by parsers on any thread, without a lock or an allocation once a spelling is
/// known; the engine's thread swaps the instrument table when an input changes it.
/// </summary>
public sealed class SymbolTable
{
    private readonly Lock _adding = new();
    private readonly ConcurrentDictionary<string, Symbol> _byName = new(StringComparer.Ordinal);
    private readonly Symbol?[] _byId = new Symbol?[EngineLimits.SymbolsMax];
    private volatile Known _known = new(InstrumentTable.Empty);
    private volatile int _count;

    public InstrumentTable Instruments => _known.Instruments;

    public int Count => _count;

    public Symbol this[int id] => _byId[id]!;

    /// <summary>
    /// Resolves a spelling as it came (UTF-8). <paramref name="at"/> is the input's own time in µs. What is new takes a place of those that ticks have.
    /// </summary>
    public bool TryResolve(ReadOnlySpan<byte> text, long at, out Symbol symbol, out Refusal? refusal)
    {
        Span<char> chars = stackalloc char[EngineLimits.SymbolLengthMax];
        if (text.Length <= chars.Length && Ascii.ToUtf16(text, chars, out var length) == System.Buffers.OperationStatus.Done)
            return TryResolve(chars[..length], at, out symbol, out refusal);
        symbol = null!;
        refusal = Rejection.InstrumentUnknown.Because("The symbol is longer than any symbol, or not ASCII.", "symbol");
        return false;
    }

    public bool TryResolve(ReadOnlySpan<char> text, long at, out Symbol symbol, out Refusal? refusal) =>
        TryResolve(text, at, at, EngineLimits.TickSymbolsMax, out symbol, out refusal);

    /// <summary>
    /// The same for an alert: contracts long gone or far ahead as of its arrival are none, whatever time it names, so that all alerts together can
    /// never bring more symbols than there is room for.
    /// </summary>
    public bool TryResolveOfSignal(ReadOnlySpan<char> text, long at, long arrival, out Symbol symbol, out Refusal? refusal) =>
        TryResolve(text, at, arrival, EngineLimits.SymbolsMax, out symbol, out refusal);

    private bool TryResolve(ReadOnlySpan<char> text, long at, long arrival, int max, out Symbol symbol, out Refusal? refusal)
    {
        refusal = null;
        var known = _known;
        if (known.Lookup.TryGetValue(text, out symbol!)) return true;
        if (text.Length > EngineLimits.SymbolLengthMax || SymbolParser.Parse(text, known.Instruments, at, arrival) is not { } parsed)
        {
            refusal = Unknown(text);
            return false;
        }
        if (Intern(parsed, max) is not { } interned)
        {
            refusal = Rejection.InstrumentUnknown.Because($"{max} symbols are known already, and there is room for no other.", "symbol");
            return false;
        }
        symbol = interned;
        if (!SymbolParser.HasOneDigitYear(text) && known.Spellings.Count < EngineLimits.SymbolSpellingsMax)
            known.Spellings.TryAdd(text.ToString(), symbol);
        return true;
    }

    /// <summary>
    /// The symbol of a canonical name out of journal or database. Throws when the table is full, which the journal's own bound excludes.
    /// </summary>
    public Symbol FromCanonical(string name, string root, SymbolKind kind, int continuousIndex)
    {
        if (name == Symbol.None.Name) return Symbol.None;
        return Intern(new ParsedSymbol(name, root, kind, continuousIndex), EngineLimits.SymbolsMax)
            ?? throw new InvariantException("more symbols in the journal than the table holds");
    }

    /// <summary>Called by the engine's thread when an input changed the instruments.</summary>
    public void Publish(InstrumentTable instruments) => _known = new Known(instruments);

    private Symbol? Intern(ParsedSymbol parsed, int max)
    {
        if (_byName.TryGetValue(parsed.Name, out var known)) return known;
        lock (_adding)
        {
            if (_byName.TryGetValue(parsed.Name, out known)) return known;
            if (_count >= max) return null;
            var symbol = new Symbol(_count, parsed.Name, parsed.Root, parsed.Kind, parsed.ContinuousIndex);
            _byId[symbol.Id] = symbol;
            _count++;
            _byName[parsed.Name] = symbol;
            return symbol;
        }
    }

    private static Refusal Unknown(ReadOnlySpan<char> text)
    {
        var shown = text.Length > EngineLimits.SymbolLengthMax ? text[..EngineLimits.SymbolLengthMax] : text;
        return Rejection.InstrumentUnknown.Because(
            $"\"{shown}\" is no contract of a known root and no known spot symbol. Add it to instruments.csv or PUT /api/instruments.", "symbol");
    }

    /// <summary>The spellings seen under one instrument table; a new table starts with none.</summary>
    private sealed class Known
    {
        public Known(InstrumentTable instruments)
        {
            Instruments = instruments;
            Lookup = Spellings.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public InstrumentTable Instruments { get; }

        public ConcurrentDictionary<string, Symbol> Spellings { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, Symbol>.AlternateLookup<ReadOnlySpan<char>> Lookup { get; }
    }
}
