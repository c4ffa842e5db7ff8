using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine.Journal;

/// <summary>The fields of signals and of bodies that were only noted, in <see cref="InputCodec"/>'s records.</summary>
internal sealed class SignalCodec(SymbolTable symbols)
{
    public static void Write(RecordWriter writer, SignalInput input)
    {
        writer.Int64(input.RecorderId);
        writer.Byte((byte)input.OnOpposite);
        writer.Int64(input.DefaultQuantity);
        writer.Int64(input.Commission);
        writer.Int64(input.Price);
        writer.Byte((byte)input.PriceSource);
        writer.Symbol(input.Contract);
        writer.Bool(input.IsUnpriced);
        writer.Int64(input.TickSize);
        writer.Int64(input.TickValue);
        writer.Int64(input.Currency);
        writer.Int32((int)input.Flags);
        writer.Byte((byte)input.Ignored);
        writer.Byte((byte)input.Reason);
        Write(writer, input.Signal);
        Write(writer, input.Receipt);
        writer.Int64(input.RetryOf);
    }

    public static void Write(RecordWriter writer, SignalNoted noted)
    {
        writer.Int64(noted.RecorderId);
        Write(writer, noted.Answer);
        writer.Byte((byte)noted.Gist.Action);
        writer.Optional(noted.Gist.Symbol);
        writer.Optional(noted.Gist.Price);
        writer.Optional(noted.Gist.Quantity);
        writer.Optional(noted.Gist.At);
        writer.Optional(noted.Gist.Key);
        writer.Optional(noted.Gist.Label);
        Write(writer, noted.Gist.Brackets);
        writer.UInt128(noted.BodyHash);
        Write(writer, noted.Receipt);
    }

    public SignalInput Read(ref RecordReader reader)
    {
        var recorderId = reader.Int64();
        var onOpposite = (OnOpposite)reader.Byte();
        var defaultQuantity = reader.Int64();
        var commission = reader.Int64();
        var price = reader.Int64();
        var source = (PriceSource)reader.Byte();
        var contract = reader.Symbol(symbols);
        var isUnpriced = reader.Bool();
        var tickSize = reader.Int64();
        var tickValue = reader.Int64();
        var currency = reader.Int64();
        var flags = (Flags)reader.Int32();
        var ignored = (IgnoreReason)reader.Byte();
        var reason = (CloseReason)reader.Byte();
        return new SignalInput(recorderId, ReadCanonical(ref reader))
        {
            OnOpposite = onOpposite,
            DefaultQuantity = defaultQuantity,
            Commission = commission,
            Price = price,
            PriceSource = source,
            Contract = contract,
            IsUnpriced = isUnpriced,
            TickSize = tickSize,
            TickValue = tickValue,
            Currency = currency,
            Flags = flags,
            Ignored = ignored,
            Reason = reason,
            Receipt = ReadReceipt(ref reader),
            RetryOf = reader.Int64(),
        };
    }

    public static SignalNoted ReadNoted(ref RecordReader reader) => new(reader.Int64(), ReadAnswer(ref reader))
    {
        Gist = new SignalGist
        {
            Action = (SignalAction)reader.Byte(),
            Symbol = reader.OptionalText(),
            Price = reader.OptionalInt64(),
            Quantity = reader.OptionalInt64(),
            At = reader.OptionalInt64(),
            Key = reader.OptionalText(),
            Label = reader.OptionalText(),
            Brackets = ReadBrackets(ref reader),
        },
        BodyHash = reader.UInt128(),
        Receipt = ReadReceipt(ref reader),
    };

    private static void Write(RecordWriter writer, Signal signal)
    {
        writer.Symbol(signal.Symbol);
        writer.Byte((byte)signal.Action);
        writer.Optional(signal.TargetPosition);
        writer.Optional(signal.TargetSide is { } side ? (long)side : null);
        writer.Optional(signal.PreviousPosition);
        writer.Bool(signal.WasFlat);
        writer.Optional(signal.Quantity);
        writer.Optional(signal.ExitPercent);
        writer.Optional(signal.ClosesOpposite);
        writer.Optional(signal.MayAdd);
        writer.Optional(signal.Price);
        writer.Optional(signal.At);
        writer.Bool(signal.IsForced);
        writer.Bool(signal.HasFiringTime);
        writer.Optional(signal.Key);
        writer.Optional(signal.Label);
        Write(writer, signal.Brackets);
        writer.Bool(signal.HasUnreadBrackets);
        writer.Optional(signal.MaxAge);
        writer.UInt128(signal.BodyHash);
    }

