using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Host.Replay;

/// <summary>Every bound of a replay, with its reason.</summary>
internal static class ReplayLimits
{
    /// <summary>Pairs of recorder and symbol: far more than a file of signals names, at 0.4 KiB each.</summary>
    public const int PositionsMax = 100_000;

    /// <summary>The service's default: a tick that is older than its symbol's newest by more than this is late.</summary>
    public const long LateTolerance = 5 * Timestamp.Second;

    /// <summary>Groups that one turn may release: a signal's own and a fold for each contract that ticked.</summary>
    public const int OutboxGroups = 1 << 17;

    /// <summary>Rows of the instrument table in one input: its record stays far below the longest.</summary>
    public const int InstrumentsPerCommand = 500;

    /// <summary>Greatest --duplicate-window: that of a recorder's setting, a day.</summary>
    public const int WindowSecondsMax = 86_400;

    /// <summary>Bad lines of one kind shown in full; the others are counted.</summary>
    public const int LinesShown = 5;

    /// <summary>Characters of a text out of a file that a message repeats.</summary>
    public const int TextShown = 120;
}
