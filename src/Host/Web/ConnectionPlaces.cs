using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace StreamRecorder.Host.Web;

/// <summary>
/// The connections of a listener, and their bound. When nearly all places are taken, those that have been idle the longest are closed: TradingView
/// opens a connection an alert and does not send again what was turned away, so strangers who open thousands and say nothing must not keep the
/// places. Any thread.
/// </summary>
internal sealed class ConnectionPlaces(int max, TimeProvider time, ILogger<ConnectionPlaces> log)
{
    private readonly ConcurrentDictionary<Place, byte> _places = new();
    private readonly Lock _making = new();
    private int _count;
    private long _madeStamp;
    private long _toldStamp;

    /// <summary>Around a connection's whole life.</summary>
    public ConnectionDelegate Hold(ConnectionDelegate next) => async connection =>
    {
        var place = new Place(connection, time.GetTimestamp());
        connection.Features.Set(place);
        _places.TryAdd(place, 0);
        try
        {
            if (Interlocked.Increment(ref _count) > max - max / HostLimits.ConnectionsSpared) MakeRoom();
            // Whoever ends here is turned away.
            if (Volatile.Read(ref _count) <= max) await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
            _places.TryRemove(place, out _);
        }
    };

    /// <summary>Around a request: its connection is not idle.</summary>
    public RequestDelegate Use(RequestDelegate next) => async context =>
    {
        var place = context.Features.Get<Place>();
        place?.Begin();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            place?.End(time.GetTimestamp());
        }
    };

    /// <summary>Twice as many as are spared, so that the next thousand need not look through all again.</summary>
    private void MakeRoom()
    {
        if (!_making.TryEnter()) return;
        try
        {
            if (_madeStamp != 0 && time.GetElapsedTime(_madeStamp) < HostLimits.MakeRoomInterval) return;
            _madeStamp = time.GetTimestamp();
            var idle = _places.Keys.Where(place => place.IsIdle && time.GetElapsedTime(place.IdleSince) >= HostLimits.IdleSpared)
                .OrderBy(place => place.IdleSince).Take(Volatile.Read(ref _count) - max + 2 * max / HostLimits.ConnectionsSpared).ToList();
            foreach (var place in idle) place.Close();
            if (idle.Count > 0) Tell(idle.Count);
        }
        finally
        {
            _making.Exit();
        }
    }

    private void Tell(int count)
    {
        if (_toldStamp != 0 && time.GetElapsedTime(_toldStamp) < HostLimits.MakeRoomTold) return;
        _toldStamp = time.GetTimestamp();
        log.LogWarning("Nearly all of {Max} connections are open: {Count} that were idle the longest are closed for others", max, count);
    }

    private sealed class Place(ConnectionContext connection, long idleSince)
    {
        private int _requests;
        private long _idleSince = idleSince;

        public bool IsIdle => Volatile.Read(ref _requests) == 0;

        public long IdleSince => Volatile.Read(ref _idleSince);

        public void Begin() => Interlocked.Increment(ref _requests);

        public void End(long stamp)
        {
            Volatile.Write(ref _idleSince, stamp);
            Interlocked.Decrement(ref _requests);
        }

        public void Close() => connection.Abort(new ConnectionAbortedException("It was idle, and its place is needed."));
    }
}