    private Signal ReadCanonical(ref RecordReader reader) => new()
    {
        Symbol = reader.Symbol(symbols),
        Action = (SignalAction)reader.Byte(),
        TargetPosition = reader.OptionalInt64(),
        TargetSide = (Side?)reader.OptionalInt64(),
        PreviousPosition = reader.OptionalInt64(),
        WasFlat = reader.Bool(),
        Quantity = reader.OptionalInt64(),
        ExitPercent = reader.OptionalInt64(),
        ClosesOpposite = reader.OptionalBool(),
        MayAdd = reader.OptionalBool(),
        Price = reader.OptionalInt64(),
        At = reader.OptionalInt64(),
        IsForced = reader.Bool(),
        HasFiringTime = reader.Bool(),
        Key = reader.OptionalText(),
        Label = reader.OptionalText(),
        Brackets = ReadBrackets(ref reader),
        HasUnreadBrackets = reader.Bool(),
        MaxAge = reader.OptionalInt64(),
        BodyHash = reader.UInt128(),
    };

    private static void Write(RecordWriter writer, Brackets? brackets)
    {
        writer.Byte((byte)(brackets?.Count ?? 0));
        for (var i = 0; i < brackets?.Count; i++)
        {
            writer.Byte((byte)brackets[i].Kind);
            writer.Int64(brackets[i].Value);
        }
    }

    private static Brackets? ReadBrackets(ref RecordReader reader)
    {
        var levels = new Bracket[reader.Byte()];
        for (var i = 0; i < levels.Length; i++) levels[i] = new Bracket((BracketKind)reader.Byte(), reader.Int64());
        return levels.Length == 0 ? null : new Brackets(levels);
    }

    private static void Write(RecordWriter writer, Receipt? receipt)
    {
        writer.Bool(receipt is not null);
        if (receipt is null) return;
        writer.Bytes(receipt.Body.Span);
        writer.Bool(receipt.IsCut);
        writer.Int64(receipt.ReceivedAt);
    }

    private static Receipt? ReadReceipt(ref RecordReader reader) =>
        reader.Bool() ? new Receipt(reader.Bytes(), reader.Bool(), reader.Int64()) : null;

    private static void Write(RecordWriter writer, SignalAnswer answer)
    {
        writer.Byte((byte)answer.Status);
        writer.Int64(answer.Sequence);
        writer.Byte((byte)answer.Effect);
        writer.Byte((byte)answer.Reason);
        writer.Int64(answer.PositionId);
        writer.Bool(answer.PositionIsOpen);
        writer.Int64(answer.ClosedPositionId);
        writer.Int32((int)answer.Flags);
        writer.Bool(answer.Refusal is not null);
        if (answer.Refusal is not { } refusal) return;
        writer.Text(refusal.Kind.Label);
        writer.Int32(refusal.Kind.Status);
        writer.Text(refusal.Detail);
        writer.Optional(refusal.Field);
    }

    private static SignalAnswer ReadAnswer(ref RecordReader reader) => new()
    {
        Status = (SignalStatus)reader.Byte(),
        Sequence = reader.Int64(),
        Effect = (Effect)reader.Byte(),
        Reason = (IgnoreReason)reader.Byte(),
        PositionId = reader.Int64(),
        PositionIsOpen = reader.Bool(),
        ClosedPositionId = reader.Int64(),
        Flags = (Flags)reader.Int32(),
        Refusal = reader.Bool() ? new Refusal(ReadRejection(ref reader), reader.Text(), reader.OptionalText()) : null,
    };

    /// <summary>A kind that this program does not know any more keeps its label and status.</summary>
    private static Rejection ReadRejection(ref RecordReader reader)
    {
        var (label, status) = (reader.Text(), reader.Int32());
        return Rejection.All.FirstOrDefault(r => r.Label == label) ?? new Rejection(label, status, "");
    }
}
