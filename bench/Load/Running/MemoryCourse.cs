using StreamRecorder.Load.Processes;

namespace StreamRecorder.Load.Running;

/// <summary>A server's resident memory over a stretch of time, looked at sixty times: every ten seconds of ten minutes.</summary>
internal sealed class MemoryCourse : IDisposable
{
    private const int Looks = 60;

    private readonly List<long> _bytes = [];
    private readonly Timer _timer;

    public MemoryCourse(Server server, TimeSpan time)
    {
        _timer = new Timer(_ => Look(server), null, time / Looks, time / Looks);
    }

    /// <summary>The mean of the last third, of the middle third's: 1 is flat. The first third may still fill what is bounded.</summary>
    public double Growth
    {
        get
        {
            lock (_bytes)
            {
                var third = _bytes.Count / 3;
                return third == 0 ? 1 : _bytes[^third..].Average() / _bytes.Skip(_bytes.Count - 2 * third).Take(third).Average();
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look(Server server)
    {
        lock (_bytes) _bytes.Add(server.ResidentBytes);
    }
}
