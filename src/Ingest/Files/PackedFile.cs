using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Ingest.Files;

/// <summary>A file read from front to back, unpacked when it begins as gzip does, whatever its name. Says how far it is, for a progress bar.</summary>
internal sealed class PackedFile : IDisposable
{
    private readonly FileStream _file;
    private readonly Stream _content;

    public PackedFile(string path)
    {
        _file = new FileStream(path, new FileStreamOptions { BufferSize = 1 << 16, Options = FileOptions.SequentialScan });
        Span<byte> head = stackalloc byte[2];
        var length = _file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        _file.Position = 0;
        _content = GzipBody.IsGzip(head[..length]) ? GzipBody.Unpack(_file) : _file;
    }

    /// <summary>Bytes of the file, packed as it is.</summary>
    public long Length => _file.Length;

    public long Position => _file.Position;

    public int Read(Span<byte> buffer) => _content.Read(buffer);

    public void Dispose()
    {
        _content.Dispose();
        _file.Dispose();
    }
}
