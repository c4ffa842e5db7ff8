using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Engine.Journal;

/// <summary>
/// Inputs as the payload of journal records: kind (1), version of the kind (1), engine time (8), then the
/// fields. Symbols are written by name, because ids belong to a process. The layout is drawn in docs/journal-layout.md;
/// from the first release on, a field added means a new version of its kind, and old versions stay readable.
/// </summary>
public sealed class InputCodec(SymbolTable symbols)
{
    private const byte Version = 1;
    private readonly RecordWriter _writer = new();
    private readonly FoldCodec _folds = new(symbols);
    private readonly SignalCodec _signals = new(symbols);

    private enum Kind : byte
    {
        TickFold = 1,
        Signal = 2,
        RecorderSet = 3,
        RecorderRemoved = 4,
        ApiKeySet = 5,
        ApiKeyRemoved = 6,
        InstrumentsSet = 7,
        FrontContractsSet = 8,
        ServiceStarted = 9,
        FeedFold = 10,
        FeedOpened = 11,
        SignalNoted = 12,
        ContractsLost = 13,
    }

    /// <summary>The bytes are good until the next call.</summary>
    public ReadOnlySpan<byte> Write(long at, Input input)
    {
        _writer.Clear();
        switch (input)
        {
            case TickFold fold:
                Head(Kind.TickFold, at);
                FoldCodec.Write(_writer, fold);
                break;
            case FeedFold fold:
                Head(Kind.FeedFold, at);
                FoldCodec.Write(_writer, fold);
                break;
            case FeedOpened opened:
                Head(Kind.FeedOpened, at);
                _writer.Text(opened.Name);
                break;
            case SignalInput signal:
                Head(Kind.Signal, at);
                SignalCodec.Write(_writer, signal);
                break;
            case SignalNoted noted:
                Head(Kind.SignalNoted, at);
                SignalCodec.Write(_writer, noted);
                break;
            case RecorderSet set:
                Head(Kind.RecorderSet, at);
                Write(set.Recorder);
                break;
            case RecorderRemoved removed:
                Head(Kind.RecorderRemoved, at);
                _writer.Int64(removed.RecorderId);
                break;
            case ApiKeySet set:
                Head(Kind.ApiKeySet, at);
                _writer.Text(set.Key.Name);
                _writer.Byte((byte)set.Key.Scope);
                _writer.Text(set.Key.HashHex);
                _writer.Int64(set.Key.CreatedAt);
                break;
            case ApiKeyRemoved removed:
                Head(Kind.ApiKeyRemoved, at);
                _writer.Text(removed.HashHex);
                break;
            case InstrumentsSet set:
                Head(Kind.InstrumentsSet, at);
                Write(set);
                break;
            case FrontContractsSet set:
                Head(Kind.FrontContractsSet, at);
                Write(set);
                break;
            case ServiceStarted started:
                Head(Kind.ServiceStarted, at);
                Write(started);
                break;
            case ContractsLost lost:
                Head(Kind.ContractsLost, at);
                Write(lost);
                break;
            default:
                Invariant.Broken("input without a record");
                break;
        }
        return _writer.Written;
    }

    /// <summary>Throws <see cref="InvalidDataException"/> when the record is of a kind or version that this program does not know.</summary>
    public Input Read(ReadOnlySpan<byte> payload, out long at)
    {
        var reader = new RecordReader(payload);
        var kind = (Kind)reader.Byte();
        var version = reader.Byte();
        at = reader.Int64();
        if (version != Version) throw new InvalidDataException($"record kind {kind} has version {version}; this program knows {Version}");
        Input input = kind switch
        {
            Kind.TickFold => _folds.Read(ref reader),
            Kind.FeedFold => _folds.ReadFeedFold(ref reader),
            Kind.FeedOpened => new FeedOpened(reader.Text()),
            Kind.Signal => _signals.Read(ref reader),
            Kind.SignalNoted => SignalCodec.ReadNoted(ref reader),
            Kind.RecorderSet => new RecorderSet(ReadRecorder(ref reader)),
            Kind.RecorderRemoved => new RecorderRemoved(reader.Int64()),
            Kind.ApiKeySet => new ApiKeySet(new ApiKey(reader.Text(), (KeyScope)reader.Byte(), reader.Text(), reader.Int64())),
            Kind.ApiKeyRemoved => new ApiKeyRemoved(reader.Text()),
            Kind.InstrumentsSet => ReadInstruments(ref reader),
            Kind.FrontContractsSet => ReadFronts(ref reader),
            Kind.ServiceStarted => ReadStarted(ref reader),
            Kind.ContractsLost => ReadLost(ref reader),
            _ => throw new InvalidDataException($"record kind {kind} is not known to this program"),
        };
        if (!reader.IsAtEnd) throw new InvalidDataException($"record kind {kind} is longer than its fields");
        return input;
    }

