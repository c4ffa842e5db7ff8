using System.Diagnostics;
using System.Text.Json;
using StreamRecorder.Load.Processes;
using StreamRecorder.Load.Reporting;
using StreamRecorder.Sink;

namespace StreamRecorder.Load.Ledger;

/// <summary>
/// Pages of a ledger of ten million rows over the API of the real program: each kind of question apart, all in turn, and right after a start.
/// </summary>
public sealed class LedgerPages : Scenario
{
    private const int Rows = 10_000_000;
    private const int Recorders = 1000;
    private const int RecordersMin = 10;
    private const int QuestionsMin = 10;
    private const int Questions = 500;
    private const int Checked = 5;
    private const double MedianMax = 3;
    private const double P99Max = 10;
    private const int Seed = 20261125;

    private static readonly LedgerKind[] Kinds = Enum.GetValues<LedgerKind>();

    private Server? _server;

    public override string Name => "ledger";

    public override string Rival => "the same statements prepared once, read in the process that asks";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var history = new LedgerHistory(bench.Size.Of(Rows), Math.Max(RecordersMin, bench.Size.Of(Recorders)));
        var directory = await LedgerFile.PrepareAsync(bench, history).ConfigureAwait(false);
        var questions = Math.Max(QuestionsMin, bench.Size.Of(Questions));
        var random = new Random(Seed);
        using var rival = new PreparedPages(LedgerFile.DatabaseIn(directory), history);
        _server = await LedgerFile.StartAsync(directory).ConfigureAwait(false);
        try
        {
            var wrong = await WrongPagesAsync(history, random).ConfigureAwait(false);
            var rows = await bench.AlternateAsync(
            [
                .. Kinds.Select(kind => new Contender(LedgerQuestion.Text(kind), () => AskAsync(Draw(history, random, questions, kind)))),
                new Contender("all of these in turn", () => AskAsync(Draw(history, random, questions, Kinds))),
                new Contender("right after a start", () => AskAfterStartAsync(directory, Draw(history, random, questions, Kinds))),
                new Contender("prepared statements, all in turn", () => Task.FromResult(Ask(rival, Draw(history, random, questions, Kinds)))),
            ]).ConfigureAwait(false);
            return new Result(Name, Rival, "pages/s", rows,
            [
                .. Findings(history.Count, rows.Take(Kinds.Length + 1)),
                Finding.None("pages that are not the rows written", wrong) with { IsPromise = true },
            ]);
        }
        finally
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static IEnumerable<Finding> Findings(int count, IEnumerable<Row> warm) =>
    [
        Finding.AtMost($"ms, median of the slowest kind of {count} rows", warm.Max(r => r.Latency!.P50) / 1000, MedianMax),
        Finding.AtMost($"ms, p99 of the slowest kind of {count} rows", warm.Max(r => r.Latency!.P99) / 1000, P99Max),
    ];

    private static List<LedgerFilter> Draw(LedgerHistory history, Random random, int count, params LedgerKind[] kinds) =>
        [.. Enumerable.Range(0, count).Select(i => LedgerQuestion.Draw(kinds[i % kinds.Length], history, random))];

    /// <summary>Compares some pages of each kind with the rows that were written, found by looking at all of them.</summary>
    private async Task<int> WrongPagesAsync(LedgerHistory history, Random random)
    {
        var wrong = 0;
        foreach (var filter in Draw(history, random, Kinds.Length * Checked, Kinds))
        {
            using var page = JsonDocument.Parse(await _server!.Client.GetByteArrayAsync(LedgerQuestion.Path(filter)).ConfigureAwait(false));
            var ids = page.RootElement.GetProperty("signals").EnumerateArray().Select(s => s.GetProperty("id").GetInt64());
            if (!ids.SequenceEqual(history.Page(filter))) wrong++;
        }
        return wrong;
    }

    /// <summary>Ends the server and starts it again: its own caches are empty and nothing is compiled. The others find it warm.</summary>
    private async Task<Sample> AskAfterStartAsync(string directory, List<LedgerFilter> filters)
    {
        await _server!.DisposeAsync().ConfigureAwait(false);
        _server = await LedgerFile.StartAsync(directory).ConfigureAwait(false);
        var sample = await AskAsync(filters).ConfigureAwait(false);
        await AskAsync(filters).ConfigureAwait(false);
        return sample;
    }

    private async Task<Sample> AskAsync(List<LedgerFilter> filters)
    {
        var (latencies, bytes, started) = (new Latencies(), 0L, Stopwatch.GetTimestamp());
        foreach (var filter in filters)
        {
            var asked = Stopwatch.GetTimestamp();
            bytes += (await _server!.Client.GetByteArrayAsync(LedgerQuestion.Path(filter)).ConfigureAwait(false)).Length;
            latencies.Add((long)Stopwatch.GetElapsedTime(asked).TotalNanoseconds);
        }
        return SampleOf(filters.Count, started, latencies, "KiB a page", bytes / 1024.0);
    }

    private static Sample Ask(PreparedPages rival, List<LedgerFilter> filters)
    {
        var (latencies, rows, started) = (new Latencies(), 0L, Stopwatch.GetTimestamp());
        foreach (var filter in filters)
        {
            var asked = Stopwatch.GetTimestamp();
            rows += rival.Read(filter);
            latencies.Add((long)Stopwatch.GetElapsedTime(asked).TotalNanoseconds);
        }
        return SampleOf(filters.Count, started, latencies, "rows a page", rows);
    }

    private static Sample SampleOf(int count, long started, Latencies latencies, string note, double total) =>
        new(count / Stopwatch.GetElapsedTime(started).TotalSeconds, latencies.Summary())
        {
            Notes = new Dictionary<string, double> { [note] = total / count },
        };
}
