using System.Buffers;
using System.Net.WebSockets;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Ingest.Socket;

/// <summary>
/// One connection of the tick socket. The reader makes each frame one batch and offers it to the inbox;
/// while that is full it does not read on, which the sender feels. The writer (<see cref="SocketWriter"/>)
/// acknowledges. The end is begun by either side, or by a newer connection of the same name.
/// </summary>
internal sealed class SocketConnection : IDisposable
{
    private const int Idle = 0;
    private const int Handling = 1;
    private const int Stopped = 2;

    private readonly WebSocket _socket;
    private readonly Inbox _inbox;
    private readonly TimeProvider _time;
    private readonly NameHolders _names;
    private readonly LiveFeed _live;
    private readonly SocketWriter _writer;
    private readonly BinaryFrames _binary;
    private readonly TextFrames _text;
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FeedSession? _session;
    private int _state;
    private long _sequence;
    private long _welcomed;
    private long _offered;

    public SocketConnection(WebSocket socket, Inbox inbox, SymbolTable symbols, TimeProvider time, NameHolders names, LiveFeed live)
    {
        (_socket, _inbox, _time, _names, _live) = (socket, inbox, time, names, live);
        _writer = new SocketWriter(socket, IsAllDurable, time);
        _binary = new BinaryFrames(symbols, live);
        _text = new TextFrames(symbols, live);
    }

    /// <summary>Ticks that were not understood.</summary>
    public long Rejected { get; private set; }

    /// <summary>Until both sides have closed, or the connection is lost.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var registration = stopping.Register(() => _writer.End(SocketEnd.Stopping));
        var writing = _writer.RunAsync();
        var buffer = ArrayPool<byte>.Shared.Rent(IngestLimits.FrameBytesMax);
        try
        {
            await ReadAsync(buffer.AsMemory(0, IngestLimits.FrameBytesMax)).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is WebSocketException or IOException or OperationCanceledException)
        {
            // What arrived counts; what is not acknowledged is sent again.
            _writer.CutOff();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (_session?.Name is { } name) _names.Leave(name, this);
        await writing.ConfigureAwait(false);
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>Ends the connection; when this is done it offers nothing any more.</summary>
    public Task StopAsync(SocketEnd end)
    {
        _writer.End(end);
        if (Interlocked.Exchange(ref _state, Stopped) != Handling) _quiet.TrySetResult();
        return _quiet.Task;
    }

    private async Task ReadAsync(Memory<byte> buffer)
    {
        for (var length = 0; ;)
        {
            var part = await _socket.ReceiveAsync(buffer[length..], _writer.Cut).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                _live.End();
                _writer.End(SocketEnd.Asked);
                return;
            }
            length += part.Count;
            if (!part.EndOfMessage && length == buffer.Length) _writer.End(SocketEnd.TooBig);
            if (part.EndOfMessage || _writer.IsEnding)
            {
                await HandleAsync(buffer[..length], part.MessageType == WebSocketMessageType.Text).ConfigureAwait(false);
                length = 0;
            }
        }
    }

    /// <summary>While the connection ends, frames are passed over until the other side has closed too.</summary>
    private async ValueTask HandleAsync(ReadOnlyMemory<byte> frame, bool isText)
    {
        if (_writer.IsEnding || Interlocked.CompareExchange(ref _state, Handling, Idle) != Idle) return;
        try
        {
            var end = isText ? await HandleTextAsync(frame).ConfigureAwait(false) : await HandleBinaryAsync(frame).ConfigureAwait(false);
            if (end is not null) _writer.End(end);
        }
        catch (InboxClosedException)
        {
            _writer.End(SocketEnd.Stopping);
        }
        finally
        {
            if (Interlocked.CompareExchange(ref _state, Idle, Handling) == Stopped) _quiet.TrySetResult();
        }
    }

    private async ValueTask<SocketEnd?> HandleTextAsync(ReadOnlyMemory<byte> frame)
    {
        if (TextFrames.IsHello(frame.Span)) return TextFrames.ReadHello(frame.Span, out var name) ?? await OpenAsync(name).ConfigureAwait(false);
        var batch = Rent();
        var problem = _text.ReadTicks(frame.Span, batch.ReceivedAt, batch);
        return await OfferAsync(batch, problem, _text.Errors).ConfigureAwait(false);
    }

