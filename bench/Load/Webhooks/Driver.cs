using System.Diagnostics;
using System.Net;
using StreamRecorder.Load.Processes;

namespace StreamRecorder.Load.Webhooks;

/// <summary>
/// Sends alerts over its connections as the phases say and tallies the answers. Answers come
/// on the sockets' thread, alerts fall due on the caller's; one lock for what both touch.
/// </summary>
internal sealed class Driver : IDisposable
{
    private static readonly long Slot = Stopwatch.Frequency / 1000;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);

    /// <summary>A sender whose alert was not taken by then has given up: TradingView waits 3 s.</summary>
    private static readonly long Patience = 3 * Stopwatch.Frequency;

    private readonly Lock _gate = new();
    /// <summary>Each in its turn: a server closes connections on which nothing comes for minutes.</summary>
    private readonly Queue<Connection> _idle = new();
    private readonly Queue<Due> _backlog = new();
    private readonly Connection[] _connections;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly long _startedMilliseconds = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    private Tally? _endless;
    private long _endlessUntil;

    public Driver(IPEndPoint server, IReadOnlyList<string> tokens)
    {
        var idBase = Environment.ProcessId % 9000L * 1_000_000_000_000;
        _connections =
            [.. tokens.Select((token, i) => new Connection(server, new Strategy(token, i, idBase), this))];
        foreach (var connection in _connections) _idle.Enqueue(connection);
    }

    /// <summary>Unix milliseconds, for the alerts' own time.</summary>
    public long Now => _startedMilliseconds + (Stopwatch.GetTimestamp() - _startedAt) / Slot;

    public IReadOnlyList<PhaseResult> Run(IReadOnlyList<Phase> phases)
    {
        var tallies = phases.Select(phase => new Tally(phase.Seconds)).ToList();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < phases.Count; i++)
        {
            var end = start + (long)(phases[i].Seconds * Stopwatch.Frequency);
            if (phases[i].Rate > 0) RunOpen(tallies[i], start, end, phases[i].Rate);
            else RunClosed(tallies[i], end);
            start = end;
        }
        Drain();
        lock (_gate) return [.. tallies.Select(t => t.Result())];
    }

    /// <summary>An answer has come: what is due on this connection next, or null, and it is idle.</summary>
    public Due? Answered(Connection connection, int status)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            connection.Asked.Phase.Answered(status, (long)((now - connection.Asked.At) * (1e9 / Stopwatch.Frequency)));
            return NextFor(connection, now);
        }
    }

    /// <summary>The connection ended under a request; it is idle.</summary>
    public void Broke(Connection connection)
    {
        lock (_gate)
        {
            connection.Asked.Phase.Broke();
            _idle.Enqueue(connection);
        }
    }

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
    }

    private Due? NextFor(Connection connection, long now)
    {
        while (_backlog.TryDequeue(out var due))
            if (now - due.At < Patience) return due;
        if (_endless is { } phase && now < _endlessUntil)
        {
            phase.Due();
            return new Due(now, phase);
        }
        _idle.Enqueue(connection);
        return null;
    }

    private void RunClosed(Tally phase, long end)
    {
        lock (_gate) (_endless, _endlessUntil) = (phase, end);
        while (TakeIdle(phase, Stopwatch.GetTimestamp()) is { } connection) connection.Ask(new Due(Stopwatch.GetTimestamp(), phase));
        Pause.Until(end);
        lock (_gate) _endless = null;
    }

    private void RunOpen(Tally phase, long start, long end, double rate)
    {
        long issued = 0;
        for (var slot = start; slot < end; slot += Slot)
        {
            Pause.Until(slot);
            for (var until = (long)((slot + Slot - start) * rate / Stopwatch.Frequency); issued < until; issued++)
                TakeIdle(phase, slot)?.Ask(new Due(slot, phase));
        }
    }

    /// <summary>A connection for what is due; null: none is free, and in an open phase it waits its turn.</summary>
    private Connection? TakeIdle(Tally phase, long due)
    {
        lock (_gate)
        {
            var isFree = _idle.TryDequeue(out var connection);
            if (isFree || _endless is null) phase.Due();
            if (!isFree && _endless is null) _backlog.Enqueue(new Due(due, phase));
            return connection;
        }
    }

    /// <summary>Waits for what is under way and still waits to be sent, as long as anybody would.</summary>
    private void Drain()
    {
        var end = Stopwatch.GetTimestamp() + (long)(DrainLimit.TotalSeconds * Stopwatch.Frequency);
        while (!IsIdle() && Stopwatch.GetTimestamp() < end) Thread.Sleep(1);
        lock (_gate) _backlog.Clear();
    }

    private bool IsIdle()
    {
        lock (_gate) return _idle.Count == _connections.Length;
    }
}
