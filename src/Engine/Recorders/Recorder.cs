using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Engine.Recorders;

/// <summary>What an action opposite to the open position does.</summary>
public enum OnOpposite : byte
{
    /// <summary>With a quantity like <see cref="Net"/>, without one like <see cref="Close"/>.</summary>
    Auto,
    Close,
    Reverse,
    Net,
}

public enum FillPrice : byte
{
    /// <summary>The signal's price; the last tick when it has none.</summary>
    Signal,

    /// <summary>Always the last tick.</summary>
    Tick,
}

/// <summary>What an owner sets on a recorder. Quantities and money E9, times µs.</summary>
public sealed record RecorderSettings
{
    public required string Name { get; init; }
    public OnOpposite OnOpposite { get; init; }
    public long DefaultQuantity { get; init; } = Fixed9.One;

    /// <summary>Identical bodies with a firing time within this are repeats; 0: off.</summary>
    public long DuplicateWindow { get; init; }
    public long PriceMaxAge { get; init; } = 60 * Timestamp.Second;
    public FillPrice FillPrice { get; init; }

    /// <summary>Alerts whose own time is older than this at their arrival are refused; 0: off.</summary>
    public long MaxAge { get; init; }

    /// <summary>Per contract and side, in the instrument's currency.</summary>
    public long Commission { get; init; }

    /// <summary>Positive, in the instrument's currency: metrics and their alerts tell of a position whose drawdown is above it. Null: none.</summary>
    public long? DrawdownLimit { get; init; }

    /// <summary>
    /// Names of fields that its alerts use and no dialect knows, as JSON in the one
    /// spelling that its parser makes; null: none. Only the parsers of webhooks read it.
    /// </summary>
    public string? FieldMapping { get; init; }

    /// <summary>False: paused. Signals are kept as ignored.</summary>
    public bool Enabled { get; init; } = true;
}

/// <summary>One labelled webhook token, known only by the SHA-256 of its text.</summary>
public sealed record RecorderToken(string Label, string HashHex, long CreatedAt);

/// <summary>A recorder as of one moment; immutable, a change makes a new object. Ids are never given twice.</summary>
public sealed record Recorder(long Id, RecorderSettings Settings, IReadOnlyList<RecorderToken> Tokens, long CreatedAt)
{
    public string Name => Settings.Name;
}
