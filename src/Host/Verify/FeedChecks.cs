using StreamRecorder.Engine.Feeds;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Sink;

namespace StreamRecorder.Host.Verify;

/// <summary>
/// Rows of <c>feeds</c> against the journal: the newest mark of each feed that it
/// names. A feed of before the journal's first record is known by its row alone.
/// </summary>
internal sealed class FeedChecks(VerificationReader database, Findings findings, bool isFromTheStart)
{
    private readonly FeedTable _table = new();
    private readonly HashSet<string> _marked = new(StringComparer.Ordinal);

    public void Add(FeedOpened opened, long at)
    {
        foreach (var forgotten in _table.Open(opened.Name, at)) _marked.Remove(forgotten);
    }

    public void Add(FeedFold fold, long at)
    {
        foreach (var mark in fold.Marks)
        {
            _table.Mark(mark, at);
            _marked.Add(mark.Name);
        }
    }

    /// <summary>All inputs up to the database's sequence were added.</summary>
    public void End()
    {
        var rows = database.Feeds();
        foreach (var expected in _table.All)
        {
            // An opening alone does not say which sequence an older row had.
            var isWhole = isFromTheStart || _marked.Contains(expected.Name);
            if (!rows.Remove(expected.Name, out var row)) findings.Add($"feeds, {expected.Name}: the row is missing; the journal has the feed");
            else if (row != (isWhole ? expected : expected with { Sequence = row.Sequence }))
                findings.Add($"feeds, {expected.Name}: {row} instead of {expected}, which the journal gives");
        }
        if (!isFromTheStart) return;
        foreach (var unknown in rows.Keys) findings.Add($"feeds, {unknown}: the journal has no such feed");
    }
}
