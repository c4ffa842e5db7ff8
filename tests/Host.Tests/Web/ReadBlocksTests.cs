using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using StreamRecorder.Host.Web;
using Xunit;

namespace StreamRecorder.Host.Tests.Web;

public sealed class ReadBlocksTests : IDisposable
{
    private readonly ReadBlocks _blocks = new();

    public void Dispose() => _blocks.Dispose();

    [Fact]
    public void Rent_MoreThanTheLargeOnes_GivesSmallOnesUntilSomeComeBack()
    {
        var lent = Enumerable.Range(0, HostLimits.LargeBlocksMax).Select(_ => _blocks.Rent()).ToList();
        Assert.All(lent, block => Assert.Equal(HostLimits.LargeBlockBytes, block.Memory.Length));
        using var small = _blocks.Rent(HostLimits.SmallBlockBytes);
        Assert.Equal(HostLimits.SmallBlockBytes, small.Memory.Length);

        lent[0].Dispose();

        using var again = _blocks.Rent();
        Assert.Same(lent[0], again);
        foreach (var block in lent[1..]) block.Dispose();
    }

    [Fact]
    public void Dispose_Twice_LendsTheBlockToOneOnly()
    {
        var block = _blocks.Rent();
        block.Dispose();
        block.Dispose();
        using IMemoryOwner<byte> first = _blocks.Rent(), second = _blocks.Rent();
        Assert.NotSame(first, second);
    }

    [Fact]
    public void Rent_SmallOnesAgain_GivesThoseThatCameBack()
    {
        var lent = Enumerable.Range(0, HostLimits.LargeBlocksMax).Select(_ => _blocks.Rent()).ToList();
        var small = _blocks.Rent();
        small.Dispose();
        Assert.Same(small, _blocks.Rent());
        Assert.NotSame(small, _blocks.Rent());
        foreach (var block in lent) block.Dispose();
    }

    [Fact]
    public async Task Build_Kestrel_ReadsIntoTheBlocks()
    {
        var app = Listener.Build(["http://127.0.0.1:0"], 10, NullLoggerFactory.Instance);
        await using var _ = app.ConfigureAwait(true);
        var greatest = 0;
        ((IApplicationBuilder)app).Run(async context =>
        {
            for (var isWhole = false; !isWhole;)
            {
                var read = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
                foreach (var segment in read.Buffer) greatest = Math.Max(greatest, segment.Length);
                isWhole = read.IsCompleted;
                context.Request.BodyReader.AdvanceTo(isWhole ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
            }
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        using var body = new ByteArrayContent(new byte[HostLimits.LargeBlockBytes]);
        using var answer = await client.PostAsync(new Uri(app.Urls.First()), body, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
        // A connection that is read into Kestrel's own blocks has no segment that is longer.
        Assert.InRange(greatest, HostLimits.SmallBlockBytes + 1, HostLimits.LargeBlockBytes);
    }
}
