using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace StreamRecorder.Host.Web;

/// <summary>
/// What Kestrel reads into and writes from: large blocks, so that a feed's stream costs few system calls and few turns of the pipe (Kestrel's own
/// blocks hold 40 lines of ticks), as long as few of them are lent; then small ones, so that ten thousand connections that
/// dawdle cost no more than with those. Any thread.
/// </summary>
internal sealed class ReadBlocks : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private readonly ConcurrentQueue<Block> _large = new();
    private readonly ConcurrentQueue<Block> _small = new();
    private int _lentLarge;
    private int _keptSmall;

    public override int MaxBufferSize => HostLimits.SmallBlockBytes;

    /// <summary>One pool for all that a listener asks for, and so one bound.</summary>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, MaxBufferSize);
        if (Interlocked.Increment(ref _lentLarge) <= HostLimits.LargeBlocksMax)
            return _large.TryDequeue(out var large) ? large.Lend() : new Block(this, HostLimits.LargeBlockBytes).Lend();
        Interlocked.Decrement(ref _lentLarge);
        if (!_small.TryDequeue(out var small)) return new Block(this, HostLimits.SmallBlockBytes).Lend();
        Interlocked.Decrement(ref _keptSmall);
        return small.Lend();
    }

    /// <summary>Nothing to do: what is lent comes back when its connection ends, maybe later.</summary>
    protected override void Dispose(bool disposing)
    {
    }

    private void TakeBack(Block block)
    {
        if (block.Memory.Length == HostLimits.LargeBlockBytes)
        {
            _large.Enqueue(block);
            Interlocked.Decrement(ref _lentLarge);
        }
        else if (Interlocked.Increment(ref _keptSmall) <= HostLimits.SmallBlocksKept) _small.Enqueue(block);
        else Interlocked.Decrement(ref _keptSmall);
    }

    /// <summary>Pinned: the system reads into it while others are collected.</summary>
    private sealed class Block(ReadBlocks pool, int bytes) : IMemoryOwner<byte>
    {
        private int _isLent;

        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(bytes, pinned: true), 0, bytes);

        public Block Lend()
        {
            _isLent = 1;
            return this;
        }

        /// <summary>Given back twice in a row it would be lent to two.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLent, 0) == 1) pool.TakeBack(this);
        }
    }
}
