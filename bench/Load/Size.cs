namespace StreamRecorder.Load;

/// <summary>
/// How much is asked for: <see cref="Tiny"/> shows that a scenario works, <see cref="Short"/>
/// gives ratios while somebody works on them, <see cref="Full"/> is for the tables.
/// </summary>
/// <param name="Rounds">Turns of each contender.</param>
/// <param name="Round">How long one turn is measured.</param>
/// <param name="Warm">How long each contender runs before anything is measured.</param>
/// <param name="Connections">Connections at a time, one strategy each.</param>
/// <param name="Soak">How long the one scenario runs that looks for what grows.</param>
/// <param name="Scale">Share of the rows, ticks and positions that the tables are made with.</param>
public sealed record Size(string Name, int Rounds, TimeSpan Round, TimeSpan Warm, int Connections, TimeSpan Soak, double Scale)
{
    public static readonly Size Tiny = new("tiny", 1, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.2), 8, TimeSpan.FromSeconds(1), 0.001);
    public static readonly Size Short = new("short", 3, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(20), 256, TimeSpan.FromSeconds(60), 0.1);
    public static readonly Size Full = new("full", 5, TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(30), 256, TimeSpan.FromMinutes(10), 1);

    public static readonly IReadOnlyList<Size> All = [Tiny, Short, Full];

    public int Of(int full) => Math.Max(1, (int)(full * Scale));
}
