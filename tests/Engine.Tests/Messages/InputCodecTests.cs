using System.Text.Json;
using StreamRecorder.Engine.Feeds;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Messages;

public sealed class InputCodecTests
{
    private static readonly JsonSerializerOptions WithFields = new() { IncludeFields = true };

    private readonly SymbolTable _symbols = new();
    private readonly InputCodec _codec;

    public InputCodecTests()
    {
        _symbols.Publish(new InstrumentTable(InstrumentFile.BuiltIn, []));
        _codec = new InputCodec(_symbols);
    }

    [Fact]
    public void EveryKind_WrittenAndRead_IsTheSame()
    {
        foreach (var input in Inputs())
        {
            var bytes = _codec.Write(1234567, input).ToArray();
            var read = _codec.Read(bytes, out var at);
            Assert.Equal((1234567, 1234567, input.GetType()), (at, InputCodec.TimeOf(bytes), read.GetType()));
            Assert.Equal(Text(input), Text(read));
            Assert.Equal(bytes, _codec.Write(1234567, read).ToArray());
        }
    }

    [Fact]
    public void EveryKindOfInput_IsAmongTheTested()
    {
        var kinds = typeof(Input).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Input)) && !t.IsAbstract);
        Assert.Equal(kinds.Select(t => t.Name).Order(), Inputs().Select(i => i.GetType().Name).Distinct().Order());
    }

    [Fact]
    public void EveryKind_CutAnywhere_IsRefused()
    {
        foreach (var input in Inputs())
        {
            var bytes = _codec.Write(1, input).ToArray();
            for (var length = 0; length < bytes.Length; length++)
            {
                var error = Record.Exception(() => _codec.Read(bytes.AsSpan(0, length), out _));
                Assert.True(error is InvalidDataException or ArgumentException, $"{input.GetType().Name} cut to {length}: {error}");
            }
        }
    }

    [Fact]
    public void EveryKind_WithTrailingBytes_IsRefused()
    {
        foreach (var input in Inputs())
        {
            var bytes = _codec.Write(1, input).ToArray();
            Assert.Throws<InvalidDataException>(() => _codec.Read([.. bytes, 0], out _));
        }
    }

    [Fact]
    public void UnknownKindOrVersion_IsRefused()
    {
        var bytes = _codec.Write(1, new ServiceStarted(null)).ToArray();
        Assert.Throws<InvalidDataException>(() => _codec.Read([0, .. bytes[1..]], out _));
        Assert.Throws<InvalidDataException>(() => _codec.Read([200, .. bytes[1..]], out _));
        Assert.Throws<InvalidDataException>(() => _codec.Read([bytes[0], 0, .. bytes[2..]], out _));
        Assert.Throws<InvalidDataException>(() => _codec.Read([bytes[0], 2, .. bytes[2..]], out _));
    }

    [Fact]
    public void Symbols_OfAnotherProcess_AreMadeFromTheirNames()
    {
        var bytes = _codec.Write(1, new TickFold(Symbol("MNQ2!"), Excursion.Of(1, 2))).ToArray();
        var other = new SymbolTable();
        other.FromCanonical("ESZ2025", "ES", SymbolKind.Dated, 0);
        var symbol = ((TickFold)new InputCodec(other).Read(bytes, out _)).Symbol;
        Assert.Equal((1, "MNQ2!", "MNQ", SymbolKind.Continuous, 2), (symbol.Id, symbol.Name, symbol.Root, symbol.Kind, symbol.ContinuousIndex));
    }

    [Fact]
    public void LargestInputs_FitARecord()
    {
        var label = new string('€', EngineLimits.NameLengthMax);
        var tokens = Enumerable.Range(0, EngineLimits.TokensPerRecorderMax).Select(i => new RecorderToken(label, new string('f', 64), i));
        var recorder = new Recorder(1, new RecorderSettings { Name = label }, [.. tokens], 1);
        Assert.InRange(_codec.Write(1, new RecorderSet(recorder)).Length, 1, JournalLimits.PayloadBytesMax);
        var symbol =
            _symbols.FromCanonical(new string('S', EngineLimits.SymbolLengthMax), new string('S', EngineLimits.SymbolLengthMax), SymbolKind.Spot, 0);
        var folds = Enumerable.Repeat(new TickFold(symbol, Excursion.Of(1, 2)), EngineLimits.FoldsPerRecord);
        var marks = Enumerable.Repeat(new FeedMark(new string('f', EngineLimits.FeedNameLengthMax), 1), EngineLimits.FeedsPerRecord);
        Assert.InRange(_codec.Write(1, new FeedFold([.. folds], [.. marks])).Length, 1, JournalLimits.PayloadBytesMax);
        var lost = Enumerable.Repeat(new LostContract(symbol, 1), EngineLimits.ContractsPerLoss).ToArray();
        Assert.InRange(_codec.Write(1, new ContractsLost(lost)).Length, 1, JournalLimits.PayloadBytesMax);
        var signal = Order() with { Key = new string('€', 1000), Label = new string('€', EngineLimits.LabelLengthMax) };
        Assert.InRange(_codec.Write(1, Resolved(signal)).Length, 1, JournalLimits.PayloadBytesMax);
    }

    private IEnumerable<Input> Inputs()
    {
        var path = Excursion.Combine(Excursion.Of(5, 6), Excursion.Of(-7, 8));
        yield return new TickFold(Symbol("MNQZ2025"), path);
        yield return new TickFold(Symbol("MNQ1!"), path);
        yield return new FeedFold(
            [new TickFold(Symbol("MNQ1!"), path), new TickFold(Symbol("ES1!"), path)],
            [new FeedMark("gateway-1", 17), new FeedMark("b", long.MaxValue)]);
        yield return new FeedFold([], [new FeedMark("gateway-1", 18)]);
        yield return new FeedOpened("gateway-1");
        yield return Resolved(Order());
        yield return Resolved(
            new Signal { Symbol = Symbol("ES1!") }) with
        { Ignored = IgnoreReason.Paused, IsUnpriced = true, Reason = CloseReason.Manual };
        yield return Resolved(new Signal
        {
            Symbol = Symbol("ES1!"),
            Action = SignalAction.Sell,
            TargetPosition = -3,
            TargetSide = Side.Short,
            PreviousPosition = 0,
            WasFlat = true,
            Quantity = long.MaxValue,
            Price = long.MinValue,
            At = 77,
            IsForced = true,
            HasFiringTime = true,
            Key = "",
            Label = "Long 1 · ü",
            ExitPercent = 8,
            ClosesOpposite = true,
            MayAdd = false,
            Brackets = new Brackets([new Bracket(BracketKind.TrailStep, -1), new Bracket(BracketKind.TakeProfitPrice, long.MaxValue)]),
            HasUnreadBrackets = true,
            MaxAge = 9,
            BodyHash = UInt128.MaxValue,
        });
        yield return Resolved(Order()) with { Receipt = new Receipt("{\"ü\":1}"u8.ToArray(), true, 12), RetryOf = 4 };
        yield return new SignalNoted(3, SignalAnswer.Refused(Rejection.PriceUnknown.Because("No tick.", "price")))
        {
            Gist = new SignalGist
            {
                Action = SignalAction.Sell,
                Symbol = "MNQ1!",
                Price = -1,
                Quantity = 2,
                At = 3,
                Key = "k",
                Label = "ü",
                Brackets = new Brackets([new Bracket(BracketKind.StopLossPips, 5)]),
            },
            BodyHash = UInt128.MaxValue,
            Receipt = new Receipt("x"u8.ToArray(), false, 12),
        };
        yield return new SignalNoted(3, new SignalAnswer
        {
            Status = SignalStatus.Duplicate,
            Sequence = 9,
            Effect = Effect.Reversed,
            PositionId = 8,
            PositionIsOpen = true,
            ClosedPositionId = 7,
            Flags = Flags.Sync,
        });
        yield return new RecorderSet(new Recorder(7, new RecorderSettings { Name = "ü" }, [], 9));
        yield return new RecorderSet(new Recorder(8, Settings(), [new RecorderToken("a", "b", 1), new RecorderToken("c", "d", 2)], 10));
        yield return new RecorderRemoved(7);
        yield return new ApiKeySet(new ApiKey("name", KeyScope.Admin, "hash", 3));
        yield return new ApiKeyRemoved("hash");
        yield return new InstrumentsSet([Some.Spot("AAPL"), Some.Future("ES", 0.25m, 12.5m)], FromFiles: true);
        yield return new InstrumentsSet([], FromFiles: false);
        yield return new FrontContractsSet([new FrontContract("ES", "ESZ2025", 5)], FromFile: true);
        yield return new FrontContractsSet([], FromFile: false);
        yield return new ServiceStarted(null);
        yield return new ContractsLost([new LostContract(Symbol("MNQZ2025"), 7), new LostContract(Symbol("ES1!"), long.MaxValue)]);
    }

    private static RecorderSettings Settings() => new()
    {
        Name = "r",
        OnOpposite = OnOpposite.Net,
        DefaultQuantity = 1,
        DuplicateWindow = 2,
        PriceMaxAge = 3,
        FillPrice = FillPrice.Tick,
        MaxAge = 6,
        FieldMapping = "{}",
        Commission = 4,
        DrawdownLimit = 5,
        Enabled = false,
    };

    private Signal Order() => new() { Symbol = Symbol("MNQZ2025"), Action = SignalAction.Buy, Quantity = 1 };

    private SignalInput Resolved(Signal signal) => new(3, signal)
    {
        OnOpposite = OnOpposite.Reverse,
        DefaultQuantity = 5,
        Commission = 6,
        Price = -7,
        PriceSource = PriceSource.Tick,
        Contract = Symbol("ESZ2025"),
        TickSize = 8,
        TickValue = 9,
        Currency = CurrencyCode.Pack("USD"),
        Flags = Flags.IdReused | Flags.ContractChanged,
    };

    private Symbol Symbol(string text) =>
        _symbols.TryResolve(text, EngineRig.Start, out var symbol, out _) ? symbol : throw new InvalidDataException(text);

    private static string Text(Input input) => JsonSerializer.Serialize(input, input.GetType(), WithFields);
}
