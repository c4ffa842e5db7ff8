using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
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
        Assert.IsType<ReadBlocks>(app.Services.GetRequiredService<IMemoryPoolFactory<byte>>());
    }
}
