using System.IO.Compression;

namespace StreamRecorder.Host.Replay;

/// <summary>
/// A file read once from front to back, unpacked when it begins as gzip does, whatever its name. Knows how far it is, for the progress bar.
/// </summary>
internal sealed class RecordedFile : IDisposable
{
    private readonly FileStream _file;
    private readonly Stream _content;

    public RecordedFile(string path)
    {
        Path = path;
        _file = new FileStream(path, new FileStreamOptions { BufferSize = 1 << 16, Options = FileOptions.SequentialScan });
        Span<byte> head = stackalloc byte[2];
        var isGzip = _file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual<byte>([0x1F, 0x8B]);
        _file.Position = 0;
        _content = isGzip ? new GZipStream(_file, CompressionMode.Decompress) : _file;
    }

    public string Path { get; }

    /// <summary>Bytes of the file as it is, packed or not.</summary>
    public long Length => _file.Length;

    public long Position => _file.Position;

    /// <summary>0 at the end.</summary>
    public int Read(Span<byte> buffer)
    {
        try
        {
            return _content.Read(buffer);
        }
        catch (InvalidDataException)
        {
            throw new ReplayException($"{Path}: the gzip stream is broken");
        }
    }

    public void Dispose()
    {
        _content.Dispose();
        _file.Dispose();
    }
}
