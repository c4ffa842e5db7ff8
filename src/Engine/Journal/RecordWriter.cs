using System.Buffers.Binary;
using System.Text;
using StreamRecorder.Engine.Instruments;

namespace StreamRecorder.Engine.Journal;

/// <summary>
/// Writes the fields of a record one after the other, little-endian; strings as
/// length (2) and UTF-8. The buffer is kept and grows to the largest record.
/// </summary>
internal sealed class RecordWriter
{
    private byte[] _buffer = new byte[512];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Byte(byte value) => Take(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void UInt128(UInt128 value) => BinaryPrimitives.WriteUInt128LittleEndian(Take(16), value);

    /// <summary>A flag byte, then the value if there is one.</summary>
    public void Optional(long? value)
    {
        Bool(value.HasValue);
        if (value.HasValue) Int64(value.Value);
    }

    public void Optional(bool? value)
    {
        Bool(value.HasValue);
        if (value.HasValue) Bool(value.Value);
    }

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Invariant.Holds(length <= ushort.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(Take(2), (ushort)length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    public void Optional(string? value)
    {
        Bool(value is not null);
        if (value is not null) Text(value);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Invariant.Holds(value.Length <= ushort.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(Take(2), (ushort)value.Length);
        value.CopyTo(Take(value.Length));
    }

    public void Symbol(Symbol symbol)
    {
        Text(symbol.Name);
        Text(symbol.Root);
        Byte((byte)symbol.Kind);
        Byte((byte)symbol.ContinuousIndex);
    }

    private Span<byte> Take(int count)
    {
        while (_length + count > _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var span = _buffer.AsSpan(_length, count);
        _length += count;
        return span;
    }
}

/// <summary>Reads what <see cref="RecordWriter"/> wrote. Reading past the end throws, which recovery reports as damage.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> record)
{
    private ReadOnlySpan<byte> _rest = record;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() != 0;

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public UInt128 UInt128() => BinaryPrimitives.ReadUInt128LittleEndian(Take(16));

    public long? OptionalInt64() => Bool() ? Int64() : null;

    public bool? OptionalBool() => Bool() ? Bool() : null;

    public string Text() => Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt16LittleEndian(Take(2))));

    public string? OptionalText() => Bool() ? Text() : null;

    public byte[] Bytes() => Take(BinaryPrimitives.ReadUInt16LittleEndian(Take(2))).ToArray();

    public Symbol Symbol(SymbolTable symbols) => symbols.FromCanonical(Text(), Text(), (SymbolKind)Byte(), Byte());

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
