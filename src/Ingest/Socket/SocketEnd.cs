using StreamRecorder.Engine;

namespace StreamRecorder.Ingest.Socket;

/// <summary>
/// Why a connection is closed: a close code of WebSocket (4000 and above are ours), and a sentence, sent as an error first unless nothing is wrong.
/// </summary>
internal sealed record SocketEnd(int Code, string Detail)
{
    /// <summary>The sender closed.</summary>
    public static readonly SocketEnd Asked = new(1000, "");
    public static readonly SocketEnd Stopping = new(1001, "The service is stopping; connect again in some seconds.");
    public static readonly SocketEnd TooBig = new(1009, $"A frame has at most {IngestLimits.FrameBytesMax} bytes.");
    public static readonly SocketEnd Failed =
        new(1011, "The service has failed and is stopping; send again what was not acknowledged when it is back.");
    public static readonly SocketEnd Replaced = new(4001, "A newer connection uses the same name.");

    public static readonly SocketEnd TooManySymbols =
        Limit($"A connection has at most {IngestLimits.SymbolsPerSocket} symbols; use another name for more.");

    /// <summary>The frame cannot be read. Nothing of it was applied.</summary>
    public static SocketEnd Unreadable(string detail) => new(1007, detail + " Nothing of the frame was applied.");

    /// <summary>A limit is reached that waiting does not lift.</summary>
    public static SocketEnd Limit(string detail) => new(1008, detail);

    public static SocketEnd Busy(Refusal refusal) => new(4013, refusal.Detail);

    /// <summary>What fits a close message, which has at most 123 bytes; the sentences are ASCII but for what they quote.</summary>
    public string Summary => Detail.Length <= 100 && System.Text.Ascii.IsValid(Detail) ? Detail : Detail.Split('.')[0] is { Length: <= 100 } first
        && System.Text.Ascii.IsValid(first) ? first + "." : "";

    public bool IsError => this != Asked && this != Stopping;
}
