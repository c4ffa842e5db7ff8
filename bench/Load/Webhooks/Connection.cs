using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace StreamRecorder.Load.Webhooks;

/// <summary>
/// One keep-alive connection with one strategy: a request, its answer, and again when the driver says so. No HTTP library: it
/// knows just enough of HTTP to find the status and the end of an answer, so that the load costs little beside what is loaded.
/// </summary>
internal sealed class Connection : IDisposable
{
    private const int AnswerBytesMax = 8192;

    private readonly IPEndPoint _server;
    private readonly Strategy _strategy;
    private readonly Driver _driver;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly byte[] _answer = new byte[AnswerBytesMax];
    private Socket _socket;
    private int _length;
    private volatile bool _isDisposed;

    public Connection(IPEndPoint server, Strategy strategy, Driver driver)
    {
        _server = server;
        _strategy = strategy;
        _driver = driver;
        _socket = Connect();
        _receive.Completed += (_, _) => Pump(TakeReceived());
    }

    /// <summary>What is asked at present; the driver's.</summary>
    public Due Asked { get; private set; }

    /// <summary>
    /// Sends the next alert; what comes of it is told to <see cref="Driver.Answered"/> or <see cref="Driver.Broke"/>, perhaps before this returns.
    /// </summary>
    public void Ask(Due due) => Pump(Send(due));

    public void Dispose()
    {
        _isDisposed = true;
        _socket.Dispose();
        _receive.Dispose();
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(_server);
        return socket;
    }

    /// <summary>Goes on while answers are there already.</summary>
    private void Pump(bool isWaiting)
    {
        while (isWaiting)
        {
            _receive.SetBuffer(_answer, _length, AnswerBytesMax - _length);
            if (_socket.ReceiveAsync(_receive)) return;
            isWaiting = TakeReceived();
        }
    }

    /// <summary>True when an answer is to be waited for.</summary>
    private bool Send(Due? due)
    {
        if (due is not { } next) return false;
        Asked = next;
        _length = 0;
        try
        {
            _socket.Send(_strategy.Next(_driver.Now));
            return true;
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            return Reconnect();
        }
    }

    private bool TakeReceived()
    {
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0) return Reconnect();
        _length += _receive.BytesTransferred;
        return !TryRead(_answer.AsSpan(0, _length), out var status) || Send(_driver.Answered(this, status));
    }

    /// <summary>False: this connection is idle until it is asked again.</summary>
    private bool Reconnect()
    {
        if (_isDisposed) return false;
        _socket.Dispose();
        try
        {
            _socket = Connect();
        }
        catch (SocketException)
        {
            // Refused: the next request on it will fail and try again.
        }
        _driver.Broke(this);
        return false;
    }

    /// <summary>True when the answer is whole.</summary>
    private static bool TryRead(ReadOnlySpan<byte> answer, out int status)
    {
        const int StatusAt = 9;
        status = 0;
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < StatusAt) return false;
        if (!Utf8Parser.TryParse(answer[StatusAt..], out status, out _)) return true;
        var length = answer[..head].IndexOf("Content-Length: "u8);
        return length < 0 || !Utf8Parser.TryParse(answer[(length + "Content-Length: ".Length)..], out int body, out _)
            || answer.Length >= head + 4 + body;
    }
}

/// <summary>An alert that is due: when (timestamp), and in which phase.</summary>
internal readonly record struct Due(long At, Tally Phase);
