using StreamRecorder.Engine.Feeds;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine.Messages;

/// <summary>
/// What changes state. Every input is journalled under its own sequence together with its engine time (µs, never going back), carries all that
/// <see cref="StateMachine.Apply"/> needs, and cannot fail: whatever could be refused was refused before it became an input.
/// </summary>
public abstract record Input;

/// <summary>The ticks of one symbol since its last fold, as the one value that all of them amount to.</summary>
public sealed record TickFold(Symbol Symbol, Excursion Ticks) : Input;

/// <summary>
/// All ticks that were pending, of every symbol, and the sequences up to which they bring feeds:
/// one input, so that no crash can part a batch from its sequence or its symbols from each other.
/// </summary>
public sealed record FeedFold(IReadOnlyList<TickFold> Folds, IReadOnlyList<FeedMark> Marks) : Input;

/// <summary>A connection gave the name of a feed: it is remembered from here on, and names not heard of for long are forgotten.</summary>
public sealed record FeedOpened(string Name) : Input;

/// <summary>A signal that is applied or ignored, with everything resolved: the settings that held, the contract and the price.</summary>
public sealed record SignalInput(long RecorderId, Signal Signal) : Input
{
    public OnOpposite OnOpposite { get; init; }
    public long DefaultQuantity { get; init; }

    /// <summary>Per contract and side.</summary>
    public long Commission { get; init; }

    /// <summary>Price of the fills; 0 and meaningless when ignored.</summary>
    public long Price { get; init; }
    public PriceSource PriceSource { get; init; }

    /// <summary>
    /// Whose ticks a position opened by this takes; for a continuous symbol
    /// without a known contract the symbol itself, with <see cref="IsUnpriced"/>.
    /// </summary>
    public required Symbol Contract { get; init; }
    public bool IsUnpriced { get; init; }
    public long TickSize { get; init; }
    public long TickValue { get; init; }
    public long Currency { get; init; }

    /// <summary>What resolving found worth saying (contract_changed, id_reused …).</summary>
    public Flags Flags { get; init; }

    /// <summary>Set when it is ignored whatever the position (paused).</summary>
    public IgnoreReason Ignored { get; init; }

    /// <summary>Set for closings by hand or by the broker; overrides the reason that the meaning gives.</summary>
    public CloseReason Reason { get; init; }

    /// <summary>The body that it came in; null: made by hand or read from a file, and not in the ledger.</summary>
    public Receipt? Receipt { get; init; }

    /// <summary>The ledger's entry that was rejected and is applied by this, by hand; 0: none.</summary>
    public long RetryOf { get; init; }
}

/// <summary>
/// A body that changes no position and is only kept: one that was refused, or a
/// repeat, whose <paramref name="Answer"/> has the fields of the first one's.
/// </summary>
public sealed record SignalNoted(long RecorderId, SignalAnswer Answer) : Input
{
    public SignalGist Gist { get; init; } = SignalGist.Empty;
    public UInt128 BodyHash { get; init; }
    public Receipt? Receipt { get; init; }
}

/// <summary>A recorder with all its settings and tokens, new or changed.</summary>
public sealed record RecorderSet(Recorder Recorder) : Input;

public sealed record RecorderRemoved(long RecorderId) : Input;

/// <summary>
/// Contracts whose only sender of ticks is gone: what positions miss from then on is unknown, until ticks of the contract come again.
/// </summary>
public sealed record ContractsLost(IReadOnlyList<LostContract> Contracts) : Input;

/// <summary>No ticks are known of it from <paramref name="Since"/> (engine time, µs) on.</summary>
public readonly record struct LostContract(Symbol Contract, long Since);

public sealed record ApiKeySet(ApiKey Key) : Input;

public sealed record ApiKeyRemoved(string HashHex) : Input;

/// <summary>Rows that files add or change (<paramref name="FromFiles"/>), or that the API set.</summary>
public sealed record InstrumentsSet(IReadOnlyList<Instrument> Rows, bool FromFiles) : Input;

/// <summary>The whole front-contract file, or rows set by the API.</summary>
public sealed record FrontContractsSet(IReadOnlyList<FrontContract> Rows, bool FromFile) : Input;

/// <summary>
/// The process begins to take inputs. What was open before has a gap from the last journalled moment to now. Deliveries of the last minute before
/// are in doubt: those in <paramref name="Doubtful"/> (their answers' sequences), or all (null), when nobody can know which answers were written.
/// </summary>
public sealed record ServiceStarted(IReadOnlyList<long>? Doubtful) : Input;
