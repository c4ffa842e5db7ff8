using StreamRecorder.Engine.Positions;
using StreamRecorder.Sink;

namespace StreamRecorder.Host.Verify;

/// <summary>One recorder and symbol as the journal leaves it, sequence by sequence.</summary>
internal sealed class KeyState
{
    /// <summary>Complete when <see cref="IsWhole"/>; otherwise only quantity, side, id and alert time mean something.</summary>
    public Position Record;

    /// <summary>The record is made of the journal alone: its position was opened there, or it is flat after one.</summary>
    public bool IsWhole { get; set; }

    /// <summary>The gap that the position had when it opened can be made again from the journal.</summary>
    public bool IsGapKnown { get; set; }

    /// <summary>A signal of the journal changed it.</summary>
    public bool IsChanged { get; set; }
}

/// <summary>
/// All keys. Those that were there before the journal's first record begin with what their fills say: enough to decide what a signal does to them.
/// </summary>
internal sealed class KeyBook
{
    private readonly Dictionary<(long RecorderId, string Symbol), KeyState> _keys = [];

    public KeyBook(VerificationReader database, long first)
    {
        if (first == 1) return;
        foreach (var (recorderId, symbol, at) in database.AlertsBefore(first)) Of(recorderId, symbol).Record.AlertAt = at;
        foreach (var held in database.HeldBefore(first))
        {
            ref var record = ref Of(held.RecorderId, held.Symbol).Record;
            record.Id = held.Id;
            record.Side = held.Side;
            record.Quantity = (int)held.Side * held.Quantity;
        }
    }

    public KeyState Of(long recorderId, string symbol)
    {
        if (_keys.TryGetValue((recorderId, symbol), out var key)) return key;
        key = new KeyState();
        _keys.Add((recorderId, symbol), key);
        return key;
    }

    /// <summary>Takes a key out; null when it was never there.</summary>
    public KeyState? Take(long recorderId, string symbol) => _keys.Remove((recorderId, symbol), out var key) ? key : null;

    /// <summary>A deleted recorder's keys go with it; all of them are flat.</summary>
    public void Remove(long recorderId)
    {
        foreach (var key in _keys.Keys.Where(k => k.RecorderId == recorderId).ToList()) _keys.Remove(key);
    }

    /// <summary>Keys that the journal changed and that were not taken out.</summary>
    public IEnumerable<(long RecorderId, string Symbol)> Changed => _keys.Where(k => k.Value.IsChanged).Select(k => k.Key);
}
