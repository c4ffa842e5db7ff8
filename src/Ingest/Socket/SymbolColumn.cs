using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Ingest.Socket;

/// <summary>
/// The symbols that a connection sent for its binary frames, by their place. What a spelling means is found
/// when a tick needs it and kept: for good, or, where it has a one-digit year, for the year of the tick.
/// </summary>
internal sealed class SymbolColumn(SymbolTable symbols, LiveFeed live)
{
    private readonly Entry[] _entries = new Entry[EngineLimits.FoldsPerRecord];
    private InstrumentTable _instruments = symbols.Instruments;

    private struct Entry
    {
        public byte[] Text;
        public int Id;

        /// <summary>The id holds for times from here on …</summary>
        public long From;

        /// <summary>… and before here; equal to <see cref="From"/>: not found yet.</summary>
        public long Until;
    }

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> text) => _entries[Count++] = new Entry { Text = text.ToArray() };

    /// <summary>A changed instrument table may give a spelling another meaning. Called before each frame.</summary>
    public void Refresh()
    {
        if (ReferenceEquals(_instruments, symbols.Instruments)) return;
        _instruments = symbols.Instruments;
        foreach (ref var entry in _entries.AsSpan(0, Count)) entry.From = entry.Until = 0;
    }

    /// <summary>False: the symbol is not known (<see cref="Explain"/>).</summary>
    public bool TryResolve(uint place, long at, out int id)
    {
        ref var entry = ref _entries[place];
        id = entry.Id;
        return (at >= entry.From && at < entry.Until) || TryFind(ref entry, at, out id);
    }

    public string Explain(uint place, long at) =>
        symbols.TryResolve(_entries[place].Text, at, out _, out var refusal) ? "the symbol was not known" : refusal!.Detail;

    private bool TryFind(ref Entry entry, long at, out int id)
    {
        var isFound = symbols.TryResolve(entry.Text, at, out var symbol, out _);
        id = isFound ? symbol.Id : -1;
        if (!isFound) return false;
        live.See(id);
        (entry.From, entry.Until) = SymbolCache.SpanOf(entry.Text, at);
        entry.Id = id;
        return true;
    }
}
