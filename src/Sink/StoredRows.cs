using System.Globalization;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recovery;

namespace StreamRecorder.Sink;

/// <summary>A readable column that does not say what the program reads. Values as text, NULL included.</summary>
public readonly record struct ColumnDifference(string Column, string Stored, string Expected);

/// <summary>A row of <c>fills</c> as it stands there.</summary>
public sealed record StoredFill(long PositionId, long Sequence, long Ordinal, FillOutput Fill)
{
    internal double Price { get; init; }

    internal double Quantity { get; init; }

    /// <summary>REAL columns that differ from the exact ones beside them.</summary>
    public IEnumerable<ColumnDifference> Differences()
    {
        if (!Price.Equals(Columns.Real(Fill.Price))) yield return Difference("price", Price, Columns.Real(Fill.Price));
        if (!Quantity.Equals(Columns.Real(Fill.Quantity))) yield return Difference("quantity", Quantity, Columns.Real(Fill.Quantity));
    }

    private static ColumnDifference Difference(string column, double stored, double expected) =>
        new(column, stored.ToString("R", CultureInfo.InvariantCulture), expected.ToString("R", CultureInfo.InvariantCulture));
}

/// <summary>Of a row of <c>signals</c>, what the journal has too.</summary>
public sealed record StoredLedgerRow(long Id, long RecorderId, byte[] Body);

/// <summary>
/// A row of <c>delivery_runs</c>: until when (µs) it is remembered as a whole, how many deliveries with a key were written up to and with it
/// (null: it has none with a key), and its deliveries, oldest first; null when they are not what was written.
/// </summary>
public sealed record StoredDeliveryRun(long LastSequence, long Until, long? KeyedTotal, IReadOnlyList<StoredRepeat>? Deliveries);

/// <summary>A row of <c>symbol_folds</c>.</summary>
public sealed record StoredFoldRow(string Symbol, long FromSequence, long ToSequence, Excursion Ticks);

/// <summary>A row of <c>symbols</c> that ticked; times µs.</summary>
public sealed record StoredSymbolRow(string Name, long LastPrice, long LastAt, long NewestAt, long ChangedAt)
{
    internal double Real { get; init; }

    /// <summary>Sum of the contract's outages that ended, and since when one lasts; 0: none does.</summary>
    public long OutageTotal { get; init; }

    public long OutageSince { get; init; }

    /// <summary>The REAL column says what the exact one beside it does.</summary>
    public bool IsReadable => Real.Equals(Columns.Real(LastPrice));
}

/// <summary>A row of <c>position_keys</c>; no record when its bytes are not what was written.</summary>
public sealed record StoredKeyRow(long RecorderId, string Symbol, string Contract, string Root, bool IsOpen, long Sequence, Position? Record);

/// <summary>What was held at a moment, from fills alone: a position that a shortened journal finds open.</summary>
public sealed record HeldPosition(long Id, long RecorderId, string Symbol, Side Side, long Quantity);

/// <summary>A row of <c>recorder_positions</c> as it stands there, every column as SQLite has it.</summary>
public sealed class StoredPosition
{
    private readonly Dictionary<string, object?> _columns;

    internal StoredPosition(Dictionary<string, object?> columns) => _columns = columns;

    public long Id => (long)_columns["id"]!;

    public long RecorderId => _columns["recorder_id"] as long? ?? 0;

    public string Symbol => Text("symbol") ?? "";

    public string? Contract => Text("contract");

    public string Root => Text("root") ?? "";

    public string? CloseReason => Text("close_reason");

    public bool IsClosed => Text("status") == "closed";

    public string Entries => Text("entries") ?? "";

    public string Exits => Text("exits") ?? "";

    /// <summary>When a fill or a snapshot last wrote the row, as it stands there.</summary>
    public string UpdatedAt => Text("updated_at") ?? "";

    /// <summary>Whether a column follows the market between fills while the row is open.</summary>
    public static bool IsLive(string column) => PositionColumns.IsLive(column);

    public bool TryExact(out Position exact)
    {
        exact = default;
        return _columns["exact"] is byte[] bytes && PositionCodec.TryRead(bytes, out exact);
    }

    /// <summary>
    /// Columns that do not say what the exact record says. The figures of an open row that a snapshot refreshed since its fill are left out.
    /// </summary>
    public IEnumerable<ColumnDifference> Differences(in Position exact, long? exitTime)
    {
        var names = new PositionNames(RecorderId, Text("recorder") ?? "", Symbol, Contract ?? Symbol, Root);
        var reason = Enum.GetValues<CloseReason>().FirstOrDefault(r => Engine.Words.Of(r) == CloseReason);
        var view = PositionView.Of(exact, names, reason, IsClosed ? exact.UpdatedAt : null);
        var isRefreshed = !IsClosed && Text("updated_at") != Text("changed_at");
        return PositionColumns.Of(view, exitTime)
            .Where(column => !(isRefreshed && PositionColumns.IsLive(column.Name)) && !Equals(_columns[column.Name], column.Value))
            .Select(column => new ColumnDifference(column.Name, Shown(_columns[column.Name]), Shown(column.Value)));
    }

    private static string Shown(object? value) => value switch
    {
        null => "NULL",
        double real => real.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private string? Text(string column) => _columns[column] as string;
}
