using System.Net;
using System.Text.Json;

namespace StreamRecorder.Host.Demo;

/// <summary>One endless <c>POST /ticks</c>: what is written goes out at once, and the answer comes when it is ended. Used by one task.</summary>
internal sealed class TickStream : IDisposable
{
    private readonly OpenContent _content = new();
    private readonly Task<HttpResponseMessage> _answer;

    public TickStream(Func<HttpContent, Task<HttpResponseMessage>> post) => _answer = post(_content);

    /// <summary>Sends bytes now. Throws when the service has ended the request.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        await Task.WhenAny(_content.Opened, _answer).WaitAsync(cancel).ConfigureAwait(false);
        if (_answer.IsCompleted) await ThrowRefusedAsync().ConfigureAwait(false);
        var stream = await _content.Opened.ConfigureAwait(false);
        try
        {
            await stream.WriteAsync(bytes, cancel).ConfigureAwait(false);
            await stream.FlushAsync(cancel).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The answer says why, if there is one.
            await ThrowRefusedAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends the request; the service's count of what it took.</summary>
    public async Task<JsonElement> EndAsync()
    {
        _content.End();
        using var answer = await _answer.WaitAsync(DemoLimits.EndTimeout).ConfigureAwait(false);
        return await DemoClient.ReadAsync(answer, CancellationToken.None).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _content.End();
        _content.Dispose();
    }

    private async Task ThrowRefusedAsync()
    {
        _content.End();
        try
        {
            using var answer = await _answer.WaitAsync(DemoLimits.EndTimeout).ConfigureAwait(false);
            throw new DemoException($"the service ended the stream of ticks: {await answer.Content.ReadAsStringAsync().ConfigureAwait(false)}");
        }
        catch (HttpRequestException fault)
        {
            throw new DemoException($"the stream of ticks broke: {fault.Message}");
        }
    }

    /// <summary>A body of unknown length whose stream is handed out while the request is under way.</summary>
    private sealed class OpenContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Stream> Opened => _opened.Task;

        public void End() => _ended.TrySetResult();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            _opened.TrySetResult(stream);
            return _ended.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
