namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>Thresholds that several panels share: a colour, and the value from which it holds.</summary>
internal static class Colours
{
    /// <summary>Half a cent and more is green, so that 0.00 stays grey.</summary>
    public static readonly (double?, string)[] LossOrGain = [(null, "red"), (0, "text"), (0.005, "green")];

    public static readonly (double?, string)[] ZeroIsGood = [(null, "green"), (1, "red")];

    public static readonly (double?, string)[] OneIsGood = [(null, "red"), (1, "green")];
}
