using System.Numerics;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Engine.Tests.Positions;

/// <summary>One thing that a position saw: a tick, or a fill of its own. Prices and quantities are whole numbers of 10⁻⁹.</summary>
internal readonly record struct ModelEvent(bool IsFill, bool IsEntry, long Price, long Quantity, long At);

/// <summary>
/// A position as the list of all it ever saw. It sums nothing up: <see cref="ModelFigures"/> walks the list anew for every question.
/// </summary>
internal sealed class ModelPosition
{
    public required long RecorderId { get; init; }
    public required string Recorder { get; init; }
    public required string Symbol { get; init; }
    public required Instrument Instrument { get; init; }
    public required int Side { get; init; }
    public required long OpenedAt { get; init; }

    /// <summary>Of the recorder, per contract and side.</summary>
    public required Func<long> Commission { get; init; }

    public List<ModelEvent> Events { get; } = [];

    public List<long> CommissionOfFills { get; } = [];

    /// <summary>Told by the engine's answer; the model only checks that it stays the same.</summary>
    public long Id { get; set; }
    public Flags Flags { get; set; }
    public CloseReason CloseReason { get; private set; }
    public long? ClosedAt { get; private set; }
    public long UpdatedAt { get; private set; }

    public bool IsOpen => ClosedAt is null;

    /// <summary>Held, never negative.</summary>
    public BigInteger Held => Events.Where(e => e.IsFill).Aggregate(BigInteger.Zero, (held, e) => e.IsEntry ? held + e.Quantity : held - e.Quantity);

    public void Tick(long price, long at) => Events.Add(new ModelEvent(false, false, price, 0, at));

    public void Enter(long price, BigInteger quantity, long now) => Fill(new ModelEvent(true, true, price, (long)quantity, now));

    public void Exit(long price, BigInteger quantity, long now, CloseReason reason)
    {
        Fill(new ModelEvent(true, false, price, (long)quantity, now));
        if (Held.Sign != 0) return;
        CloseReason = reason;
        ClosedAt = now;
    }

    private void Fill(ModelEvent fill)
    {
        Events.Add(fill);
        CommissionOfFills.Add(Commission());
        UpdatedAt = fill.At;
    }
}
