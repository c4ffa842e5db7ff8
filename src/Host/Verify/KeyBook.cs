using StreamRecorder.Engine.Positions;
using StreamRecorder.Sink;

namespace StreamRecorder.Host.Verify;

/// <summary>One recorder and symbol as the journal leaves it, sequence by sequence.</summary>
internal sealed class KeyState
{
    /// <summary>Complete when <see cref="IsWhole"/>; otherwise only quantity, side, id and alert time mean something.</summary>
    public Position Record;

    /// <summary>
    /// The record's alert time is the key's. Otherwise it is at least that: an alert before the journal's first
    /// record that found its target held left no fill, and its row in the ledger may have gone for its age.
    /// </summary>
    public bool IsAlertKnown { get; set; }

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
    private readonly bool _isFromTheStart;
    private readonly Dictionary<(long RecorderId, string Symbol), KeyState> _keys = [];

    public KeyBook(VerificationReader database, long first)
    {
        _isFromTheStart = first == 1;
        if (_isFromTheStart) return;
        foreach (var stored in database.Keys())
        {
            // The journal changes nothing of it: the alert time is what its record says.
            if (stored.Sequence >= first || stored.Record is not { } record) continue;
            var key = Of(stored.RecorderId, stored.Symbol);
            (key.Record.AlertAt, key.IsAlertKnown) = (record.AlertAt, true);
        }
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
        key = new KeyState { IsAlertKnown = _isFromTheStart };
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
