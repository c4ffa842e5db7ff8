using System.Diagnostics.CodeAnalysis;
using FASTER.core;
using static System.FormattableString;

namespace StreamRecorder.Engine.Journal;

/// <summary>
/// The journal on disk: FasterLog for memory, addresses and group commit; own record header, commit slots, segment
/// files and reading around it, because FasterLog's own lose or misread data without a word (docs/journal-layout.md).
/// The engine's thread calls everything except what <see cref="IJournal"/> allows to others.
/// </summary>
public sealed class FasterJournal : IJournal
{
    private readonly JournalDisk _disk;
    private readonly TimeProvider _time;
    private readonly JournalOptions _options;
    private readonly JournalLayout _layout;
    private readonly CommitPoint _recovered;
    private readonly FasterDevice _device;
    private readonly CommitSlots _slots;
    private readonly SegmentsAhead _ahead;
    private readonly FasterLog _log;
    private readonly ITimer _timer;
    private readonly Action _onCommitted;
    private readonly long _memoryRoom;
    private readonly int _payloadBytesMax;

    // Engine's thread.
    private readonly SequenceIndex _index;
    private readonly byte[] _record;
    private long _appended;
    private long _bytesAppended;
    private uint _lastChecksum;
    private uint? _checksumRead;
    private long _firstSequence;
    private int _commitsForTruncation;

    // Shared with the committer and the timer, under the gate; the volatile ones are also read without it.
    private readonly Lock _gate = new();
    private bool _underWay;
    private long _underWaySequence;
    private long _underWaySince;
    private long _committed;
    private JournalFailedException? _fault;
    private int _firstSegment;

    /// <summary>Opens or creates the journal in a directory. See the other constructor.</summary>
    public FasterJournal(string directory, JournalOptions options, TimeProvider time) : this(new DirectoryDisk(directory), options, time) { }

    /// <summary>
    /// Opens or creates the journal on a disk, which it closes in the end. Throws <see cref="JournalDamagedException"/> (and has changed
    /// nothing) when the disk does not hold a journal that can be trusted, <see cref="IOException"/> when files cannot be read or created.
    /// </summary>
    public FasterJournal(JournalDisk disk, JournalOptions options, TimeProvider time)
    {
        _disk = disk;
        _options = options;
        _time = time;
        try
        {
            var start = JournalStart.Look(disk, options, time);
            _layout = start.Layout;
            _recovered = start.Commit;
            _firstSegment = _layout.SegmentOf(Math.Min(start.OlderBegin, _recovered.Begin));
            int room = _layout.PageBytes - JournalRecord.EntryBytes(0) - (int)JournalLimits.FirstAddress;
            _payloadBytesMax = Math.Min(JournalLimits.PayloadBytesMax, room);
            // A journal of small files gives them up one by one too.
            _index = new SequenceIndex(Math.Min(JournalLimits.IndexStrideBytes, _layout.SegmentBytes / 4));
            _memoryRoom = options.MemoryBytes - (2L * _layout.PageBytes);
            _record = new byte[JournalRecord.HeaderBytes + _payloadBytesMax];
            _device = new FasterDevice(disk) { WriteFailed = Fail };
            _slots = new CommitSlots(disk, _layout, _recovered, start.OlderBegin) { Failed = Fail };
            _ahead = new SegmentsAhead(disk, _layout, _layout.SegmentOf(_recovered.Until), options.AheadPause, time) { Failed = Fail };
            _log = OpenLog();
        }
        catch
        {
            disk.Dispose();
            throw;
        }

        _appended = _committed = _recovered.LastSequence;
        (_lastChecksum, _firstSequence) = (_recovered.LastChecksum, _recovered.FirstSequence);
        _onCommitted = OnCommitted;
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ahead.Enter(_recovered.Until);
    }

    public event Action? Committed;

    /// <summary>Called with how long each commit took that was not given up, on the committer's thread. Must not block or throw.</summary>
    public Action<TimeSpan>? CommitEnded { get; set; }

    public long AppendedSequence => Volatile.Read(ref _appended);

    public long CommittedSequence => Volatile.Read(ref _committed);

    public uint Checksum => _checksumRead ?? _lastChecksum;

    public bool WantsCommit => AppendedSequence > CommittedSequence || _commitsForTruncation > 0;

    public long BytesAppended => Volatile.Read(ref _bytesAppended);

    public Exception? Fault => Volatile.Read(ref _fault);

