using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Engine.Journal;

/// <summary>
/// Which records the journal may give up: those that the durable database has and that are older than the age, or whatever it has when
/// the files are larger than the size. Keeps a mark a minute (or so many records) from sequences to times. The engine's thread alone.
/// </summary>
public sealed class Retention(TimeSpan age, long bytesMax)
{
    /// <summary>Marks are at most this far apart in time, or in records when those come faster: fine enough for files of 16 MiB.</summary>
    private const long MarkInterval = 60 * Timestamp.Second;
    private const long MarkRecords = 16_384;

    /// <summary>A short age needs finer marks.</summary>
    private const int MarksPerAge = 24;

    private readonly long _markInterval = Math.Min(MarkInterval, age.Ticks / TimeSpan.TicksPerMicrosecond / MarksPerAge);
    private readonly Queue<Mark> _marks = new();
    private Mark _newest;
    private long _bytes;

    /// <summary>Marks kept: at most a day's minutes and one per 16 384 records.</summary>
    public int MarkCount => _marks.Count;

    internal void Note(long sequence, long at, int payloadBytes)
    {
        _bytes += JournalRecord.EntryBytes(payloadBytes);
        if (_newest.Sequence != 0 && at - _newest.At < _markInterval && sequence - _newest.Sequence < MarkRecords) return;
        _newest = new Mark(sequence, at, _bytes);
        _marks.Enqueue(_newest);
    }

    internal void Truncate(IJournal journal, long durableSequence, long now)
    {
        var oldest = now - age.Ticks / TimeSpan.TicksPerMicrosecond;
        var keepFrom = 0L;
        // The next mark must be durable and old too: what lies between two marks is as young as the second.
        while (_marks.Count > 1 && IsOld(_marks.ElementAt(1), durableSequence, oldest))
        {
            _marks.Dequeue();
            keepFrom = _marks.Peek().Sequence;
        }
        // What age has just given up is not gone from the disk yet: then the next call looks again.
        if (keepFrom == 0 && _marks.TryPeek(out var first) && journal.DiskBytes - bytesMax is var excess and > 0)
        {
            while (_marks.Count > 1 && _marks.ElementAt(1).Sequence <= durableSequence && _marks.Peek().Bytes - first.Bytes < excess)
            {
                _marks.Dequeue();
                keepFrom = _marks.Peek().Sequence;
            }
        }
        if (keepFrom > 0) journal.TruncateBefore(keepFrom);
    }

    private static bool IsOld(Mark mark, long durableSequence, long oldest) => mark.Sequence <= durableSequence && mark.At <= oldest;

    /// <summary>A record, its engine time, and the bytes of all up to it since the start's first.</summary>
    private readonly record struct Mark(long Sequence, long At, long Bytes);
}
