using StreamRecorder.Engine.Instruments;
using StreamRecorder.Sink;
using static System.FormattableString;

namespace StreamRecorder.Host.Verify;

/// <summary>
/// The service's gaps and the contracts' outages, added up again from the journal. What was before its
/// first record is learnt from the records of positions, and must then be the same for all of a contract.
/// </summary>
internal sealed class GapChecks(VerificationReader database, Findings findings, bool isFromTheStart)
{
    private readonly Dictionary<string, Outages> _outages = new(StringComparer.Ordinal);
    private long _service;

    /// <summary>The service stood still so long, µs.</summary>
    public void Stopped(long gap)
    {
        _service += gap;
        foreach (var outages in _outages.Values)
            if (outages.Since != 0) outages.Since += gap;
    }

    public void Lost(Symbol contract, long since)
    {
        var outages = Of(contract);
        outages.Since = since;
        outages.IsKnown = true;
    }

    public void Ticked(Symbol contract, long at)
    {
        var outages = Of(contract);
        (outages.Total, outages.Since, outages.IsKnown) = (outages.At(at), 0, true);
    }

    /// <summary>False until the journal says whether the contract's feed was out at its beginning.</summary>
    public bool IsKnown(Symbol contract) => Of(contract).IsKnown;

    /// <summary>All that the journal has of a contract's gaps up to a moment.</summary>
    public long At(Symbol contract, long now) => _service + Of(contract).At(now);

    /// <summary>What came before the journal, as the first record that tells has it.</summary>
    public long Before(Symbol contract, long told) => Of(contract).Before ??= told;

    /// <summary>The totals at the end.</summary>
    public void Check()
    {
        if (isFromTheStart) CheckService(0);
        foreach (var (name, outages) in _outages)
        {
            if (!outages.IsKnown || database.Symbol(name) is not { } row) continue;
            if (row.OutageSince != outages.Since)
                findings.Add(Invariant($"symbols, {name}, outage_since: {row.OutageSince} instead of {outages.Since}, which the journal gives"));
            if (isFromTheStart && row.OutageTotal != outages.Total)
                findings.Add(Invariant($"symbols, {name}, outage_total_us: {row.OutageTotal} instead of {outages.Total}, which the journal gives"));
            if (!isFromTheStart && outages.Before is { } before) CheckService(before - (row.OutageTotal - outages.Total));
        }
    }

    private void CheckService(long before)
    {
        if (before + _service != database.TotalGap)
            findings.Add(Invariant($"state, total_gap_us: {database.TotalGap} instead of {before + _service}, which the journal's starts add up to"));
    }

    private Outages Of(Symbol contract)
    {
        if (_outages.TryGetValue(contract.Name, out var outages)) return outages;
        outages = new Outages { IsKnown = isFromTheStart, Before = isFromTheStart ? 0 : null };
        _outages.Add(contract.Name, outages);
        return outages;
    }

    /// <summary>One contract's, as <see cref="Engine.Prices.PriceStream"/> has them.</summary>
    private sealed class Outages
    {
        public long Total { get; set; }

        public long Since { get; set; }

        public bool IsKnown { get; set; }

        public long? Before { get; set; }

        public long At(long now) => Total + (Since == 0 ? 0 : now - Since);
    }
}
