using Microsoft.Data.Sqlite;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Feeds;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Recovery;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Sink;

/// <summary>
/// Reads what a start needs, all as of one sequence: one read transaction from the first row to the last. Keys and folds are
/// streamed; dispose when the engine has taken the state over. A record that is not what was written is damage and refuses the start.
/// </summary>
public sealed class StateReader : IDisposable
{
    private readonly string _path;
    private readonly SqliteConnection _connection;

    /// <summary>Most deliveries with a key that are read, the newest; as many as the engine remembers.</summary>
    internal long KeyedMax { get; init; } = EngineLimits.RepeatKeysMax;

    public StateReader(Database database)
    {
        _path = database.Path;
        _connection = database.OpenReader();
        Database.Execute(_connection, "BEGIN");
    }

    /// <summary>Null when nothing was ever written. What is streamed may be found damaged later, while it is taken over.</summary>
    public StoredState? Read()
    {
        var state = Guarded(() => Database.StateOf(_connection));
        return state.Sequence == 0 ? null : ReadAll(state);
    }

    public void Dispose() => _connection.Dispose();

    private StoredState ReadAll(DatabaseState state) => new()
    {
        Sequence = state.Sequence,
        Checksum = state.Checksum,
        Now = state.At,
        TotalGap = Rows("SELECT total_gap_us FROM state").Select(row => row.GetInt64(0)).Single(),
        NextRecorderId = state.NextRecorderId,
        Recorders = ReadRecorders(),
        ApiKeys = [.. Rows("SELECT name, scope, hash, created_at FROM api_keys").Select(row =>
            new ApiKey(row.GetString(0), Word<KeyScope>(row.GetString(1), Words.TryParse), row.GetString(2), Columns.ReadTime(row.GetString(3))))],
        InstrumentsFromFiles = ReadInstruments(fromFiles: true),
        InstrumentsFromApi = ReadInstruments(fromFiles: false),
        FrontContractsFromFile = ReadFronts(fromFile: true),
        FrontContractsFromApi = ReadFronts(fromFile: false),
        Feeds =
            [.. Rows("SELECT name, sequence, seen_at FROM feeds")
                    .Select(row => new Feed(row.GetString(0), row.GetInt64(1), Columns.ReadTime(row.GetString(2))))],
        Prices = ReadPrices(),
        Keys = ReadKeys("INDEXED BY open_keys_by_contract WHERE is_open = 1 ORDER BY contract, sequence").Concat(ReadKeys("WHERE is_open = 0")),
        Folds = ReadFolds(),
        Repeats = ReadRepeats(state.At),
    };

    private List<Recorder> ReadRecorders()
    {
        var tokens = Rows("SELECT recorder_id, label, hash, created_at FROM recorder_tokens ORDER BY recorder_id, ordinal")
            .Select(row => (Id: row.GetInt64(0), Token: new RecorderToken(row.GetString(1), row.GetString(2), Columns.ReadTime(row.GetString(3)))))
            .ToLookup(t => t.Id, t => t.Token);
        return
        [.. Rows("""
                SELECT id, name, on_opposite, default_quantity_e9, duplicate_window_us, price_max_age_us, fill_price, max_age_us, field_mapping,
                  commission_e9, enabled, created_at, drawdown_limit_e9
                FROM recorders ORDER BY id
                """).Select(row => new Recorder(
                row.GetInt64(0),
                new RecorderSettings
                {
                    Name = row.GetString(1),
                    OnOpposite = Word<OnOpposite>(row.GetString(2), Words.TryParse),
                    DefaultQuantity = row.GetInt64(3),
                    DuplicateWindow = row.GetInt64(4),
                    PriceMaxAge = row.GetInt64(5),
                    FillPrice = Word<FillPrice>(row.GetString(6), Words.TryParse),
                    MaxAge = row.GetInt64(7),
                    FieldMapping = row.IsDBNull(8) ? null : row.GetString(8),
                    Commission = row.GetInt64(9),
                    Enabled = row.GetBoolean(10),
                    DrawdownLimit = row.IsDBNull(12) ? null : row.GetInt64(12),
                },
                [.. tokens[row.GetInt64(0)]],
                Columns.ReadTime(row.GetString(11)))),
        ];
    }

    private List<Instrument> ReadInstruments(bool fromFiles) =>
    [.. Rows("SELECT root, exchange, name, tick_size_e9, tick_value_e9, currency, kind FROM instruments WHERE from_files = $files",
            ("$files", fromFiles))
            .Select(row => new Instrument(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetString(5),
                row.GetString(6) == Words.Of(InstrumentKind.Spot) ? InstrumentKind.Spot : InstrumentKind.Future)),
    ];

    private List<FrontContract> ReadFronts(bool fromFile) =>
    [.. Rows("SELECT root, contract, from_utc FROM front_contracts WHERE from_file = $file ORDER BY rowid", ("$file", fromFile))
            .Select(row => new FrontContract(row.GetString(0), row.GetString(1), Columns.ReadTime(row.GetString(2)))),
    ];

