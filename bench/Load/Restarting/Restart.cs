using StreamRecorder.Load.Reporting;

namespace StreamRecorder.Load.Restarting;

/// <summary>
/// A start with many open positions and a day's journal, the database as far behind as it can be after
/// a kill: its whole outbox. Beside it, reading the journal's bytes from warm files, and applying the
/// same inputs in memory; both are only parts of what a start without a database would have to do.
/// </summary>
public sealed class Restart : Scenario
{
    private const double Reach = 1.5;
    private const double GibibytesMax = 1;
    private const int Positions = 1_000_000;
    private const long Inputs = 10_000_000;
    private const int BufferBytes = 1 << 20;

    public override string Name => "restart";

    public override string Rival => "applying the same inputs in memory, and reading the journal from warm files";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var positions = bench.Size.Of(Positions);
        var directory = bench.NewDirectory("restart");
        var count = await PrepareAsync(bench, directory, positions, (long)(Inputs * bench.Size.Scale)).ConfigureAwait(false);
        var rows = await bench.AlternateAsync(
            new Contender("restart", () => ArriveAsync(count, positions, new StartUp(directory, positions))),
            new Contender(
                "read the journal warm",
                () => Task.FromResult(new Sample(count / Service.Timed(() => Read(Service.JournalIn(directory))).TotalSeconds))),
            new Contender("apply in memory", () => ArriveAsync(count, positions, new ApplyAll(positions, count)))).ConfigureAwait(false);
        return new Result(Name, Rival, "inputs/s", rows,
        [
            Finding.AtMost("time of a restart, of the slower rival's", Math.Min(rows[1].Rate, rows[2].Rate) / rows[0].Rate, Reach),
            Finding.AtMost($"GiB resident after it with {positions} open positions", rows[0].Notes["MiB resident"] / 1024, GibibytesMax),
        ]);
    }

    /// <summary>A journal of all inputs, and a database that lacks the last of them; returns how many there are.</summary>
    private static async Task<long> PrepareAsync(Bench bench, string directory, int positions, long wanted)
    {
        long count;
        using (var service = new Service(directory, positions))
        {
            var inputs = new Inputs(service.State.Symbols, positions, wanted);
            count = inputs.Count;
            bench.Say($"journalling {count} inputs");
            service.Append(inputs, count - Math.Min(Service.OutboxCapacity - 1, count / 10));
        }
        bench.Say("rebuilding the database from the journal");
        using (var service = new Service(directory, positions)) await service.RecoverAndWriteAsync().ConfigureAwait(false);
        using (var service = new Service(directory, positions))
        {
            service.Recover();
            service.Append(new Inputs(service.State.Symbols, positions, wanted), count);
        }
        return count;
    }

    private static async Task<Sample> ArriveAsync(long count, int positions, Processes.Role role)
    {
        var arrival = await Arrival.OfChildAsync(role).ConfigureAwait(false);
        if (arrival.Sequence != count || arrival.Open != positions)
            throw new InvalidOperationException(
                $"{arrival.Open} positions are open as of sequence {arrival.Sequence}; there should be {positions} as of {count}.");
        return new Sample(count / arrival.Seconds)
        {
            Notes = new Dictionary<string, double> { ["seconds"] = arrival.Seconds, ["MiB resident"] = arrival.ResidentBytes / (1024.0 * 1024) },
        };
    }

    private static void Read(string directory)
    {
        var buffer = new byte[BufferBytes];
        foreach (var path in Directory.EnumerateFiles(directory, "segment.*"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            while (file.Read(buffer) > 0)
            {
            }
        }
    }
}
