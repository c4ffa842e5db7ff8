using System.Net;

namespace StreamRecorder.Ingest.Tests;

/// <summary>A body of unknown length (chunked) that sends its first part at once and the rest when released.</summary>
internal sealed class HeldContent(byte[] first) : HttpContent
{
    private readonly TaskCompletionSource<byte[]> _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release(byte[] rest) => _rest.TrySetResult(rest);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(first);
        await stream.FlushAsync();
        await stream.WriteAsync(await _rest.Task);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

/// <summary>A body sent without saying its length.</summary>
internal sealed class ChunkedContent(HttpContent inner) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => inner.CopyToAsync(stream, context);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
