using FASTER.core;

namespace StreamRecorder.Engine.Journal;

/// <summary>
/// The device that FasterLog writes to: hands each transfer to the <see cref="JournalDisk"/> on a thread of
/// the pool and keeps the exception of a failed one, which FasterLog would lose. Files are created and
/// removed by the journal, never by FasterLog: a segment that is missing is an error, not a new empty file.
/// </summary>
internal sealed unsafe class FasterDevice(JournalDisk disk) : StorageDeviceBase(disk.Name, JournalLimits.SectorBytes, Devices.CAPACITY_UNSPECIFIED)
{
    private int _pending;

    /// <summary>Called with the cause of each failed write, on a thread of the pool, before FasterLog hears of it.</summary>
    public Action<Exception>? WriteFailed { get; set; }

    /// <summary>True while a transfer is under way: FasterLog's memory must not be freed then.</summary>
    public bool Busy => Volatile.Read(ref _pending) != 0;

    public override void WriteAsync(
        nint sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context) =>
        Start(new Transfer(this, true, sourceAddress, segmentId, (long)destinationAddress, numBytesToWrite, callback, context));

    public override void ReadAsync(
        int segmentId, ulong sourceAddress, nint destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
        Start(new Transfer(this, false, destinationAddress, segmentId, (long)sourceAddress, readLength, callback, context));

    // Segments are removed by the journal, once both commit slots say that they are not needed.
    public override void TruncateUntilAddressAsync(long toAddress, AsyncCallback callback, IAsyncResult result) => callback(result);

    public override void TruncateUntilAddress(long toAddress) { }

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => callback(result);

    public override void RemoveSegment(int segment) { }

    public override void Dispose() { }

    private void Start(Transfer transfer)
    {
        Interlocked.Increment(ref _pending);
        ThreadPool.UnsafeQueueUserWorkItem(transfer, preferLocal: false);
    }

    private uint Move(bool write, nint memory, int segment, long offset, uint bytes, out uint moved)
    {
        moved = 0;
        try
        {
            if (write) disk.Write(segment, offset, new ReadOnlySpan<byte>((void*)memory, (int)bytes));
            moved = write ? bytes : (uint)disk.Read(segment, offset, new Span<byte>((void*)memory, (int)bytes));
            return 0;
        }
        catch (Exception e)
        {
            if (write) WriteFailed?.Invoke(e);
            return uint.MaxValue;
        }
    }

    private sealed class Transfer(
        FasterDevice device, bool write, nint memory, int segment, long offset, uint bytes, DeviceIOCompletionCallback callback, object context)
        : IThreadPoolWorkItem
    {
        public void Execute()
        {
            uint error = device.Move(write, memory, segment, offset, bytes, out uint moved);
            callback(error, moved, context);
            Interlocked.Decrement(ref device._pending);
        }
    }
}
