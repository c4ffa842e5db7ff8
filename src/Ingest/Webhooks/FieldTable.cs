using System.Text;
using StreamRecorder.Ingest.Webhooks.Dialects;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>A known name: its usual spelling, what it says, and whether its presence makes 0 mean "not used".</summary>
internal sealed record KnownName(string Name, Field Field, bool IsZeroMark);

/// <summary>
/// From field names, as bytes and in any case, to what they say: all dialects in one table. Two dialects may not disagree about a name.
/// </summary>
internal sealed class FieldTable
{
    /// <summary>All senders that are known.</summary>
    public static readonly IReadOnlyList<Dialect> Dialects =
    [
        NativeDialect.Instance, TradingViewDialect.Instance, TradersPostDialect.Instance, PickMyTradeDialect.Instance, TradeManagerDialect.Instance,
        ThreeCommasDialect.Instance, AlgoWayDialect.Instance, TickerlyDialect.Instance, CrossTradeDialect.Instance, AutoViewDialect.Instance,
    ];

    /// <summary>JSON bodies.</summary>
    public static readonly FieldTable Json = new([.. Dialects]);

    /// <summary>CrossTrade's text.</summary>
    public static readonly FieldTable KeyValue =
        new([.. Dialects.Except([AlgoWayDialect.Instance, CrossTradeDialect.Instance]), CrossTradeDialect.TextOnly]);

    /// <summary>AutoView's text: single letters mean something of their own there.</summary>
    public static readonly FieldTable AutoView = new(AutoViewDialect.TextOnly);

    private readonly Dictionary<string, KnownName> _names;
    private readonly Dictionary<string, KnownName>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;

    public FieldTable(params ReadOnlySpan<Dialect> dialects) : this(NamesOf(dialects)) { }

    private FieldTable(Dictionary<string, KnownName> names)
    {
        _names = names;
        _byBytes = names.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>
    /// This table where a recorder's own names go before all others. What a mapped name is nested in may be an object, whatever it says elsewhere.
    /// </summary>
    public FieldTable With(IEnumerable<(string Name, Field Field)> own)
    {
        var names = new Dictionary<string, KnownName>(_names, NameComparer.Instance);
        foreach (var (name, field) in own)
        {
            for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1)) names.Remove(name[..dot]);
            if (field == Field.Ignore) names.Remove(name);
            else names[name] = new KnownName(name, field, IsZeroMark: false);
        }
        return new FieldTable(names);
    }

    private static Dictionary<string, KnownName> NamesOf(ReadOnlySpan<Dialect> dialects)
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
        return names;
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
