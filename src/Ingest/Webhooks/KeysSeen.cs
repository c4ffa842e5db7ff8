using System.Buffers;
using System.Text;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// The keys met so far in one body, to find one given twice. Compares with those before it, which <see cref="IngestLimits.KeysMax"/> keeps cheap.
/// </summary>
internal ref struct KeysSeen
{
    private readonly byte[] _text;
    private readonly Entry[] _entries;
    private int _count;
    private int _length;

    /// <param name="bytesMax">All names together are not longer than the body.</param>
    public KeysSeen(int bytesMax)
    {
        _text = ArrayPool<byte>.Shared.Rent(bytesMax);
        _entries = ArrayPool<Entry>.Shared.Rent(IngestLimits.KeysMax);
    }

    public enum Result
    {
        New,
        Duplicate,
        TooMany,
    }

    private readonly record struct Entry(int Owner, int Start, int Length);

    /// <summary><paramref name="owner"/> tells the objects of a body apart: each may have the same key once.</summary>
    public Result Add(int owner, ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < _count; i++)
        {
            var entry = _entries[i];
            if (entry.Owner != owner || entry.Length != key.Length) continue;
            var other = _text.AsSpan(entry.Start, entry.Length);
            if (other.SequenceEqual(key) || Ascii.EqualsIgnoreCase(other, key)) return Result.Duplicate;
        }
        if (_count == IngestLimits.KeysMax) return Result.TooMany;
        key.CopyTo(_text.AsSpan(_length));
        _entries[_count++] = new Entry(owner, _length, key.Length);
        _length += key.Length;
        return Result.New;
    }

    public readonly void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_text);
        ArrayPool<Entry>.Shared.Return(_entries);
    }
}
