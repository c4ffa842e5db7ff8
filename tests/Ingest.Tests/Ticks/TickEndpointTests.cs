using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Ticks;

public sealed class TickEndpointTests
{
    private const string Lines = "{\"symbol\":\"MNQ1!\",\"price\":25600.25}\nbad\n{\"symbol\":\"MNQ1!\",\"price\":25600.5}\n";

    [Fact]
    public async Task Lines_GoodAndBad_AreCounted()
    {
        await using var service = await Service.StartAsync();
        var answer = await service.TicksAsync(Lines);
        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(
            """{"accepted":2,"late":0,"rejected":1,"errors":[{"line":2,"reason":"the line is not a JSON object"}]}""", answer.Json.ToString());
        Assert.Equal((2, 1), (service.Loop.Counters.TicksApplied, service.TickEndpoint.Rejected));
    }

    [Fact]
    public async Task Lines_TooLate_AreCounted()
    {
        await using var service = await Service.StartAsync();
        var answer = await service.TicksAsync("time,symbol,price\n1764860400,MNQ1!,1\n1764860396,MNQ1!,2\n1764860394,MNQ1!,3\n");
        Assert.Equal(("2", "1", "0"), (answer["accepted"], answer["late"], answer["rejected"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("[]")]
    public async Task Body_WithNothingInIt_IsZeros(string body)
    {
        await using var service = await Service.StartAsync();
        var answer = await service.TicksAsync(body);
        Assert.Equal((200, """{"accepted":0,"late":0,"rejected":0,"errors":[]}"""), (answer.Status, answer.Json.ToString()));
    }

    [Fact]
    public async Task Csv_WithoutHeader_Is400()
    {
        await using var service = await Service.StartAsync();
        var answer = await service.TicksAsync("\u0001\u0002\n1,2,3\n");
        Assert.Equal((400, "request_invalid"), (answer.Status, answer["reason"]));
    }

    [Theory]
    [InlineData("gzip", true, 200)]
    [InlineData("x-gzip", true, 200)]
    [InlineData(null, true, 200)]
    [InlineData("identity", false, 200)]
    [InlineData("gzip", false, 400)]
    [InlineData("br", false, 415)]
    public async Task Encoding_Gzip_IsToldByItsBytes(string? encoding, bool isPacked, int status)
    {
        await using var service = await Service.StartAsync();
        var content = new ByteArrayContent(isPacked ? Gzip(Lines) : Encoding.UTF8.GetBytes(Lines));
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        var answer = await service.TicksAsync(content);
        Assert.Equal(status, answer.Status);
        if (status == 200) Assert.Equal("2", answer["accepted"]);
    }

    [Fact]
    public async Task Gzip_BrokenOff_Is400ButWhatArrivedCounts()
    {
        await using var service = await Service.StartAsync();
        var random = new Random(1);
        var packed =
            Gzip(string.Concat(Enumerable.Range(0, 20_000).Select(_ => $"{{\"symbol\":\"MNQ1!\",\"price\":{random.Next(1, 1_000_000)}}}\n")));
        var answer = await service.TicksAsync(new ByteArrayContent(packed[..^50]));
        Assert.Equal((400, "body_unreadable"), (answer.Status, answer["reason"]));
        Assert.InRange(service.Loop.Counters.TicksApplied, 10_000, 19_999);
        Assert.Contains($"{service.Loop.Counters.TicksApplied} ticks", answer["detail"], StringComparison.Ordinal);

        packed[packed.Length / 2] ^= 0xFF;
        packed[packed.Length / 2 + 1] ^= 0xFF;
        Assert.Equal(400, (await service.TicksAsync(new ByteArrayContent(packed))).Status);
    }

    [Fact]
    public async Task Lines_OfASlowSender_ApplyAtOnce()
    {
        await using var service = await Service.StartAsync();
        using var content = new HeldContent(Encoding.UTF8.GetBytes(Lines + "{\"symbol\":\"MNQ1!\","));
        var pending = service.TicksAsync(content);
        await Service.UntilAsync(() => service.Loop.Counters.TicksApplied == 2);
        content.Release("\"price\":7}"u8.ToArray());
        Assert.Equal("3", (await pending)["accepted"]);
    }

    [Fact]
    public async Task Request_BrokenOff_CountsWholeLinesOnly()
    {
        await using var service = await Service.StartAsync();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(service.Client.BaseAddress!.Host, service.Client.BaseAddress.Port, TestContext.Current.CancellationToken);
            var request = $"POST /ticks HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{Lines}{{\"symbol\":\"MNQ1!\",\"price\":9}}";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
            await Service.UntilAsync(() => service.Loop.Counters.TicksApplied == 2);
        }
        Assert.Equal("1", (await service.TicksAsync("{\"symbol\":\"MNQ1!\",\"price\":1}"))["accepted"]);
        Assert.Equal(3, service.Loop.Counters.TicksApplied);
    }

    [Fact]
    public async Task Requests_MoreThanFit_AreAnswered503UntilSomeEnd()
    {
        await using var service = await Service.StartAsync();
        var open = new List<TcpClient>();
        try
        {
            // Some more: a request of ours may come before the last of them.
            for (var i = 0; i < IngestLimits.SendersMax + 16; i++)
            {
                open.Add(new TcpClient());
                await open[^1].ConnectAsync(service.Client.BaseAddress!.Host, service.Client.BaseAddress.Port, TestContext.Current.CancellationToken);
                await open[^1].GetStream().WriteAsync(
                    "POST /ticks HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            }
            await UntilAnsweredAsync(service, HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            foreach (var client in open) client.Dispose();
        }
        await UntilAnsweredAsync(service, HttpStatusCode.OK);
    }

    private static async Task UntilAnsweredAsync(Service service, HttpStatusCode wanted)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (; ; )
        {
            using var body = new StringContent("{\"symbol\":\"MNQ1!\",\"price\":1}");
            using var answer = await service.Client.PostAsync(new Uri("/ticks", UriKind.Relative), body, TestContext.Current.CancellationToken);
            if (answer.StatusCode == wanted)
            {
                Assert.Equal(wanted == HttpStatusCode.ServiceUnavailable, answer.Headers.RetryAfter is not null);
                return;
            }
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"still {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Body_OfAnyLength_IsTaken()
    {
        await using var service = await Service.StartAsync();
        var line = "{\"symbol\":\"MNQ1!\",\"price\":1,\"pad\":\"" + new string('x', 3900) + "\"}\n";
        const int count = 10_000;
        var answer = await service.TicksAsync(new StringContent(string.Concat(Enumerable.Repeat(line, count))));
        Assert.Equal(("10000", "0"), (answer["accepted"], answer["rejected"]));
    }

    [Fact]
    public async Task Service_Stopping_EndsAnEndlessRequest()
    {
        await using var service = await Service.StartAsync();
        using var content = new HeldContent(Encoding.UTF8.GetBytes(Lines));
        var pending = service.TicksAsync(content);
        await Service.UntilAsync(() => service.Loop.Counters.TicksApplied == 2);
        service.Stop();
        await Service.UntilAsync(() => service.TickEndpoint.Rejected == 1);

        // The client looks at the answer only when its body is out.
        content.Release([]);
        var answer = await pending;
        Assert.Equal((503, "shutting_down", "5"), (answer.Status, answer["reason"], answer.RetryAfter));
        Assert.Contains("2 ticks", answer["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inbox_Closed_Is503()
    {
        await using var service = await Service.StartStillAsync();
        service.Inbox.Close();
        Assert.Equal(503, (await service.TicksAsync(Lines)).Status);
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