    /// <summary>
    /// Sequence of the first record that is kept; one more than the last when there is none. Moves with <see cref="TruncateBefore"/>.
    /// </summary>
    public long FirstSequence => Volatile.Read(ref _firstSequence);

    /// <summary>Bytes of the segment files, the one written ahead included. Read from any thread.</summary>
    public long DiskBytes => _ahead.ReadyUntil - (Volatile.Read(ref _firstSegment) * _layout.SegmentBytes);

    /// <summary>Why the next segment cannot be written, while it cannot: appends go on until the room that there is is used up. Any thread.</summary>
    public Exception? Trouble => _ahead.Trouble;

    /// <summary>Called when <see cref="Trouble"/> begins, and with null when it is over, on a thread of the pool.</summary>
    public Action<Exception?>? TroubleChanged
    {
        set => _ahead.TroubleChanged = value;
    }

    /// <summary>Where the next record goes; for tests.</summary>
    internal long TailAddress => _log.TailAddress;

    /// <summary>Where the first kept record is; for tests.</summary>
    internal long BeginAddress => _log.BeginAddress;

    /// <summary>Records may be appended up to here; for tests.</summary>
    internal long ReadyUntil => _ahead.ReadyUntil;

    /// <summary>Files that no slot needs any more are not all removed yet; for tests.</summary>
    internal bool IsFreeing => Volatile.Read(ref _firstSegment) < _layout.SegmentOf(_slots.FreeUntil);

    /// <summary>The next segment was refused and is not tried again yet; for tests.</summary>
    internal bool IsPausing => _ahead.IsPausing;

    /// <summary>Handed to the disk up to here, committed or not; for tests.</summary>
    internal long FlushedUntil => _log.FlushedUntilAddress;

    public bool CanAppend(int length)
    {
        if (Fault is not null) return false;
        long end = _layout.EndOf(_log.TailAddress, JournalRecord.EntryBytes(length));
        // Two pages of margin: FasterLog also wants the page after the tail's to be free.
        return end <= _ahead.ReadyUntil && end - _log.FlushedUntilAddress <= _memoryRoom;
    }

    public void Append(long sequence, ReadOnlySpan<byte> payload)
    {
        if (_fault is not null) ThrowFault();
        if (sequence != _appended + 1 || payload.Length == 0 || payload.Length > _payloadBytesMax) ThrowBadRecord(sequence, payload.Length);
        uint checksum = JournalRecord.Write(_record, sequence, _lastChecksum, payload);
        if (!_log.TryEnqueue(_record.AsSpan(0, JournalRecord.HeaderBytes + payload.Length), out long address)) ThrowFull();
        _lastChecksum = checksum;
        Volatile.Write(ref _appended, sequence);
        Volatile.Write(ref _bytesAppended, _bytesAppended + JournalRecord.EntryBytes(payload.Length));
        _index.Add(sequence, address);
        _ahead.Enter(address);
    }

