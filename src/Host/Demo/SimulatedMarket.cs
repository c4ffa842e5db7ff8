using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Host.Demo;

/// <summary>One print of the simulated market: which contract, price (E9), size, and µs since the beginning.</summary>
internal readonly record struct SimulatedTick(int Contract, long Price, int Size, long At);

/// <summary>
/// Three futures that never close. A seed gives one path, whatever the clock and the machine: whoever plays it maps its microseconds to the clock.
/// Micro Nasdaq and gold tick as dated contracts, the S&amp;P under its continuous symbol, so that both ways of finding a contract are seen.
/// </summary>
internal sealed class SimulatedMarket
{
    private const long Quarter = Fixed9.One / 4;
    private const long Tenth = Fixed9.One / 10;

    public static readonly IReadOnlyList<ContractPlan> Plans =
    [
        new("MNQ", Quarter, 25_600 * Fixed9.One, "HMUZ"),
        new("ES", Quarter, 6_850 * Fixed9.One, ""),
        new("GC", Tenth, 4_210 * Fixed9.One, "GJMQZ"),
    ];

    private readonly SimulatedContract[] _contracts;

    public SimulatedMarket(ulong seed)
    {
        var seeds = new SeededRandom(seed);
        _contracts = [.. Plans.Select(plan => new SimulatedContract(plan, seeds.Next()))];
    }

    /// <summary>When the next tick comes, µs since the beginning.</summary>
    public long NextAt => Earliest().At;

    /// <summary>The next tick of all contracts in the order of time; of equal times the first contract's.</summary>
    public SimulatedTick Next()
    {
        var contract = Earliest();
        var tick = new SimulatedTick(Array.IndexOf(_contracts, contract), contract.Price, contract.Size, contract.At);
        contract.MoveNext();
        return tick;
    }

    private SimulatedContract Earliest()
    {
        var first = _contracts[0];
        foreach (var contract in _contracts)
            if (contract.At < first.At) first = contract;
        return first;
    }
}
