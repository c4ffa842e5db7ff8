using System.Globalization;
using System.Text;
using StreamRecorder.Ingest.Webhooks;
using StreamRecorder.Payloads;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

/// <summary>
/// Mutated bodies of the shared list against a real server and engine: whatever comes is answered as the contract has it, in time, and what is
/// refused leaves the hash of the state as it was. <c>STREAMRECORDER_FUZZ_BODIES</c> makes the run longer, <c>STREAMRECORDER_FUZZ_SEED</c> another
/// one.
/// </summary>
[CollectionDefinition(nameof(WebhookFuzzTests), DisableParallelization = true)]
[Collection(nameof(WebhookFuzzTests))]
public sealed class WebhookFuzzTests(ITestOutputHelper output)
{
    /// <summary>Between two hashes, and more of them in a long run, which remembers more that a hash must go over.</summary>
    private const int BatchSizeMin = 500;
    private const int BatchesMax = 250;
    private const int Senders = 16;

    /// <summary>
    /// The bodies taken are remembered for a minute: half a MiB of ten thousand, and of a million not much more. The memory is the whole
    /// process's: hence no other test runs meanwhile.
    /// </summary>
    private const long GrowthMax = 8 << 20;

    /// <summary>Webhooks are answered within 2.5 s; the rest is for a machine with other work.</summary>
    private static readonly TimeSpan HangsAfter = TimeSpan.FromSeconds(10);

    private static readonly int Rounds = Setting("STREAMRECORDER_FUZZ_BODIES", 10_000);
    private static readonly int Seed = Setting("STREAMRECORDER_FUZZ_SEED", 20251204);

    private static readonly byte[][] Pieces =
    [.. new[] { "{", "}", "[", "]", "\"", ":", ",", ";", "=", "|", "\n", "{{", "}}", "\\u0000", "\\ud800", "null", "1e999", "-", "0", "%",
            "\uFEFF", "é" }
            .Select(Encoding.UTF8.GetBytes),
    ];

    private readonly WebhookParser _parser = new(Table.Symbols());
    private readonly SortedDictionary<int, int> _statuses = [];
    private int _sent;
    private int _hashes;

    [Fact]
    public async Task Body_Mutated_IsAnsweredAndARefusedOneChangesNothing()
    {
        await using var service = await StartAsync();
        var bodies = PayloadFile.AllBytes.ToArray();
        var random = new Random(Seed);
        var (understood, refusedByEngine, sent, half) = (0, 0, 0, 0L);
        var batchSize = Math.Max(BatchSizeMin, Rounds / BatchesMax);
        while (sent < Rounds)
        {
            var batch = Enumerable.Range(0, Math.Min(batchSize, Rounds - sent))
                .Select(_ => Mutate(bodies[random.Next(bodies.Length)], random)).ToLookup(IsSignal);
            Assert.Equal(batch[false].Count(), await RefuseAsync(service, [.. batch[false]]));
            // What only the engine refuses comes once more, without those that it takes.
            var refused = await SendAsync(service, [.. batch[true]]);
            refusedByEngine += await RefuseAsync(service, refused);
            understood += batch[true].Count();
            sent += batch[false].Count() + batch[true].Count();
            if (half == 0 && sent >= Rounds / 2) half = GC.GetTotalMemory(forceFullCollection: true);
        }
        var growth = GC.GetTotalMemory(forceFullCollection: true) - half;
        output.WriteLine(
            $"seed {Seed}: {sent} bodies, {understood} understood, {_hashes} hashes compared, the last {await service.HashAsync()}; " +
            $"answers {string.Join(", ", _statuses.Select(s => $"{s.Key}: {s.Value}"))}; memory {growth / 1024} KiB more at the end than half-way");
        Assert.InRange(growth, long.MinValue, GrowthMax);
        Assert.All(_statuses.Keys, status => Assert.Contains(status, (int[])[200, 400, 413, 422]));
        Assert.Equal(_sent, _statuses.Values.Sum());
        // A fuzzer that only ever hits the first check proves nothing, nor does one that never opens a position or never asks the engine.
        Assert.InRange(understood, Rounds / 50, Rounds / 2);
        Assert.InRange(refusedByEngine, Rounds / 500, Rounds);
        Assert.NotEmpty(service.OpenIds);
    }

    [Fact]
    public async Task Body_ThatIsTakenAmongRefusedOnes_IsSeen()
    {
        // A comparison proves nothing until it has caught a planted fault.
        await using var service = await StartAsync();
        byte[] taken = [.. """{"action":"buy","symbol":"MNQ1!","price":25600,"quantity":1}"""u8];
        var before = await service.HashAsync();
        Assert.Empty(await SendAsync(service, [taken]));
        Assert.NotEqual(before, await service.HashAsync());
    }

    private static async Task<Service> StartAsync()
    {
        var service = await Service.StartAsync(settings: new WebhookSettings { SignalsPerSecond = int.MaxValue });
        service.Drain();
        return service;
    }

    private bool IsSignal(byte[] body)
    {
        var isSignal = _parser.TryParse(body, Table.Arrival, null, out var signal, out var refusal);
        Assert.True(
            isSignal ? signal is not null && refusal is null : signal is null && refusal!.Detail.Length > 0,
            $"seed {Seed}: {Encoding.UTF8.GetString(body)}");
        return isSignal;
    }

    /// <summary>
    /// Sends bodies until none of those that are left is taken: then the state must be what it was before they came. Returns how many are left.
    /// </summary>
    private async Task<int> RefuseAsync(Service service, List<byte[]> bodies)
    {
        for (var left = bodies; ;)
        {
            var before = await service.HashAsync();
            var refused = await SendAsync(service, left);
            if (refused.Count == left.Count)
            {
                var isSame = before == await service.HashAsync();
                Assert.True(isSame, $"seed {Seed}, {_sent} bodies sent: one of the last {left.Count}, all refused, changed the state");
                _hashes++;
                return left.Count;
            }
            left = refused;
        }
    }

    /// <summary>Those refused. A request that hangs ends with its time limit, and the test with it.</summary>
    private async Task<List<byte[]>> SendAsync(Service service, List<byte[]> bodies)
    {
        var refused = new List<byte[]>();
        _sent += bodies.Count;
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (body, cancel) =>
        {
            using var content = new ByteArrayContent(body);
            using var response = await service.Client.PostAsync("/webhook/" + service.Token, content, cancel).WaitAsync(HangsAfter, cancel);
            lock (refused)
            {
                _statuses[(int)response.StatusCode] = _statuses.GetValueOrDefault((int)response.StatusCode) + 1;
                if (!response.IsSuccessStatusCode) refused.Add(body);
            }
        });
        return refused;
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
