using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Load.Running;

/// <summary>A hundred contracts: the four quarters of the first futures that the program knows.</summary>
internal static class Contracts
{
    private const string Quarters = "HMUZ";
    private const int Roots = 25;

    public static readonly IReadOnlyList<string> Names =
    [
        .. InstrumentFile.BuiltIn.Where(i => i.Kind == InstrumentKind.Future).Take(Roots)
            .SelectMany(i => Quarters.Select(month => $"{i.Root}{month}2030")),
    ];

    private static readonly Dictionary<string, int> Places = Names.Select((name, place) => (name, place)).ToDictionary(n => n.name, n => n.place);

    /// <summary>Prices that ticks walk through before they begin anew.</summary>
    public const int Prices = 400;

    /// <summary>Of the n-th tick, in 1e-9: 5000 to 5100 in quarters, neighbours far apart.</summary>
    public static long PriceAt(long n) => 5000 * Fixed9.One + n * 7919 % Prices * (Fixed9.One / 4);

    public static int PlaceOf(string name) => Places[name];
}
