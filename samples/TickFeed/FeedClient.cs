using System.Net.WebSockets;
using System.Text.Json;

namespace StreamRecorder.TickFeed;

/// <summary>
/// A feed that loses and doubles nothing while it lives: it keeps each batch until the service has it on disk,
/// connects again with growing pauses when the connection breaks, and goes on behind the last batch that the
/// service has. One thread sends; the rest is done in the background until <see cref="DisposeAsync"/>.
/// </summary>
public sealed class FeedClient : IAsyncDisposable
{
    /// <summary>Batches on their way; beyond it <see cref="SendAsync"/> waits. At most 20 MiB.</summary>
    private const int UnacknowledgedMax = 256;

    private readonly Uri _url;
    private readonly string _key;
    private readonly string _name;
    private readonly BackOff _backOff = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(UnacknowledgedMax);
    private readonly SemaphoreSlim _news = new(0);
    private readonly Task _running;
    private bool _isBrokenTold;
    private long _rejectedBefore;

    // Under the gate.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _symbols = new(StringComparer.Ordinal);
    private readonly LinkedList<Batch> _batches = [];
    private LinkedListNode<Batch>? _next;
    private TaskCompletionSource? _flushed;
    private long _lastSequence;

    /// <param name="url">ws://HOST:PORT/ticks/ws</param>
    /// <param name="key">An API key with the scope feed.</param>
    /// <param name="name">Of this feed alone: a second one under the same name takes the connection over.</param>
    public FeedClient(Uri url, string key, string name)
    {
        (_url, _key, _name) = (url, key, name);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Called in the background for each acknowledgement.</summary>
    public Action<FeedAck>? Acknowledged { get; set; }

    /// <summary>Called in the background for the rejected ticks that the service names: the first 10 of an acknowledgement.</summary>
    public Action<FeedRejection>? Rejected { get; set; }

    /// <summary>
    /// How many ticks the service has rejected, but for those whose acknowledgement was lost with a connection: nobody tells of them again.
    /// </summary>
    public long RejectedCount { get; private set; }

    /// <summary>Called in the background with what broke, once until the service is there again; the client goes on trying.</summary>
    public Action<string>? Broken { get; set; }

    /// <summary>Connections made so far.</summary>
    public int ConnectionCount { get; private set; }

    /// <summary>Ends only when the service refuses the feed for good (<see cref="FeedRefusedException"/>), or with the client.</summary>
    public Task Running => _running;

    /// <summary>Sends up to 4096 ticks as one batch; waits while too many are not acknowledged.</summary>
    /// <exception cref="ArgumentException">A frame cannot hold one of the ticks; none of them is sent.</exception>
    /// <exception cref="FeedRefusedException">The service refuses the feed for good.</exception>
    public async Task SendAsync(IReadOnlyList<FeedTick> ticks, CancellationToken cancel = default)
    {
        // While there are places, nobody would tell a slow feed.
        if (_running.IsCompleted) await _running.ConfigureAwait(false);
        // First, as it may throw: a place that is taken then is never given back.
        var batch = BatchOf(ticks);
        var place = _places.WaitAsync(cancel);
        if (await Task.WhenAny(place, _running).ConfigureAwait(false) == _running) await _running.ConfigureAwait(false);
        await place.ConfigureAwait(false);
        lock (_gate)
        {
            var node = _batches.AddLast(batch);
            _next ??= node;
            Wake();
        }
    }

    /// <summary>Waits until the service has everything on disk that was sent so far.</summary>
    public async Task FlushAsync(CancellationToken cancel = default)
    {
        Task flushed;
        lock (_gate)
        {
            if (_batches.Count == 0) return;
            _flushed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            flushed = _flushed.Task;
        }
        if (await Task.WhenAny(flushed, _running).WaitAsync(cancel).ConfigureAwait(false) == _running) await _running.ConfigureAwait(false);
        await flushed.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Gives up what is not acknowledged; <see cref="FlushAsync"/> first to have everything there.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        _stop.Dispose();
        _places.Dispose();
        _news.Dispose();
    }

    private Batch BatchOf(IReadOnlyList<FeedTick> ticks)
    {
        lock (_gate) return new Batch(FeedFrames.Ticks(ticks, PlaceOf)) { SymbolCount = _symbols.Count };
    }

    private int PlaceOf(string symbol)
    {
        if (!_symbols.TryGetValue(symbol, out var place)) _symbols.Add(symbol, place = _symbols.Count);
        return place;
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                TellBroken(await ConnectAsync().ConfigureAwait(false));
            }
            catch (Exception broken) when (broken is WebSocketException or IOException or OperationCanceledException)
            {
                // Broken off, or nobody there: again after a pause.
                TellBroken(broken.InnerException is HttpRequestException nobody ? nobody.Message : broken.Message);
            }
            await _backOff.PauseAsync(_stop.Token).ConfigureAwait(false);
        }
    }

    private void TellBroken(string what)
    {
        // Who listens only now is told by the next try.
        if (_isBrokenTold || _stop.IsCancellationRequested || Broken is not { } broken) return;
        _isBrokenTold = true;
        broken(what);
    }

    /// <summary>One connection, to its end; how the service ended it.</summary>
    private async Task<string> ConnectAsync()
    {
        using var socket = new ClientWebSocket();
        await OpenAsync(socket).ConfigureAwait(false);
        ConnectionCount++;
        _rejectedBefore = RejectedCount;
        await SendFrameAsync(socket, FeedFrames.Hello(_name), _stop.Token).ConfigureAwait(false);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var sending = Task.CompletedTask;
        try
        {
            var messages = new FeedMessages(socket);
            while (await messages.NextAsync(_stop.Token).ConfigureAwait(false) is { } message)
            {
                Take(message);
                if (TypeOf(message) == "welcome") sending = SendBatchesAsync(socket, lost.Token);
            }
        }
        finally
        {
            await lost.CancelAsync().ConfigureAwait(false);
            await sending.ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
        var (code, detail) = ((int)socket.CloseStatus!, socket.CloseStatusDescription ?? "");
        // These would come again.
        if (code is 1007 or 1008 or 1009 or 4001) throw new FeedRefusedException(code, detail);
        return $"The service closed the connection ({code}). {detail}".TrimEnd();
    }

    private async Task OpenAsync(ClientWebSocket socket)
    {
        socket.Options.SetRequestHeader("Authorization", "Bearer " + _key);
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(_url, _stop.Token).ConfigureAwait(false);
        }
        catch (WebSocketException broken) when ((int)socket.HttpStatusCode is var status and >= 200)
        {
            // What is said of the request itself would come again; 408 and 429 speak of the moment, as all else does.
            if (status is < 400 or >= 500 or 408 or 429) throw new WebSocketException($"The service answers {status}.", broken);
            throw new FeedRefusedException(
                status, status is 401 or 403 ? "It takes an API key with the scope feed, and this is none." : "Is this the address of its socket?");
        }
    }

    private void Take(JsonElement message)
    {
        if (TypeOf(message) is not ("welcome" or "ack")) return;
        _backOff.Reset();
        _isBrokenTold = false;
        // Before the batches are dropped: who flushes knows all of them when it returns.
        if (TypeOf(message) == "ack") Tell(message);
        var sequence = Count(message, "sequence");
        Drop(sequence);
        if (TypeOf(message) == "welcome") Resume(sequence);
    }

    private void Tell(JsonElement message)
    {
        var ack = AckOf(message);
        RejectedCount = _rejectedBefore + ack.Rejected;
        if (message.TryGetProperty("errors", out var errors))
            foreach (var error in errors.EnumerateArray()) Rejected?.Invoke(RejectionOf(error));
        Acknowledged?.Invoke(ack);
    }

    private static string? TypeOf(JsonElement message) => message.GetProperty("type").GetString();

    private static FeedAck AckOf(JsonElement ack) =>
        new(Count(ack, "sequence"), Count(ack, "accepted"), Count(ack, "late"), Count(ack, "rejected"), Count(ack, "repeated"));

    private static FeedRejection RejectionOf(JsonElement error) =>
        new(Count(error, "sequence"), Count(error, "line"), error.GetProperty("reason").GetString() ?? "");

    private static long Count(JsonElement message, string name) => message.GetProperty(name).GetInt64();

    /// <summary>Batches that the service has need not be kept.</summary>
    private void Drop(long sequence)
    {
        lock (_gate)
        {
            while (_batches.First is { Value.Sequence: > 0 } first && first.Value.Sequence <= sequence)
            {
                if (_next == first) _next = first.Next;
                _batches.RemoveFirst();
                _places.Release();
            }
            if (_batches.Count > 0) return;
            _flushed?.TrySetResult();
            _flushed = null;
        }
    }

    /// <summary>
    /// Everything that is left goes again, in order and under the same numbers; new batches are numbered behind what the service knows.
    /// </summary>
    private void Resume(long sequence)
    {
        lock (_gate)
        {
            _lastSequence = Math.Max(_lastSequence, sequence);
            _next = _batches.First;
            Wake();
        }
    }

    private void Wake()
    {
        if (_news.CurrentCount == 0) _news.Release();
    }

    private async Task SendBatchesAsync(ClientWebSocket socket, CancellationToken lost)
    {
        var symbolsSent = 0;
        while (true)
        {
            string[] symbols;
            byte[]? frame;
            lock (_gate)
            {
                frame = TakeNext(symbolsSent, out symbols);
            }
            symbolsSent += symbols.Length;
            if (symbols.Length > 0) await SendFrameAsync(socket, FeedFrames.Symbols(symbols), lost).ConfigureAwait(false);
            if (frame is null) await _news.WaitAsync(lost).ConfigureAwait(false);
            else await SendFrameAsync(socket, frame, lost).ConfigureAwait(false);
        }
    }

    private byte[]? TakeNext(int symbolsSent, out string[] newSymbols)
    {
        newSymbols = [];
        if (_next is not { Value: var batch }) return null;
        newSymbols = [.. _symbols.OrderBy(s => s.Value).Select(s => s.Key).Take(batch.SymbolCount).Skip(symbolsSent)];
        if (batch.Sequence == 0) FeedFrames.Number(batch.Frame, batch.Sequence = ++_lastSequence);
        _next = _next.Next;
        return batch.Frame;
    }

    private static Task SendFrameAsync(ClientWebSocket socket, byte[] frame, CancellationToken cancel) =>
        socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, cancel);

    private sealed class Batch(byte[] frame)
    {
        public byte[] Frame { get; } = frame;

        /// <summary>0: not sent yet.</summary>
        public long Sequence { get; set; }

        /// <summary>How many symbols the connection must have sent before.</summary>
        public int SymbolCount { get; init; }
    }
}
