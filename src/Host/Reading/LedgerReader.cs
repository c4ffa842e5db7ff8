using StreamRecorder.Engine;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Host.Start;
using StreamRecorder.Sink;

namespace StreamRecorder.Host.Reading;

/// <summary>One page of the ledger, newest first, and whether older ones follow.</summary>
public sealed record LedgerPage(IReadOnlyList<LedgerEntry> Entries, bool HasMore);

/// <summary>
/// The ledger as it is after every answer given: what the outbox still holds, then the database.
/// The outbox is asked first: what leaves it in between is then in the database. Any thread.
/// </summary>
public sealed class LedgerReader(RecorderIds recorderIds, Outbox outbox, LedgerQueries queries, AnsweredMarks marks)
{
    /// <param name="filter">Its recorder is not looked at.</param>
    /// <param name="recorder">A recorder's name or id; null: any.</param>
    public async Task<LedgerPage> ListAsync(LedgerFilter filter, string? recorder)
    {
        var pending = outbox.PendingEntries();
        var found = new Dictionary<long, LedgerEntry>();
        foreach (var id in await recorderIds.OfAsync(recorder).ConfigureAwait(false))
        {
            var wanted = filter with { RecorderId = id, Limit = filter.Limit + 1 };
            foreach (var entry in queries.Entries(wanted)) found[entry.Id] = entry;
            foreach (var entry in pending.Where(wanted.Fits)) found.TryAdd(entry.Id, entry);
        }
        var page = found.Values.OrderByDescending(e => e.Id).Take(filter.Limit).Select(e => Complete(e, pending)).ToList();
        return new LedgerPage(page, found.Count > page.Count);
    }

    public LedgerEntry? Find(long id)
    {
        var pending = outbox.PendingEntries();
        return (queries.Entry(id) ?? pending.FirstOrDefault(e => e.Id == id)) is { } entry ? Complete(entry, pending) : null;
    }

    /// <summary>With what is known by now and not in its row yet.</summary>
    private LedgerEntry Complete(LedgerEntry entry, IReadOnlyList<LedgerEntry> pending) => entry with
    {
        AnsweredAt = entry.AnsweredAt ?? marks.TimeOf(entry.Id),
        RetriedAs = entry.RetriedAs ?? pending.FirstOrDefault(e => e.RetryOf == entry.Id)?.Id,
    };
}
