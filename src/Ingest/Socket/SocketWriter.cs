using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;
using StreamRecorder.Engine.Messages;

namespace StreamRecorder.Ingest.Socket;

/// <summary>
/// Says what there is to say on one connection, one message at a time: the welcome, reports as they become durable (only the newest, if the other
/// side reads slowly), and in the end, once all that was taken is durable, why it closes. Told from any thread; nothing that it is told waits.
/// </summary>
internal sealed class SocketWriter(WebSocket socket, Func<FeedReport?, bool> isAllDurable, TimeProvider time) : IDisposable
{
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly CancellationTokenSource _cut = new(Timeout.InfiniteTimeSpan, time);
    private readonly Lock _errorsGate = new();
    private List<SocketTickError> _errors = [];
    private FeedReport? _report;
    private FeedReport? _sent;
    private SocketEnd? _end;
    private string? _name;
    private long _resumedAt;

    /// <summary>Cancelled when the connection must not last any longer.</summary>
    public CancellationToken Cut => _cut.Token;

    public bool IsEnding => Volatile.Read(ref _end) is not null;

    public void Welcome(string name, long sequence)
    {
        _resumedAt = sequence;
        Volatile.Write(ref _name, name);
        Wake();
    }

    /// <summary>Engine's thread.</summary>
    public void Report(FeedReport report)
    {
        Volatile.Write(ref _report, report);
        Wake();
    }

    /// <summary>Goes with the next report. Beyond the first ones since the last report errors are only counted.</summary>
    public void Add(SocketTickError error)
    {
        lock (_errorsGate)
        {
            if (_errors.Count < IngestLimits.TickErrorsMax) _errors.Add(error);
        }
    }

    /// <summary>Begins the end; a second one does nothing.</summary>
    public void End(SocketEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is not null) return;
        CutAfter(IngestLimits.SocketFlushTime + IngestLimits.SocketCloseTime);
        Wake();
    }

    /// <summary>The connection is lost: nothing can be said any more.</summary>
    public void CutOff() => CutAfter(TimeSpan.Zero);

    /// <summary>Ends when the close is sent, or the connection is lost.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (!IsEnding)
            {
                await _news.Reader.ReadAsync(Cut).ConfigureAwait(false);
                await SayNewsAsync().ConfigureAwait(false);
            }
            await FlushAsync().ConfigureAwait(false);
            await SayEndAsync(_end!).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            CutOff();
        }
    }

    public void Dispose() => _cut.Dispose();

    private void CutAfter(TimeSpan delay)
    {
        try
        {
            _cut.CancelAfter(delay);
        }
        catch (ObjectDisposedException)
        {
            // Over already.
        }
    }

    private void Wake() => _news.Writer.TryWrite(true);

    private async Task SayNewsAsync()
    {
        if (Interlocked.Exchange(ref _name, null) is { } name)
        {
            SocketReplies.WriteWelcome(_buffer, name, _resumedAt);
            await SendAsync().ConfigureAwait(false);
        }
        if (Volatile.Read(ref _report) is not { } report || report == _sent) return;
        _sent = report;
        SocketReplies.WriteAck(_buffer, report, TakeErrors());
        await SendAsync().ConfigureAwait(false);
    }

    private List<SocketTickError> TakeErrors()
    {
        lock (_errorsGate)
        {
            var taken = _errors;
            if (taken.Count > 0) _errors = [];
            return taken;
        }
    }

    /// <summary>Reports come by themselves within the engine's interval and a commit; what a stalled disk keeps back stays unacknowledged.</summary>
    private async Task FlushAsync()
    {
        using var late = new CancellationTokenSource(IngestLimits.SocketFlushTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, Cut);
        try
        {
            while (!isAllDurable(Volatile.Read(ref _report))) await _news.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!Cut.IsCancellationRequested)
        {
            // In vain; closed all the same.
        }
        await SayNewsAsync().ConfigureAwait(false);
    }

    private async Task SayEndAsync(SocketEnd end)
    {
        if (end.IsError)
        {
            SocketReplies.WriteError(_buffer, end);
            await SendAsync().ConfigureAwait(false);
        }
        await socket.CloseOutputAsync((WebSocketCloseStatus)end.Code, end.Summary, Cut).ConfigureAwait(false);
    }

    private async Task SendAsync()
    {
        await socket.SendAsync(_buffer.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, Cut).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
    }
}
