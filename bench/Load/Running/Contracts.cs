using StreamRecorder.Engine.Instruments;

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

    public static int PlaceOf(string name) => Places[name];
}