    private IEnumerable<StoredPrice> ReadPrices() =>
        Rows("SELECT name, root, last_price_e9, last_at, newest_at, changed_at, outage_total_us, outage_since FROM symbols WHERE last_at IS NOT NULL")
            .Select(row =>
            new StoredPrice(
                StoredSymbol.Of(row.GetString(0), row.GetString(1)), row.GetInt64(2), Columns.ReadTime(row.GetString(3)),
                Columns.ReadTime(row.GetString(4)),
                Columns.ReadTime(row.GetString(5)))
            {
                OutageTotal = row.GetInt64(6),
                OutageSince = row.IsDBNull(7) ? 0 : Columns.ReadTime(row.GetString(7)),
            });

    private IEnumerable<StoredKey> ReadKeys(string which) =>
        Rows($"SELECT recorder_id, symbol, contract, root, sequence, record FROM position_keys {which}").Select(row =>
        {
            var root = row.GetString(3);
            var bytes = row.GetFieldValue<byte[]>(5);
            if (PositionCodec.IsNewer(bytes))
                throw new DatabaseVersionException($"{PlaceOf(row)} was written by a newer version of the program. Use that.");
            if (!PositionCodec.TryRead(bytes, out var record) || record.Sequence != row.GetInt64(4))
                throw new DatabaseDamagedException($"{PlaceOf(row)} is damaged.");
            return new StoredKey(row.GetInt64(0), StoredSymbol.Of(row.GetString(1), root), StoredSymbol.Of(row.GetString(2), root), record);
        });

    private string PlaceOf(SqliteDataReader key) =>
        $"{_path}: the record of recorder {key.GetInt64(0)} and symbol {key.GetString(1)} in position_keys";

    /// <summary>
    /// Rows that some open key may need; one that begins before the oldest of them is read too, so that a row spanning a change is noticed.
    /// </summary>
    private IEnumerable<StoredFold> ReadFolds() => Rows("""
        SELECT f.symbol, f.from_seq, f.to_seq, f.tick_count, f.first_e9, f.first_at_us, f.last_e9, f.last_at_us, f.min_e9, f.min_at_us, f.max_e9, f.max_at_us,
          f.greatest_fall_e9, f.greatest_rise_e9, f.newest_at_us
        FROM (SELECT contract, min(sequence) AS oldest FROM position_keys INDEXED BY open_keys_by_contract WHERE is_open = 1 GROUP BY contract) AS k
        CROSS JOIN symbol_folds AS f ON f.symbol = k.contract
        WHERE f.to_seq > k.oldest
        ORDER BY k.contract, f.from_seq
        """).Select(row => new StoredFold(row.GetString(0), row.GetInt64(1), row.GetInt64(2), Columns.ReadTicks(row, from: 3)));

    private IEnumerable<StoredRepeat> ReadRepeats(long now)
    {
        var repeated = Rows("SELECT sequence, last_at_us, until_us FROM delivery_repeats WHERE until_us >= $now", ("$now", now))
            .ToDictionary(row => row.GetInt64(0), row => (LastAt: row.GetInt64(1), Until: row.GetInt64(2)));
        var oldest = Rows(DeliveryRun.NewestTotal).Select(row => row.IsDBNull(0) ? 0 : row.GetInt64(0)).Single() - KeyedMax;
        const string Runs = """
            SELECT last_sequence, deliveries, keyed_total FROM delivery_runs
            WHERE until_us >= $now AND (keyed_total IS NULL OR keyed_total > $oldest) ORDER BY last_sequence
            """;
        foreach (var row in Rows(Runs, ("$now", now), ("$oldest", oldest)))
        {
            if (DeliveryRun.Read(row.GetFieldValue<byte[]>(1)) is not { } deliveries || deliveries[^1].Answer.Sequence != row.GetInt64(0))
                throw new DatabaseDamagedException(
                    FormattableString.Invariant($"{_path}: the deliveries of last_sequence {row.GetInt64(0)} in delivery_runs are damaged."));
            // The oldest run with keys may begin before what the engine remembers.
            var kept = row.IsDBNull(2) ? deliveries.Count : (int)Math.Min(deliveries.Count, row.GetInt64(2) - oldest);
            foreach (var delivery in deliveries.TakeLast(kept))
            {
                var latest = repeated.TryGetValue(delivery.Answer.Sequence, out var again)
                    ? delivery with { LastAt = again.LastAt, Until = again.Until }
                    : delivery;
                if (latest.Until >= now) yield return latest;
            }
        }
    }

    private IEnumerable<SqliteDataReader> Rows(string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        using var rows = Guarded(command.ExecuteReader);
        Func<bool> next = rows.Read;
        while (Guarded(next)) yield return rows;
    }

    private T Guarded<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (SqliteException fault)
        {
            throw Faults.Translate(fault, _path);
        }
    }

    private delegate bool TryParse<T>(string text, out T value);

    private T Word<T>(string text, TryParse<T> parse) =>
        parse(text, out var value) ? value : throw new DatabaseDamagedException($"{_path}: \"{text}\" is no {typeof(T).Name}.");
}
