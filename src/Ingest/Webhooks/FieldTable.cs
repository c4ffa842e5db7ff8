using System.Text;
using StreamRecorder.Ingest.Webhooks.Dialects;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>A known name: its usual spelling, what it says, and whether its presence makes 0 mean "not used".</summary>
internal sealed record KnownName(string Name, Field Field, bool IsZeroMark);

/// <summary>From field names, as bytes and in any case, to what they say: all dialects in one table. Two dialects may not disagree about a name.</summary>
internal sealed class FieldTable
{
    /// <summary>All senders that are known.</summary>
    public static readonly IReadOnlyList<Dialect> Dialects =
    [
        NativeDialect.Instance, TradingViewDialect.Instance, TradersPostDialect.Instance, PickMyTradeDialect.Instance, TradeManagerDialect.Instance,
        ThreeCommasDialect.Instance, AlgoWayDialect.Instance, TickerlyDialect.Instance, CrossTradeDialect.Instance, AutoViewDialect.Instance,
    ];

    /// <summary>JSON bodies and CrossTrade's text.</summary>
    public static readonly FieldTable Common = new([.. Dialects]);

    /// <summary>AutoView's text: single letters mean something of their own there.</summary>
    public static readonly FieldTable AutoView = new(AutoViewDialect.TextOnly);

    private readonly Dictionary<string, KnownName>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;

    public FieldTable(params ReadOnlySpan<Dialect> dialects)
    {
        var names = new Dictionary<string, KnownName>(NameComparer.Instance);
        foreach (var dialect in dialects)
        {
            foreach (var (name, field) in dialect.Fields)
            {
                var known = new KnownName(name, field, name == dialect.ZeroMark);
                if (!names.TryAdd(name, known) && names[name].Field != field)
                    throw new InvalidOperationException($"{dialect.Name} takes \"{name}\" for {field}, another dialect for {names[name].Field}.");
            }
        }
        _byBytes = names.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Null: a field that is none of ours.</summary>
    public KnownName? Find(ReadOnlySpan<byte> name) => _byBytes.TryGetValue(name, out var known) ? known : null;

    /// <summary>ASCII case-insensitive, over strings and UTF-8 alike.</summary>
    private sealed class NameComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
    {
        public static readonly NameComparer Instance = new();

        public bool Equals(string? left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

        public bool Equals(ReadOnlySpan<byte> alternate, string other) => Ascii.EqualsIgnoreCase(alternate, other);

        public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);

        public int GetHashCode(string name)
        {
            var hash = 0;
            foreach (var c in name) hash = hash * 31 + (c | 0x20);
            return hash;
        }

        public int GetHashCode(ReadOnlySpan<byte> name)
        {
            var hash = 0;
            foreach (var b in name) hash = hash * 31 + (b | 0x20);
            return hash;
        }
    }
}
