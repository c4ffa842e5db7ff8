namespace StreamRecorder.Ingest.Ticks;

/// <summary>A line that gave no tick. For a JSON list the line is the number of the element.</summary>
public readonly record struct TickError(long Line, string Reason);