    public void StartCommit()
    {
        lock (_gate)
        {
            if (_underWay || _fault is not null) return;
            if (_appended == _committed && _commitsForTruncation == 0) return;
            if (_commitsForTruncation > 0) _commitsForTruncation--;
            _underWay = true;
            _underWaySequence = _appended;
            _underWaySince = _time.GetTimestamp();
        }

        _timer.Change(_options.CommitTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            var cookie = CommitPoint.Cookie(_firstSequence, _appended, _lastChecksum);
            if (!_log.CommitStrongly(out _, out _, spinWait: false, cookie, callback: _onCommitted))
                Fail(new InvalidOperationException("FasterLog refused the commit."));
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>
    /// Gives up records before <paramref name="sequence"/>, to the next point of the index below it (64 KiB); whole segments below are removed
    /// once two commits know of it, which <see cref="StartCommit"/> makes even when nothing is appended. Never goes beyond what is committed.
    /// </summary>
    public void TruncateBefore(long sequence)
    {
        if (_index.Advance(Math.Min(sequence, CommittedSequence)) is not { } point || point.Sequence <= _firstSequence) return;
        _log.TruncateUntil(point.Address);
        Volatile.Write(ref _firstSequence, point.Sequence);
        _commitsForTruncation = CommitSlot.Count;
    }

    public void Replay(JournalReader reader)
    {
        var scan = new JournalScan(_disk, _layout, _options.ReadTimeout, _time);
        scan.ReadAll(_recovered, (sequence, address, checksum, payload) =>
        {
            _index.Add(sequence, address);
            _checksumRead = checksum;
            reader(sequence, payload);
        });
        _checksumRead = null;
    }

    /// <summary>
    /// Closes the files. What is not committed is given up. Waits a commit timeout long for transfers under way; if one hangs, FasterLog's
    /// memory is left to it.
    /// </summary>
    public void Dispose()
    {
        _timer.Dispose();
        bool idle = SpinWait.SpinUntil(() => !_device.Busy && !_slots.Busy && (!_underWay || _fault is not null), _options.CommitTimeout);
        if (_ahead.StopAsync().Wait(_options.CommitTimeout) && idle) _log.Dispose();
        _ahead.Dispose();
        _disk.Dispose();
    }

    private FasterLog OpenLog()
    {
        var log = new FasterLog(new FasterLogSettings
        {
            LogDevice = _device,
            LogCommitManager = _slots,
            PageSize = _layout.PageBytes,
            SegmentSize = _layout.SegmentBytes,
            MemorySize = _options.MemoryBytes,
            TryRecoverLatest = false,
        });
        if (_recovered.Number > 0) Recover(log);
        return log;
    }

    /// <summary>Lets FasterLog read the tail's page. It swallows what it cannot read, so what it came up with is compared.</summary>
    private void Recover(FasterLog log)
    {
        try
        {
            Task.Run(() => log.Recover()).WaitAsync(_options.ReadTimeout, _time).GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            throw Unrecovered(e.Message, e);
        }

        if (log.BeginAddress != _recovered.Begin || log.CommittedUntilAddress != _recovered.Until || log.TailAddress != _recovered.Until)
            throw Unrecovered(Invariant($"FasterLog came up with addresses {log.BeginAddress} to {log.CommittedUntilAddress}"), null);
    }

    private JournalDamagedException Unrecovered(string why, Exception? cause)
    {
        string file = _disk.SegmentName(_layout.SegmentOf(_recovered.Until));
        return new JournalDamagedException(
            Invariant($"{file}, address {_recovered.Until}, sequence {_recovered.LastSequence}: the last page cannot be opened: {why}"), cause);
    }

    /// <summary>Called by FasterLog's committer when the slot is written.</summary>
    private void OnCommitted()
    {
        TimeSpan took;
        lock (_gate)
        {
            // A commit that ends after it was given up must not move anything: the loop has told its clients otherwise.
            if (_fault is not null) return;
            Volatile.Write(ref _committed, _underWaySequence);
            took = _time.GetElapsedTime(_underWaySince);
            _underWay = false;
        }

        CommitEnded?.Invoke(took);
        Committed?.Invoke();
        FreeSegments();
    }

    private void FreeSegments()
    {
        int until = _layout.SegmentOf(_slots.FreeUntil);
        for (int number = _firstSegment; number < until; number++)
        {
            // A file that cannot be removed costs space and is tried again at the next start.
            try { _disk.RemoveSegment(number); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
            Volatile.Write(ref _firstSegment, number + 1);
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (!_underWay) return;
            var left = _options.CommitTimeout - _time.GetElapsedTime(_underWaySince);
            if (left > TimeSpan.Zero)
            {
                // Of a commit before, or early by the timer's coarser clock: nobody else would look again.
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        Fail(new TimeoutException(Invariant($"A commit did not end in {_options.CommitTimeout.TotalSeconds} s.")));
    }

    private void Fail(Exception cause)
    {
        lock (_gate)
        {
            if (_fault is not null) return;
            string message = Invariant($"The journal in {_disk.Name} failed; records after sequence {_committed} are not safe. {cause.Message}");
            Volatile.Write(ref _fault, new JournalFailedException(message, cause));
        }

        ThreadPool.UnsafeQueueUserWorkItem(static journal => journal.Committed?.Invoke(), this, preferLocal: false);
    }

    [DoesNotReturn]
    private void ThrowFault() => throw new JournalFailedException(_fault!.Message, _fault.InnerException);

    [DoesNotReturn]
    private void ThrowBadRecord(long sequence, int length) => throw new ArgumentException(
        Invariant($"A record of {length} bytes (possible are 1 to {_payloadBytesMax}) with sequence {sequence} cannot follow sequence {_appended}."));

    [DoesNotReturn]
    private static void ThrowFull() => throw new InvalidOperationException("The journal's memory is full; CanAppend was not asked.");
}
