using System.Globalization;
using System.Text;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Ingest.Webhooks;
using StreamRecorder.Payloads;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

/// <summary>
/// Mutated bodies of the shared list against a real server and engine: whatever comes is answered as the contract has it, in time, and what is refused changes
/// no position. <c>STREAMRECORDER_FUZZ_BODIES</c> makes the run longer, <c>STREAMRECORDER_FUZZ_SEED</c> another one.
/// </summary>
public sealed class WebhookFuzzTests(ITestOutputHelper output)
{
    private const int BatchSize = 500;
    private const int Senders = 16;

    /// <summary>Bodies are remembered for a minute, which comes to tens of MiB; what is lost would be more with every body.</summary>
    private const long GrowthMax = 96 << 20;

    private static readonly int Rounds = Setting("STREAMRECORDER_FUZZ_BODIES", 10_000);
    private static readonly int Seed = Setting("STREAMRECORDER_FUZZ_SEED", 20251204);

    private static readonly byte[][] Pieces =
    [
        .. new[] { "{", "}", "[", "]", "\"", ":", ",", ";", "=", "|", "\n", "{{", "}}", "\\u0000", "\\ud800", "null", "1e999", "-", "0", "%", "\uFEFF", "é" }
            .Select(Encoding.UTF8.GetBytes),
    ];

    private readonly WebhookParser _parser = new(Table.Symbols());
    private readonly SortedDictionary<int, int> _statuses = [];

    [Fact]
    public async Task Body_Mutated_IsAnsweredAndARefusedOneChangesNothing()
    {
        await using var service = await Service.StartAsync(settings: new WebhookSettings { SignalsPerSecond = int.MaxValue });
        service.Drain();
        var bodies = PayloadFile.AllBytes.ToArray();
        var random = new Random(Seed);
        var (understood, sent, half) = (0, 0, 0L);
        while (sent < Rounds)
        {
            var batch = Enumerable.Range(0, Math.Min(BatchSize, Rounds - sent)).Select(_ => Mutate(bodies[random.Next(bodies.Length)], random)).ToLookup(IsSignal);
            var before = await PositionsAsync(service);
            await SendAsync(service, batch[false]);
            Assert.True(before == await PositionsAsync(service), $"seed {Seed}, bodies {sent} on: a refused one changed a position");
            await SendAsync(service, batch[true]);
            understood += batch[true].Count();
            sent += batch[false].Count() + batch[true].Count();
            if (half == 0 && sent >= Rounds / 2) half = GC.GetTotalMemory(forceFullCollection: true);
        }
        var growth = GC.GetTotalMemory(forceFullCollection: true) - half;
        output.WriteLine($"seed {Seed}: {sent} bodies, {understood} understood; answers {string.Join(", ", _statuses.Select(s => $"{s.Key}: {s.Value}"))}; memory {growth / 1024} KiB more at the end than half-way");
        Assert.InRange(growth, long.MinValue, GrowthMax);
        Assert.All(_statuses.Keys, status => Assert.Contains(status, (int[])[200, 400, 413, 422]));
        Assert.Equal(sent, _statuses.Values.Sum());
        // A fuzzer that only ever hits the first check proves nothing, nor does one that never opens a position.
        Assert.InRange(understood, Rounds / 50, Rounds / 2);
        Assert.NotEqual("", await PositionsAsync(service));
    }

    private bool IsSignal(byte[] body)
    {
        var isSignal = _parser.TryParse(body, Table.Arrival, null, out var signal, out var refusal);
        Assert.True(isSignal ? signal is not null && refusal is null : signal is null && refusal!.Detail.Length > 0, $"seed {Seed}: {Encoding.UTF8.GetString(body)}");
        return isSignal;
    }

    /// <summary>A request that hangs ends with the client's time limit, and the test with it.</summary>
    private async Task SendAsync(Service service, IEnumerable<byte[]> bodies) =>
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (body, cancel) =>
        {
            using var content = new ByteArrayContent(body);
            using var response = await service.Client.PostAsync("/webhook/" + service.Token, content, cancel);
            lock (_statuses) _statuses[(int)response.StatusCode] = _statuses.GetValueOrDefault((int)response.StatusCode) + 1;
        });

    /// <summary>All figures of all open positions.</summary>
    private static async Task<string> PositionsAsync(Service service)
    {
        var query = new OpenPositionsQuery(new OpenFilter { Limit = int.MaxValue });
        Assert.Null(service.Inbox.Offer(query));
        return string.Join('\n', await query.Result);
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static byte[] Mutate(byte[] body, Random random)
    {
        var bytes = body.ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(4))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                default:
                    var from = random.Next(bytes.Count + 1);
                    bytes.InsertRange(at, bytes.GetRange(from, Math.Min(random.Next(20), bytes.Count - from)));
                    break;
            }
        }
        return [.. bytes];
    }
}
