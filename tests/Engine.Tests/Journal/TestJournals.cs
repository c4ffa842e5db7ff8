using System.Diagnostics;
using System.Globalization;
using StreamRecorder.Engine.Journal;
using Xunit;

namespace StreamRecorder.Engine.Tests.Journal;

/// <summary>A directory of its own for each test, and the few verbs that every journal test needs.</summary>
internal sealed class JournalDirectory : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Small pages and segments, so that a few thousand records cross many files.</summary>
    public static readonly JournalOptions Small =
        new() { PageBytes = 4096, SegmentBytes = 16 * 1024, MemoryBytes = 64 * 1024, AheadPause = TimeSpan.FromMilliseconds(1) };

    public string Path { get; } = Directory.CreateTempSubdirectory("journal-").FullName;

    public string Segment(int number) => System.IO.Path.Combine(Path, "segment." + number.ToString(CultureInfo.InvariantCulture));

    public string Slots => System.IO.Path.Combine(Path, "commits");

    public FasterJournal Open(JournalOptions? options = null) => new(Path, options ?? Small, TimeProvider.System);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal static class JournalVerbs
{
    /// <summary>The payload of a sequence: told apart by its content, 8 … 8 + <paramref name="spread"/> bytes long.</summary>
    public static byte[] Payload(long sequence, int spread = 120)
    {
        var payload = new byte[8 + (int)(sequence * 37 % (spread + 1))];
        for (int i = 0; i < payload.Length; i++) payload[i] = (byte)(sequence + i);
        BitConverter.TryWriteBytes(payload, sequence);
        return payload;
    }

    /// <summary>
    /// Appends the next <paramref name="count"/> records, committing when the journal's memory is full, and at the end. Fewer, when there is no room
    /// and <paramref name="isOver"/> says that none will come.
    /// </summary>
    public static void AppendAndCommit(this IJournal journal, int count, int spread = 120, Func<bool>? isOver = null)
    {
        for (int i = 0; i < count; i++)
        {
            var payload = Payload(journal.AppendedSequence + 1, spread);
            if (!journal.CanAppend(payload.Length)) journal.Commit(() => journal.CanAppend(payload.Length) || isOver?.Invoke() == true);
            if (journal.Fault is null && !journal.CanAppend(payload.Length)) return;
            journal.Append(journal.AppendedSequence + 1, payload);
        }

        journal.Commit();
    }

    /// <summary>
    /// Commits until everything appended is safe (or <paramref name="done"/> holds), or the journal failed; a limit long at most.
    /// </summary>
    public static void Commit(this IJournal journal, Func<bool>? done = null)
    {
        done ??= () => journal.CommittedSequence == journal.AppendedSequence;
        using var woken = new AutoResetEvent(false);
        void Wake() => woken.Set();
        long started = Stopwatch.GetTimestamp();
        journal.Committed += Wake;
        try
        {
            while (!done() && journal.Fault is null)
            {
                journal.StartCommit();
                Assert.True(Stopwatch.GetElapsedTime(started) < JournalDirectory.Limit, "The journal neither committed nor failed.");
                // A segment written ahead raises no event: look again now and then.
                woken.WaitOne(TimeSpan.FromMilliseconds(5));
            }
        }
        finally
        {
            journal.Committed -= Wake;
        }
    }

    /// <summary>Replays and checks each payload; returns the first and last sequence (0, 0 when nothing was kept).</summary>
    public static (long First, long Last) ReplayChecked(this IJournal journal, int spread = 120)
    {
        long first = 0, last = 0;
        journal.Replay((sequence, payload) =>
        {
            if (first == 0) first = sequence;
            else Assert.Equal(last + 1, sequence);
            last = sequence;
            if (!payload.SequenceEqual(Payload(sequence, spread))) Assert.Fail($"the payload of sequence {sequence} differs");
        });
        return (first, last);
    }
}