    private async ValueTask<SocketEnd?> HandleBinaryAsync(ReadOnlyMemory<byte> frame)
    {
        switch (frame.IsEmpty ? 0 : frame.Span[0])
        {
            case FrameLayout.Hello:
                return BinaryFrames.ReadHello(frame.Span, out var name) ?? await OpenAsync(name).ConfigureAwait(false);
            case FrameLayout.Symbols:
                return _binary.ReadSymbols(frame.Span);
            case FrameLayout.Ticks:
                var batch = Rent();
                var problem = _binary.ReadTicks(frame.Span, batch.ReceivedAt, batch);
                return await OfferAsync(batch, problem, _binary.Errors).ConfigureAwait(false);
            default:
                return SocketEnd.Unreadable(
                    $"A binary frame begins with {FrameLayout.Hello} (hello), {FrameLayout.Symbols} (symbols) or {FrameLayout.Ticks} (ticks).");
        }
    }

    private TickBatch Rent() =>
        TickBatch.Rent(_session ??= new FeedSession(FeedNames.Socket, null, _writer.Report), Timestamp.From(_time.GetUtcNow()), _time.GetTimestamp());

    /// <summary>
    /// The name's earlier connection is stopped first; then what it brought is made durable, so that no batch of it can follow one of this.
    /// </summary>
    private async ValueTask<SocketEnd?> OpenAsync(string name)
    {
        if (_session is not null) return SocketEnd.Unreadable("A hello is the first frame of a connection, and the only one.");
        _session = new FeedSession(FeedNames.Socket, name, _writer.Report);
        if (_names.Take(name, this) is { } before) await before.StopAsync(SocketEnd.Replaced).ConfigureAwait(false);
        var opening = new OpenFeed(_session) { ReceivedAt = Timestamp.From(_time.GetUtcNow()) };
        if (_inbox.Offer(opening) is { } full) return full.Kind == Rejection.ShuttingDown ? SocketEnd.Stopping : SocketEnd.Busy(full);
        try
        {
            var result = await opening.Result.WaitAsync(IngestLimits.SocketOpenTime, _time).ConfigureAwait(false);
            if (result.Refusal is { } refusal) return SocketEnd.Limit(refusal.Detail);
            _welcomed = (long)result.Value!;
            _writer.Welcome(name, _welcomed);
            return null;
        }
        catch (TimeoutException)
        {
            return SocketEnd.Busy(Rejection.CommitSlow.Because("The journal is slow; connect again in some seconds."));
        }
        catch (Exception) when (opening.Result.IsFaulted)
        {
            return SocketEnd.Failed;
        }
    }

    private async ValueTask<SocketEnd?> OfferAsync(TickBatch batch, SocketEnd? problem, IReadOnlyList<TickError> errors)
    {
        batch.SymbolsMax = _live.Count;
        problem ??= ProblemOf(batch.Sequence);
        if (problem is not null)
        {
            batch.Return();
            return problem;
        }
        // What is repeated was told of when it came first, and is only counted.
        if (batch.Sequence == 0 || batch.Sequence > _welcomed)
        {
            foreach (var (line, reason) in errors) _writer.Add(new SocketTickError(batch.Sequence, line, reason));
            Rejected += batch.Rejected;
        }
        if (batch.Sequence != 0) _sequence = batch.Sequence;
        Volatile.Write(ref _offered, _offered + batch.Count + batch.Rejected);
        await _inbox.OfferAsync(batch, _writer.Cut).ConfigureAwait(false);
        return null;
    }

    /// <summary>
    /// The first sequence of a connection may be any: batches before the one acknowledged are passed over, and a hole is the sender's to know of.
    /// </summary>
    private SocketEnd? ProblemOf(long sequence)
    {
        if (_live.Count > IngestLimits.SymbolsPerSocket) return SocketEnd.TooManySymbols;
        if (sequence == 0) return null;
        if (_session!.Name is null) return SocketEnd.Unreadable("A frame has a sequence, but the connection has no name: begin with a hello.");
        return _sequence == 0 || sequence == _sequence + 1 ? null : SocketEnd.Unreadable($"The frame's sequence is {sequence}, after {_sequence}.");
    }

    private bool IsAllDurable(FeedReport? report)
    {
        var (told, sequence) = report is null ? (0, 0) : (report.Applied + report.Late + report.Rejected + report.Repeated, report.Sequence);
        return told == Volatile.Read(ref _offered) && sequence >= Volatile.Read(ref _sequence);
    }
}
