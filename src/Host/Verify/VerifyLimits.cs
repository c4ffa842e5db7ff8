namespace StreamRecorder.Host.Verify;

/// <summary>Every bound of <c>verify</c>, with its reason.</summary>
internal static class VerifyLimits
{
    /// <summary>Findings shown one by one: more than anyone reads; the rest is counted.</summary>
    public const int FindingsKept = 1000;

    /// <summary>
    /// How often to start over when the running service gave up journal files under the
    /// reading. It does so once a minute at most, so a second try nearly always ends.
    /// </summary>
    public const int Tries = 5;
}
