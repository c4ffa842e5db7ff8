using System.Globalization;
using StreamRecorder.Engine;
using StreamRecorder.Sink;

namespace StreamRecorder.Host.Reading;

/// <summary>Which recorders a caller means by a name or an id. Any thread.</summary>
public sealed class RecorderIds(EngineLoop loop, Outbox outbox, Queries queries, TimeProvider time)
{
    /// <summary>One null: any. A name may also have belonged to recorders that were deleted; an id may be one of those.</summary>
    public async Task<IReadOnlyList<long?>> OfAsync(string? text)
    {
        if (text is null) return [null];
        var live = loop.Directory.FindByNameOrId(text);
        if (live is not null && live.Name != text) return [live.Id];
        if (live is null) await CatchUpAsync().ConfigureAwait(false);
        List<long?> ids = [live?.Id, .. queries.DeletedRecorderIds(text).Select(id => (long?)id)];
        ids.RemoveAll(id => id is null);
        if (ids.Count == 0 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var deleted)) ids.Add(deleted);
        return ids;
    }

    /// <summary>
    /// Lets the database learn of a recorder that was deleted a moment ago; gives up quietly, for then the name is merely not found yet.
    /// </summary>
    private async Task CatchUpAsync()
    {
        var started = time.GetTimestamp();
        while (outbox.PendingCount > 0 && time.GetElapsedTime(started) < HostLimits.CatchUpTimeout)
            await Task.Delay(HostLimits.CatchUpStep, time).ConfigureAwait(false);
    }
}
