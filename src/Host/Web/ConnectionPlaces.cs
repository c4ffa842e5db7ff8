using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace StreamRecorder.Host.Web;

/// <summary>
/// The connections of a listener, and their bound. When all places are taken, those that have been idle the longest are closed: TradingView
/// opens a connection an alert and does not send again what was turned away, so strangers who open thousands and say nothing must not keep the
/// places. Any thread.
/// </summary>
internal sealed class ConnectionPlaces(int max, TimeProvider time, ILogger<ConnectionPlaces> log)
{
    private readonly ConcurrentDictionary<Place, byte> _places = new();
    private readonly Lock _making = new();
    private int _count;
    private int _waiting;
    private long _madeStamp;
    private long _toldStamp;

    /// <summary>Around a connection's whole life.</summary>
    public ConnectionDelegate Hold(ConnectionDelegate next) => async connection =>
    {
        // Whoever does not get in is turned away: the server ends what returns.
        if (!TryEnter() && !await WaitAsync().ConfigureAwait(false)) return;
        var place = new Place(connection, time.GetTimestamp());
        try
        {
            connection.Features.Set(place);
            _places.TryAdd(place, 0);
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _places.TryRemove(place, out _);
            Interlocked.Decrement(ref _count);
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

    private bool TryEnter()
    {
        var count = Interlocked.Increment(ref _count);
        if (count <= max) return true;
        Interlocked.Decrement(ref _count);
        MakeRoom();
        return false;
    }

    /// <summary>The closed ones are gone in a moment, and all that is idle may be closed in a second.</summary>
    private async ValueTask<bool> WaitAsync()
    {
        var started = time.GetTimestamp();
        try
        {
            if (Interlocked.Increment(ref _waiting) > max / HostLimits.ConnectionsShare) return false;
            while (time.GetElapsedTime(started) < HostLimits.PlaceWait)
            {
                await Task.Delay(HostLimits.PlaceStep, time).ConfigureAwait(false);
                if (TryEnter()) return true;
            }
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>More than one at once, so that the next thousand need not look through all again.</summary>
    private void MakeRoom()
    {
        if (!_making.TryEnter()) return;
        try
        {
            if (_madeStamp != 0 && time.GetElapsedTime(_madeStamp) < HostLimits.MakeRoomInterval) return;
            _madeStamp = time.GetTimestamp();
            var idle = _places.Keys.Select(place => (Place: place, Since: place.IdleSince))
                .Where(p => p.Place.IsIdle && time.GetElapsedTime(p.Since) >= HostLimits.IdleSpared)
                .OrderBy(p => p.Since).Take(max / HostLimits.ConnectionsShare);
            var closed = idle.ToList().Count(p => p.Place.TryClose());
            if (closed > 0) Tell(closed);
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
        log.LogWarning("All of {Max} connections are open: {Count} that were idle the longest are closed for others", max, count);
    }

    private sealed class Place(ConnectionContext connection, long idleSince)
    {
        /// <summary>Far below 0, whatever requests begin and end afterwards.</summary>
        private const int Closed = int.MinValue / 2;

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

        /// <summary>Not under a request that has begun meanwhile.</summary>
        public bool TryClose()
        {
            if (Interlocked.CompareExchange(ref _requests, Closed, 0) != 0) return false;
            connection.Abort(new ConnectionAbortedException("It was idle, and its place is needed."));
            return true;
        }
    }
}
