using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Host.Replay;

internal enum ReplayFormat
{
    Table,
    Json,
    Csv,
}

/// <summary>What the command line asked for, checked for form; files are opened later.</summary>
internal sealed record ReplayOptions
{
    public required IReadOnlyList<string> TickFiles { get; init; }
    public required IReadOnlyList<string> SignalFiles { get; init; }
    public string? InstrumentFile { get; init; }
    public OnOpposite OnOpposite { get; init; }

    /// <summary>µs; null: no repeats are looked for.</summary>
    public long? DuplicateWindow { get; init; }
}
