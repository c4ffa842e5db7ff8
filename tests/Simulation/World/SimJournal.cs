using StreamRecorder.Engine.Journal;

namespace StreamRecorder.Simulation;

/// <summary>
/// The real journal, with its own threads brought to a stop at fixed points: after <see cref="Settle"/> nothing moves until the run
/// says so, hence one seed gives one trace. The engine sees it instead of the journal itself; planted faults of the journal are here.
/// </summary>
internal sealed class SimJournal : IJournal
{
    /// <summary>Small pages and segments: a run of some hundred records crosses many.</summary>
    private static readonly JournalOptions Options = new() { PageBytes = 4096, SegmentBytes = 8 * 1024, MemoryBytes = 64 * 1024 };

    /// <summary>What one message may append here: the engine's own headroom is for records of 256 KiB, which these pages cannot hold.</summary>
    private const int Headroom = 2 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly FasterJournal _journal;
    private readonly SimDisk _disk;
    private long _underWay;

    public SimJournal(SimDisk disk, SimClock clock)
    {
        _disk = disk;
        _journal = new FasterJournal(disk, Options, clock);
        _journal.Committed += disk.Pulse;
        disk.Gate();
        AwaitSegments(_journal.TailAddress);
    }

    public event Action? Committed
    {
        add => _journal.Committed += value;
        remove => _journal.Committed -= value;
    }

    /// <summary>A planted fault: what is appended counts as committed.</summary>
    public bool AnswersEarly { get; init; }

    /// <summary>Called after each record of a replay with its sequence: the moment for a crash within it.</summary>
    public Action<long>? Replayed { get; set; }

    public long AppendedSequence => _journal.AppendedSequence;

    public long CommittedSequence => AnswersEarly ? _journal.AppendedSequence : _journal.CommittedSequence;

    public long BytesAppended => _journal.BytesAppended;

    public Exception? Fault => _journal.Fault;

    public long FirstSequence => _journal.FirstSequence;

    /// <summary>Where the first kept record is: it moves before any slot says so.</summary>
    public long BeginAddress => _journal.BeginAddress;

    /// <summary>Counted by addresses: when the pool removes a file must not decide anything.</summary>
    public long DiskBytes => _journal.TailAddress - _journal.BeginAddress;

    /// <summary>A commit is under way and waits at its slot.</summary>
    public bool IsHeld => _underWay != 0;

    public uint Checksum => _journal.Checksum;

    public bool CanAppend(int length) => _journal.CanAppend(Math.Min(length, Headroom));

    public void Append(long sequence, ReadOnlySpan<byte> payload) => _journal.Append(sequence, payload);

    /// <summary>Nothing yet: <see cref="Settle"/> starts it, so that the pool does not move while the engine's turn lasts.</summary>
    public void StartCommit() { }

    public void TruncateBefore(long sequence) => _journal.TruncateBefore(sequence);

    public void Replay(JournalReader reader) => _journal.Replay((sequence, payload) =>
    {
        reader(sequence, payload);
        Replayed?.Invoke(sequence);
    });

    /// <summary>
    /// Starts a commit as the engine would have it, and waits until it stands at its slot or failed, full pages are
    /// handed over and the next segment is there. With <paramref name="failsData"/> the disk refuses the commit's data.
    /// </summary>
    public void Settle(bool failsData)
    {
        // The segment after the one of the newest record is asked for, not after the tail's, which may be at an end exactly.
        AwaitSegments(_journal.TailAddress - 1);
        if (_underWay == 0) AwaitPages();
        if (_underWay == 0 && _journal.AppendedSequence > _journal.CommittedSequence && _journal.Fault is null)
        {
            _disk.FailsData = failsData;
            _underWay = _journal.AppendedSequence;
            _journal.StartCommit();
        }
        if (_underWay == 0) return;
        _disk.AwaitSlot(() => _journal.Fault is not null);
        if (!_disk.IsWaiting) _underWay = 0;
    }

    /// <summary>Lets the commit under way end, well or not.</summary>
    public void LetCommitEnd()
    {
        // After a fault the process is about to end: whether a page that waits still came would be a race.
        if (_journal.Fault is not null) _disk.FailsData = true;
        _disk.LetGo(IsOver);
        _underWay = 0;
        AwaitPages();
        if (!SpinWait.SpinUntil(() => !_journal.IsFreeing || _journal.Fault is not null, Limit))
            throw new TimeoutException("Old segments were not removed.");
    }

    public void Dispose() => _journal.Dispose();

    private bool IsOver() => _journal.Fault is not null || _journal.CommittedSequence >= _underWay;

    /// <summary>FasterLog hands over each page that is full, outside of any commit.</summary>
    private void AwaitPages()
    {
        // A tail at the very end of a page has not left it yet.
        var full = (_journal.TailAddress - 1) & ~(Options.PageBytes - 1L);
        if (!SpinWait.SpinUntil(() => _journal.FlushedUntil >= full || _journal.Fault is not null, Limit))
            throw new TimeoutException("A full page was not written.");
    }

    private void AwaitSegments(long address)
    {
        var wanted = ((address / Options.SegmentBytes) + 2) * Options.SegmentBytes;
        _disk.Extend(() => _journal.ReadyUntil >= wanted || _journal.IsPausing || _journal.Fault is not null);
    }
}
