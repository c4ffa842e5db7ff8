using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// Gives up messages whose answer does not come in time: one timer for all that wait, which looks at them now and then, and none while nobody waits.
/// A message takes a place while it waits and leaves nothing behind. Any thread; places lie in several rows, so that threads seldom meet at one lock.
/// </summary>
internal sealed class Deadlines : IDisposable
{
    private const int RowCount = 8;

    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly Func<SignalAnswer> _tooLate;
    private readonly ITimer _timer;
    private readonly Row[] _rows = new Row[RowCount];
    private int _isArmed;

    /// <param name="limit">From arrival to giving up; up to <see cref="IngestLimits.DeadlineInterval"/> of it are given away, never exceeded.</param>
    /// <param name="tooLate">What a message that is given up is answered with.</param>
    public Deadlines(TimeProvider time, TimeSpan limit, Func<SignalAnswer> tooLate)
    {
        _time = time;
        _limit = limit - IngestLimits.DeadlineInterval;
        _tooLate = tooLate;
        for (var i = 0; i < RowCount; i++) _rows[i] = new Row();
        _timer = time.CreateTimer(static deadlines => ((Deadlines)deadlines!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <param name="arrivedAt">Timestamp of its arrival.</param>
    public Place Enter(BodyMessage message, long arrivedAt)
    {
        var row = _rows[Environment.CurrentManagedThreadId % RowCount];
        var place = new Place(row, row.Enter(new Waiting(message, arrivedAt)));
        Arm();
        return place;
    }

    public void Dispose() => _timer.Dispose();

    private void Arm()
    {
        if (Volatile.Read(ref _isArmed) == 0 && Interlocked.Exchange(ref _isArmed, 1) == 0)
            _timer.Change(IngestLimits.DeadlineInterval, Timeout.InfiniteTimeSpan);
    }

    private void Look()
    {
        var late = new List<BodyMessage>();
        var waiting = 0;
        foreach (var row in _rows) waiting += row.CollectLate(late, _time, _limit);
        // Completed outside the locks: what was waiting goes on there.
        foreach (var message in late) message.TryAbandon(_tooLate());
        Volatile.Write(ref _isArmed, 0);
        // One that came meanwhile found the timer armed and relies on it.
        if (waiting > 0 || _rows.Any(row => row.IsTaken)) Arm();
    }

    /// <summary>A message's place; <see cref="Leave"/> it once.</summary>
    internal readonly struct Place(Row row, int index)
    {
        public void Leave() => row.Leave(index);
    }

    internal readonly record struct Waiting(BodyMessage? Message, long ArrivedAt);

    internal sealed class Row
    {
        private readonly Lock _lock = new();
        private readonly List<Waiting> _places = [];
        private readonly Stack<int> _free = new();

        public bool IsTaken
        {
            get
            {
                lock (_lock) return _free.Count < _places.Count;
            }
        }

        public int Enter(Waiting waiting)
        {
            lock (_lock)
            {
                if (!_free.TryPop(out var index))
                {
                    index = _places.Count;
                    _places.Add(default);
                }
                _places[index] = waiting;
                return index;
            }
        }

        public void Leave(int index)
        {
            lock (_lock)
            {
                _places[index] = default;
                _free.Push(index);
            }
        }

        /// <summary>Adds those whose time is over; returns how many others wait.</summary>
        public int CollectLate(List<BodyMessage> late, TimeProvider time, TimeSpan limit)
        {
            lock (_lock)
            {
                var others = 0;
                foreach (var (message, arrivedAt) in _places)
                {
                    if (message is null) continue;
                    if (time.GetElapsedTime(arrivedAt) >= limit) late.Add(message);
                    else others++;
                }
                return others;
            }
        }
    }
}
