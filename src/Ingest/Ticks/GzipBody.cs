using System.IO.Compression;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>
/// A stream as it is, or unpacked when it begins as gzip does: the bytes tell, not a header. Unpacked data is read as it comes, never kept.
/// </summary>
internal static class GzipBody
{
    /// <summary>
    /// .NET takes a gzip stream that breaks off for one that ends, unless told otherwise for the whole process; half a price would then be a price.
    /// It looks at the switch once, at the first unpacking.
    /// </summary>
    static GzipBody() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    public enum Kind
    {
        Empty,
        Plain,
        Gzip,
    }

    private const byte First = 0x1F;
    private const byte Second = 0x8B;

    /// <summary>Two bytes are enough to tell.</summary>
    public static bool IsGzip(ReadOnlySpan<byte> head) => head.Length >= 2 && head[0] == First && head[1] == Second;

    public static GZipStream Unpack(Stream source) => new(source, CompressionMode.Decompress);

    /// <summary>
    /// Reads the first bytes and gives a stream that has them again. No text begins with 0x1F, so that a sender of one byte is not waited for.
    /// </summary>
    public static async ValueTask<(Stream Stream, Kind Kind)> OpenAsync(Stream source, CancellationToken cancel)
    {
        var head = new byte[2];
        var length = 0;
        while (length < head.Length && (length == 0 || head[0] == First))
        {
            var count = await source.ReadAsync(head.AsMemory(length), cancel).ConfigureAwait(false);
            if (count == 0) break;
            length += count;
        }
        var whole = new HeadedStream(head.AsMemory(0, length), source);
        if (IsGzip(head.AsSpan(0, length))) return (Unpack(whole), Kind.Gzip);
        return (whole, length == 0 ? Kind.Empty : Kind.Plain);
    }

    /// <summary>Bytes already read, then the stream they were read from. Read-only; leaves the source open.</summary>
    private sealed class HeadedStream(ReadOnlyMemory<byte> head, Stream source) : Stream
    {
        private ReadOnlyMemory<byte> _head = head;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer) => _head.IsEmpty ? source.Read(buffer) : TakeHead(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _head.IsEmpty ? source.ReadAsync(buffer, cancellationToken) : new(TakeHead(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int TakeHead(Span<byte> buffer)
        {
            var count = Math.Min(_head.Length, buffer.Length);
            _head.Span[..count].CopyTo(buffer);
            _head = _head[count..];
            return count;
        }
    }
}
