namespace StreamRecorder.Host.Demo;

/// <summary>Every bound of the demo, with its reason.</summary>
internal static class DemoLimits
{
    /// <summary>Longest <c>--seconds</c>: a day. Without the option it runs until Ctrl-C.</summary>
    public const int SecondsMax = 86_400;

    /// <summary>Ticks sent in one piece. After a stall (a laptop asleep) the market catches up piece by piece.</summary>
    public const int TicksPerPiece = 10_000;

    /// <summary>Alerts of one strategy that wait for the one before to be answered; more means that the service is gone.</summary>
    public const int AlertsWaiting = 1024;

    /// <summary>The market moves on this often: faster than anyone sees, and dozens of ticks a time.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    /// <summary>TradingView gives an alert up after this.</summary>
    public static readonly TimeSpan AlertTimeout = TimeSpan.FromSeconds(3);

    /// <summary>At the end what is under way may end.</summary>
    public static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);
}
