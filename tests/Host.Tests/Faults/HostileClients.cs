using System.Buffers.Binary;
using System.Text;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// Connections that mean no good, each kind by its name. Each does what it does until the server ends it, and says what that answered.
/// </summary>
internal static class HostileClients
{
    private const string Hook = "/webhook/nobody";

    /// <summary>The one frame of HTTP/2 that the server knows: GOAWAY, no stream taken, error 13.</summary>
    private const string Http11Required = "\0\0\u0008\u0007\0\0\0\0\0\0\0\0\0\0\0\0\r";

    /// <summary>Between two bytes of a slow one: far too seldom for any limit, often enough to look alive.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    private static readonly byte[] Garbage =
        [.. Enumerable.Range(0, 64).SelectMany(_ => Encoding.Latin1.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n\0\u0001\u00ffPOST  // \r\n\r\n"))];

    /// <summary>What each does, and a part of what the server must have said before it ended it; empty: nothing.</summary>
    public static readonly IReadOnlyDictionary<string, (Func<RawConnection, Task<string>> Do, string Answer)> Kinds =
        new Dictionary<string, (Func<RawConnection, Task<string>>, string)>
        {
            ["headers a byte at a time"] = (
                connection => SlowlyAsync(connection, $"POST {Hook} HTTP/1.1\r\nHost: a\r\nX-Slow: {new string('x', 4096)}"), "HTTP/1.1 408"),
            ["body a byte at a time"] = (
                connection => SlowlyAsync(connection, new string(' ', 4096), $"POST {Hook} HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n{{"),
                "HTTP/1.1 4"),
            ["chunks without end"] = (
                connection => SlowlyAsync(
                    connection, new string('1', 4096), $"POST {Hook} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
                "HTTP/1.1 4"),
            ["half closed within a body"] = (
                connection => HalfAsync(connection, $"POST {Hook} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{{\"action\":"), ""),
            ["half closed within headers"] = (connection => HalfAsync(connection, $"POST {Hook} HTTP/1.1\r\nHost: "), ""),
            // Kestrel takes it for gone: it may or may not get its answer.
            ["half closed after a request"] = (connection => HalfAsync(connection, RawConnection.Post(Hook, "{}")), ""),
            ["garbage behind requests"] = (connection => SendAsync(connection, Garbage), "HTTP/1.1 400"),
            ["a line without end"] = (
                connection => SendAsync(connection, Encoding.ASCII.GetBytes("GET /" + new string('a', 20_000))), "HTTP/1.1 414"),
            ["streams of HTTP/2, each reset at once"] = (connection => SendAsync(connection, RapidReset()), Http11Required),
        };

    private static async Task<string> SlowlyAsync(RawConnection connection, string slowly, string first = "")
    {
        var rest = connection.RestAsync();
        await connection.SendAsync(first);
        using var timer = new PeriodicTimer(Between);
        for (var i = 0; i < slowly.Length && !rest.IsCompleted; i++)
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            if (!await connection.TrySendAsync(slowly.Substring(i, 1))) break;
        }
        return await rest;
    }

    private static async Task<string> HalfAsync(RawConnection connection, string text)
    {
        await connection.SendAsync(text);
        connection.EndSending();
        return await connection.RestAsync();
    }

    private static async Task<string> SendAsync(RawConnection connection, byte[] bytes)
    {
        await connection.TrySendAsync(Encoding.Latin1.GetString(bytes));
        return await connection.RestAsync();
    }

    /// <summary>The preface of HTTP/2 with its settings, then a thousand requests, each taken back at once.</summary>
    private static byte[] RapidReset()
    {
        using var bytes = new MemoryStream();
        bytes.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        Frame(bytes, type: 4, flags: 0, stream: 0, []);
        for (var stream = 1; stream < 2000; stream += 2)
        {
            // GET / by the static table of HPACK.
            Frame(bytes, type: 1, flags: 5, stream, [0x82, 0x84, 0x86]);
            Frame(bytes, type: 3, flags: 0, stream, [0, 0, 0, 8]);
        }
        return bytes.ToArray();
    }

    private static void Frame(MemoryStream bytes, byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[9];
        BinaryPrimitives.WriteInt32BigEndian(head, payload.Length << 8);
        (head[3], head[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(head[5..], stream);
        bytes.Write(head);
        bytes.Write(payload);
    }
}
