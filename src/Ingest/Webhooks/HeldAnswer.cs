using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using NetSocket = System.Net.Sockets.Socket;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// Holds what is sent on a request's connection in the operating system, which has it for certain then, until it is let go or the process
/// ends, however it ends: so that an answer can be marked as sent before its sender can know of it (Linux: <c>TCP_CORK</c>; elsewhere, and
/// where the connection is no socket, nothing is held). The system itself lets go after 200 ms.
/// </summary>
internal readonly struct HeldAnswer : IDisposable
{
    private const int TcpLevel = 6;
    private const int TcpCork = 3;

    private readonly NetSocket? _socket;

    private HeldAnswer(NetSocket? socket) => _socket = socket;

    public static HeldAnswer Of(HttpContext context)
    {
        if (!OperatingSystem.IsLinux() || context.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket) return default;
        return Cork(socket, 1) ? new HeldAnswer(socket) : default;
    }

    /// <summary>Lets go.</summary>
    public void Dispose()
    {
        if (_socket is not null) Cork(_socket, 0);
    }

    /// <summary>False when the connection has gone meanwhile, with whatever was held.</summary>
    private static bool Cork(NetSocket socket, int value)
    {
        try
        {
            socket.SetRawSocketOption(TcpLevel, TcpCork, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
            return true;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
