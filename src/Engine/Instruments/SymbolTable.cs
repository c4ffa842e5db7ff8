using System.Collections.Concurrent;
using System.Text;
using StreamRecorder.Engine.Numbers;

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
    private int _ofAlerts;

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
        TryResolve(text, at, null, isOfAlert: false, out symbol, out refusal);

    /// <summary>
    /// The same for an alert, or another stranger's question: contracts long gone or far ahead as of its arrival are none, whatever time it names, so
    /// that all of them together can never bring more symbols than there is room for beside those of ticks.
    /// </summary>
    public bool TryResolveOfAlert(ReadOnlySpan<char> text, long at, long arrival, out Symbol symbol, out Refusal? refusal) =>
        TryResolve(text, at, Timestamp.YearOf(arrival), isOfAlert: true, out symbol, out refusal);

    /// <summary>The same for the owner's own tables, whose rows are few: of any year.</summary>
    public bool TryResolveOfTable(ReadOnlySpan<char> text, long at, out Symbol symbol, out Refusal? refusal) =>
        TryResolve(text, at, null, isOfAlert: true, out symbol, out refusal);

    private bool TryResolve(ReadOnlySpan<char> text, long at, int? aroundYear, bool isOfAlert, out Symbol symbol, out Refusal? refusal)
    {
        refusal = null;
        var known = _known;
        if (known.Lookup.TryGetValue(text, out symbol!)) return true;
        if (text.Length > EngineLimits.SymbolLengthMax || Parse(text, known.Instruments, at, aroundYear) is not { } parsed)
        {
            refusal = Unknown(text);
            return false;
        }
        if (Intern(parsed, isOfAlert) is not { } interned)
        {
            refusal = Rejection.InstrumentUnknown.Because("So many symbols are known already that there is no room for another.", "symbol");
            return false;
        }
        symbol = interned;
        if (!SymbolParser.HasOneDigitYear(text) && known.Spellings.Count < EngineLimits.SymbolSpellingsMax)
            known.Spellings.TryAdd(text.ToString(), symbol);
        return true;
    }

    private static ParsedSymbol? Parse(ReadOnlySpan<char> text, InstrumentTable instruments, long at, int? aroundYear) => aroundYear is { } year
        ? SymbolParser.Parse(text, instruments, at, year - EngineLimits.ContractYears, year + EngineLimits.ContractYears)
        : SymbolParser.Parse(text, instruments, at);

    /// <summary>
    /// The symbol of a canonical name out of journal or database. Throws when the table is full, which the journal's own bound excludes.
    /// </summary>
    public Symbol FromCanonical(string name, string root, SymbolKind kind, int continuousIndex)
    {
        if (name == Symbol.None.Name) return Symbol.None;
        return Intern(new ParsedSymbol(name, root, kind, continuousIndex), isOfAlert: false, isStored: true)
            ?? throw new InvariantException("more symbols in the journal than the table holds");
    }

    /// <summary>Called by the engine's thread when an input changed the instruments.</summary>
    public void Publish(InstrumentTable instruments) => _known = new Known(instruments);

    /// <summary>What is stored counts with the ticks' half, which it may overstep.</summary>
    private Symbol? Intern(ParsedSymbol parsed, bool isOfAlert, bool isStored = false)
    {
        if (_byName.TryGetValue(parsed.Name, out var known)) return known;
        lock (_adding)
        {
            if (_byName.TryGetValue(parsed.Name, out known)) return known;
            if (_count == EngineLimits.SymbolsMax) return null;
            if (!isOfAlert && !isStored && _count - _ofAlerts >= EngineLimits.TickSymbolsMax) return null;
            if (isOfAlert) _ofAlerts++;
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
            $"\"{shown}\" is no contract of these years of a known root, and no known spot symbol. Add it to instruments.csv or PUT /api/instruments.", "symbol");
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
