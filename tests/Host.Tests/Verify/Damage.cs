using System.Globalization;
using StreamRecorder.Engine.Positions;
using Xunit;

namespace StreamRecorder.Host.Tests.Verify;

/// <summary>
/// One thing made wrong in a directory: <see cref="Do"/> gives back how <c>verify</c> must name the
/// place, and how to make it right again. Those of the journal's own writing need the service to be stopped,
/// and those of rows that it thins.
/// </summary>
internal sealed record Damage(Func<DataFiles, (string Place, Action Heal)> Do, bool NeedsStop = false)
{
    private const string OneClosed =
        "SELECT id FROM recorder_positions WHERE status = 'closed' AND worst_unrealized_pnl < 0 ORDER BY id LIMIT 1 OFFSET 3";

    /// <summary>Where a journal of some hundred records has one for certain.</summary>
    private const int FlippedAt = 40_000;

    public static readonly IReadOnlyDictionary<string, Damage> All = new Dictionary<string, Damage>
    {
        ["column"] = new(files =>
        {
            var id = (long)files.Value(OneClosed)!;
            return ($"recorder_positions, id {id}, realized_pnl: ",
                Set(files, "recorder_positions", "realized_pnl", "id = $id", old => (double)old + 0.01, ("$id", id)));
        }),
        ["exact"] = new(files =>
        {
            var id = (long)files.Value(OneClosed)!;
            return ($"recorder_positions, id {id}, ", Set(files, "recorder_positions", "exact", "id = $id", Deeper, ("$id", id)));
        }),
        ["fold row"] = new(files =>
        {
            const string Row = "FROM symbol_folds ORDER BY from_seq LIMIT 1 OFFSET 2";
            var (symbol, from) = ((string)files.Value("SELECT symbol " + Row)!, (long)files.Value("SELECT from_seq " + Row)!);
            return ($"symbol_folds, {symbol}, from_seq {from}, ",
                Set(files, "symbol_folds", "max_e9", "symbol = $symbol AND from_seq = $from", old => (long)old + 1, ("$symbol", symbol),
                    ("$from", from)));
        }),
        ["delivery run"] = new(
            files =>
            {
                var last = (long)files.Value("SELECT min(last_sequence) FROM delivery_runs")!;
                return ($"delivery_runs, last_sequence {last}, deliveries: ",
                    Set(files, "delivery_runs", "deliveries", "last_sequence = $last", Flipped, ("$last", last)));
            },
            NeedsStop: true),
        ["total of deliveries"] = new(
            files =>
            {
                var last = (long)files.Value("SELECT max(last_sequence) FROM delivery_runs")!;
                return ($"delivery_runs, last_sequence {last}, keyed_total: ",
                    Set(files, "delivery_runs", "keyed_total", "last_sequence = $last", old => old is long total ? total - 1 : 1L, ("$last", last)));
            },
            NeedsStop: true),
        ["ledger row"] = new(files =>
        {
            var id = (long)files.Value("SELECT id FROM signals ORDER BY id LIMIT 1 OFFSET 20")!;
            files.Execute("CREATE TABLE kept AS SELECT * FROM signals WHERE id = $id; DELETE FROM signals WHERE id = $id", ("$id", id));
            return ($"signals, id {id}: the row is missing", () => files.Execute("INSERT INTO signals SELECT * FROM kept; DROP TABLE kept"));
        }),
        ["ledger body"] = new(files =>
        {
            var id = (long)files.Value("SELECT id FROM signals ORDER BY id LIMIT 1 OFFSET 20")!;
            return ($"signals, id {id}, body: ", Set(files, "signals", "body", "id = $id", old => (string)old + " ", ("$id", id)));
        }),
        ["journal fold"] = new(
            files =>
            {
                var forged = new JournalForger(files).RaiseOneFold();
                return ($", sequence {forged}: the fold of ", () => { });
            },
            NeedsStop: true),
        ["journal byte"] = new(files =>
        {
            void Flip()
            {
                using var file = new FileStream(files.Segment(0), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
                file.Position = FlippedAt;
                var old = file.ReadByte();
                file.Position = FlippedAt;
                file.WriteByte((byte)(old ^ 0x10));
            }
            Flip();
            return (files.Segment(0) + ", address ", Flip);
        }),
    };

    private static Action Set(
        DataFiles files, string table, string column, string where, Func<object, object> change, params (string Name, object Value)[] place)
    {
        var old = files.Value($"SELECT {column} FROM {table} WHERE {where}", place)!;
        void Write(object value) => files.Execute($"UPDATE {table} SET {column} = $value WHERE {where}", [.. place, ("$value", value)]);
        Write(change(old));
        return () => Write(old);
    }

    /// <summary>One bit is another, in the middle.</summary>
    private static byte[] Flipped(object bytes)
    {
        var flipped = (byte[])((byte[])bytes).Clone();
        flipped[flipped.Length / 2] ^= 1;
        return flipped;
    }

    /// <summary>Another record, whole by its checksum.</summary>
    private static byte[] Deeper(object bytes)
    {
        Assert.True(PositionCodec.TryRead((byte[])bytes, out var exact));
        exact.MaxDrawdown += Int128.Parse("1000000000000000000", CultureInfo.InvariantCulture);
        return PositionCodec.Write(exact);
    }
}