    /// <summary>Engine time of a record, without reading the rest.</summary>
    public static long TimeOf(ReadOnlySpan<byte> payload) => System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(payload[2..]);

    private void Head(Kind kind, long at)
    {
        _writer.Byte((byte)kind);
        _writer.Byte(Version);
        _writer.Int64(at);
    }


    private void Write(Recorder recorder)
    {
        _writer.Int64(recorder.Id);
        _writer.Int64(recorder.CreatedAt);
        var settings = recorder.Settings;
        _writer.Text(settings.Name);
        _writer.Byte((byte)settings.OnOpposite);
        _writer.Int64(settings.DefaultQuantity);
        _writer.Int64(settings.DuplicateWindow);
        _writer.Int64(settings.PriceMaxAge);
        _writer.Byte((byte)settings.FillPrice);
        _writer.Int64(settings.MaxAge);
        _writer.Int64(settings.Commission);
        _writer.Optional(settings.DrawdownLimit);
        _writer.Optional(settings.FieldMapping);
        _writer.Bool(settings.Enabled);
        _writer.Int32(recorder.Tokens.Count);
        foreach (var token in recorder.Tokens)
        {
            _writer.Text(token.Label);
            _writer.Text(token.HashHex);
            _writer.Int64(token.CreatedAt);
        }
    }

    private static Recorder ReadRecorder(ref RecordReader reader)
    {
        var id = reader.Int64();
        var createdAt = reader.Int64();
        var settings = new RecorderSettings
        {
            Name = reader.Text(),
            OnOpposite = (OnOpposite)reader.Byte(),
            DefaultQuantity = reader.Int64(),
            DuplicateWindow = reader.Int64(),
            PriceMaxAge = reader.Int64(),
            FillPrice = (FillPrice)reader.Byte(),
            MaxAge = reader.Int64(),
            Commission = reader.Int64(),
            DrawdownLimit = reader.OptionalInt64(),
            FieldMapping = reader.OptionalText(),
            Enabled = reader.Bool(),
        };
        var tokens = new RecorderToken[reader.Int32()];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = new RecorderToken(reader.Text(), reader.Text(), reader.Int64());
        return new Recorder(id, settings, tokens, createdAt);
    }

    private void Write(InstrumentsSet set)
    {
        _writer.Bool(set.FromFiles);
        _writer.Int32(set.Rows.Count);
        foreach (var row in set.Rows)
        {
            _writer.Text(row.Root);
            _writer.Text(row.Exchange);
            _writer.Text(row.Name);
            _writer.Int64(row.TickSize);
            _writer.Int64(row.TickValue);
            _writer.Text(row.Currency);
            _writer.Byte((byte)row.Kind);
        }
    }

    private static InstrumentsSet ReadInstruments(ref RecordReader reader)
    {
        var fromFiles = reader.Bool();
        var rows = new Instrument[reader.Int32()];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new Instrument(
                reader.Text(), reader.Text(), reader.Text(), reader.Int64(), reader.Int64(), reader.Text(), (InstrumentKind)reader.Byte());
        }
        return new InstrumentsSet(rows, fromFiles);
    }

    private void Write(ServiceStarted started)
    {
        _writer.Int32(started.Doubtful?.Count ?? -1);
        foreach (var sequence in started.Doubtful ?? []) _writer.Int64(sequence);
    }

    private static ServiceStarted ReadStarted(ref RecordReader reader)
    {
        var count = reader.Int32();
        if (count < 0) return new ServiceStarted((IReadOnlyList<long>?)null);
        var doubtful = new long[count];
        for (var i = 0; i < count; i++) doubtful[i] = reader.Int64();
        return new ServiceStarted(doubtful);
    }

    private void Write(ContractsLost lost)
    {
        _writer.Int32(lost.Contracts.Count);
        foreach (var (contract, since) in lost.Contracts)
        {
            _writer.Symbol(contract);
            _writer.Int64(since);
        }
    }

    private ContractsLost ReadLost(ref RecordReader reader)
    {
        var contracts = new LostContract[reader.Int32()];
        for (var i = 0; i < contracts.Length; i++) contracts[i] = new LostContract(reader.Symbol(symbols), reader.Int64());
        return new ContractsLost(contracts);
    }

    private void Write(FrontContractsSet set)
    {
        _writer.Bool(set.FromFile);
        _writer.Int32(set.Rows.Count);
        foreach (var row in set.Rows)
        {
            _writer.Text(row.Root);
            _writer.Text(row.Contract);
            _writer.Int64(row.FromUtc);
        }
    }

    private static FrontContractsSet ReadFronts(ref RecordReader reader)
    {
        var fromFile = reader.Bool();
        var rows = new FrontContract[reader.Int32()];
        for (var i = 0; i < rows.Length; i++) rows[i] = new FrontContract(reader.Text(), reader.Text(), reader.Int64());
        return new FrontContractsSet(rows, fromFile);
    }
}
