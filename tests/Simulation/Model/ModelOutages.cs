using StreamRecorder.Engine.Messages;

namespace StreamRecorder.Simulation;

/// <summary>
/// The time that positions did not see: while the service stood still, and while the
/// feed of their contract was out. When a feed breaks off is learnt from the engine.
/// </summary>
internal sealed class ModelOutages
{
    private readonly Dictionary<string, (long Total, long Since)> _contracts = [];

    /// <summary>Without the contracts' outages.</summary>
    public long Service { get; private set; }

    public IReadOnlyDictionary<string, (long Total, long Since)> Contracts => _contracts;

    public void Stopped(long gap)
    {
        Service += gap;
        foreach (var (name, (total, since)) in _contracts.Where(c => c.Value.Since != 0).ToArray()) _contracts[name] = (total, since + gap);
    }

    public void Ticked(string contract, long at)
    {
        if (_contracts.TryGetValue(contract, out var outage) && outage.Since != 0) _contracts[contract] = (outage.Total + at - outage.Since, 0);
    }

    public void Take(OutageChanged output, long at)
    {
        var (name, outage) = (output.Contract.Name, _contracts.GetValueOrDefault(output.Contract.Name));
        Check.That(output.Since <= at, $"{name} is out from a time that has not come");
        if (outage.Since == 0 && output.Since != 0) _contracts[name] = outage = (outage.Total, output.Since);
        Check.Same(outage, (output.Total, output.Since), "outages of " + name);
    }

    public long At(string contract, long now)
    {
        var (total, since) = _contracts.GetValueOrDefault(contract);
        return Service + total + (since == 0 ? 0 : now - since);
    }
}
