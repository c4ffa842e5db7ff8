using System.Buffers.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Ingest.Socket;

/// <summary>
/// Reads the text frames of one connection: each is a whole body as <c>POST /ticks</c> takes it. A first line that begins
/// with # speaks of the frame: <c>#hello 1 NAME</c> alone, or <c>#17</c>, its sequence. One object per connection.
/// </summary>
internal sealed class TextFrames(SymbolTable symbols, LiveFeed live)
{
    private readonly TickDecoder _decoder = new(symbols, live);
    private readonly Tick[] _spare = new Tick[1];

    /// <summary>Of the last frame: the first rejected lines.</summary>
    public IReadOnlyList<TickError> Errors => _decoder.Errors;

    private static ReadOnlySpan<byte> Hello => "#hello "u8;

    public static bool IsHello(ReadOnlySpan<byte> frame) => frame.StartsWith(Hello);

    /// <summary>The name in a hello, or why it is none.</summary>
    public static SocketEnd? ReadHello(ReadOnlySpan<byte> frame, out string name)
    {
        name = "";
        var rest = frame[Hello.Length..].TrimEnd("\r\n"u8);
        if (!Utf8Parser.TryParse(rest, out int version, out var used) || version != FrameLayout.Version || used == rest.Length || rest[used] != ' ')
            return SocketEnd.Unreadable($"The hello is to be: #hello {FrameLayout.Version} NAME.");
        return FeedName.Read(rest[(used + 1)..], out name);
    }

    /// <summary>Decodes a frame into a fresh batch, which is to be given up when this returns a reason.</summary>
    public SocketEnd? ReadTicks(ReadOnlySpan<byte> frame, long arrival, TickBatch batch)
    {
        _decoder.Restart();
        if (ReadSequence(ref frame, out var sequence) is { } problem) return problem;
        var used = _decoder.Decode(frame, isFinal: true, arrival, batch.Ticks, out var count);
        // A full batch leaves the rest unread, which may be blank.
        if (count == batch.Ticks.Length) _decoder.Decode(frame[used..], isFinal: true, arrival, _spare, out used);
        if (count == batch.Ticks.Length && used > 0) return SocketEnd.Unreadable($"A frame has at most {EngineLimits.TicksPerBatch} ticks.");
        if (_decoder.Refusal is { } refusal) return SocketEnd.Unreadable(refusal.Detail);
        (batch.Sequence, batch.Count, batch.Rejected) = (sequence, count, (int)_decoder.Rejected);
        return null;
    }

    private static SocketEnd? ReadSequence(ref ReadOnlySpan<byte> frame, out long sequence)
    {
        sequence = 0;
        if (frame.IsEmpty || frame[0] != '#') return null;
        var end = frame.IndexOf((byte)'\n');
        var line = (end < 0 ? frame : frame[..end]).TrimEnd((byte)'\r')[1..];
        frame = end < 0 ? default : frame[(end + 1)..];
        return Utf8Parser.TryParse(line, out sequence, out var used) && used == line.Length && sequence > 0
            ? null
            : SocketEnd.Unreadable("A first line that begins with # is to be #hello 1 NAME, or # and the frame's sequence, from 1 on.");
    }
}
