using System.Globalization;
using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Sink;

namespace StreamRecorder.Load.Ledger;

/// <summary>
/// A ledger of so many rows, each made from its number alone: 80 days of a
/// thousand recorders, one of which sends a fifth of all and one hardly anything.
/// </summary>
internal sealed class LedgerHistory(int count, int recorders)
{
    public const long BusyRecorder = 1;
    public const long RareRecorder = 2;

    /// <summary>Above all that the service has numbered when its recorders were made.</summary>
    private const long FirstId = 1_000_000;
    private const long Start = 1_764_849_600 * Timestamp.Second;
    private const long Days = 80;
    private const int RareRows = 150;
    private const long Price = 25_600 * Fixed9.One;

    private readonly long _interval = Days * 24 * 3600 * Timestamp.Second / count;
    private readonly int _rareEvery = Math.Max(2, count / RareRows);

    public int Count { get; } = count;

    public int Recorders { get; } = recorders;

    public static string NameOf(long recorderId) => string.Create(CultureInfo.InvariantCulture, $"strategy-{recorderId - 1}");

    public static long IdOf(int row) => FirstId + row;

    public long TimeOf(int row) => Start + row * _interval;

    public long TimeOf(long id) => TimeOf((int)(id - FirstId));

    /// <summary>The first row at or after a moment.</summary>
    public long FirstIdAt(long at) => FirstId + Math.Clamp((at - Start + _interval - 1) / _interval, 0, Count);

    public long RecorderOf(int row)
    {
        if (row % _rareEvery == 1) return RareRecorder;
        var luck = Mixed(row);
        return luck % 5 == 0 ? BusyRecorder : 3 + (long)(luck / 5 % (ulong)(Recorders - 2));
    }

    public static SignalStatus StatusOf(int row) => (Mixed(~row) % 100) switch
    {
        < 3 => SignalStatus.Refused,
        < 5 => SignalStatus.Duplicate,
        < 10 => SignalStatus.Ignored,
        _ => SignalStatus.Accepted,
    };

    /// <summary>The ids of a page, by looking at every row from the newest on.</summary>
    public List<long> Page(LedgerFilter filter)
    {
        var ids = new List<long>();
        for (var row = Count - 1; row >= 0 && ids.Count < filter.Limit; row--)
        {
            if (filter.BeforeId <= IdOf(row) || filter.From > TimeOf(row) || filter.To <= TimeOf(row)) continue;
            if ((filter.RecorderId ?? RecorderOf(row)) == RecorderOf(row) && (filter.Status ?? StatusOf(row)) == StatusOf(row)) ids.Add(IdOf(row));
        }
        return ids;
    }

    public LedgerEntry Entry(int row)
    {
        var (id, at, recorder, status) = (IdOf(row), TimeOf(row), RecorderOf(row), StatusOf(row));
        var isBuy = row % 2 == 0;
        var price = Price + row % 4000 * (Fixed9.One / 4);
        return new LedgerEntry
        {
            Id = id,
            At = at,
            RecorderId = recorder,
            Recorder = NameOf(recorder),
            Status = status,
            Reason = ReasonOf(status),
            Detail = status == SignalStatus.Refused ? "No price is given and no tick of MNQ1! came within the last 60 s." : null,
            Field = status == SignalStatus.Refused ? "price" : null,
            Effect = status == SignalStatus.Accepted ? (isBuy ? Effect.Opened : Effect.Closed) : Effect.None,
            Gist = new SignalGist
            {
                Action = isBuy ? SignalAction.Buy : SignalAction.Sell,
                Symbol = "MNQ1!",
                Price = price,
                Quantity = Fixed9.One,
                Label = "Long",
                At = at,
            },
            PositionId = status == SignalStatus.Accepted ? id : null,
            FirstId = status == SignalStatus.Duplicate ? id - 1 : null,
            BodyHash = status == SignalStatus.Refused ? Mixed(row) : 0,
            Receipt = new Receipt(Body(isBuy, price, at), IsCut: false, at),
            DecidedAt = at,
            CommittedAt = at,
        };
    }

    private static string? ReasonOf(SignalStatus status) => status switch
    {
        SignalStatus.Refused => Rejection.PriceUnknown.Label,
        SignalStatus.Ignored => Words.Of(IgnoreReason.Flat),
        _ => null,
    };

    private static byte[] Body(bool isBuy, long price, long at)
    {
        var (action, side, size) = isBuy ? ("buy", "long", 1) : ("sell", "flat", 0);
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""
            {"action":"{{action}}","ticker":"MNQ1!","price":"{{Fixed9.Format(price)}}","contracts":"1","market_position":"{{side}}",
            "market_position_size":"{{size}}","order_id":"Long","timenow":"{{Timestamp.Format(at)}}"}
            """));
    }

    /// <summary>SplitMix64's finish: neighbours have nothing in common.</summary>
    private static ulong Mixed(long row)
    {
        var z = unchecked((ulong)row * 0x9E37_79B9_7F4A_7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB);
        return z ^ (z >> 31);
    }
}
