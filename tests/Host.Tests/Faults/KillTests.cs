using System.Globalization;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// The real program under load, killed with <c>kill -9</c>: at random moments, within its start, and at the very call that writes a record, a commit
/// slot, a transaction or removes a file of the journal. Every answered signal must be there exactly once with every figure, by an oracle that shares
/// nothing with the engine, <c>verify</c> must agree, and each start must be quick. <c>STREAMRECORDER_KILL_ROUNDS</c> (default 3) and
/// <c>STREAMRECORDER_SEED</c> repeat a run or make it longer.
/// </summary>
public sealed class KillTests : IDisposable
{
    private const int Lanes = 4;

    /// <summary>Small files and a short age, so that a run of seconds truncates.</summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["StreamRecorder__JournalAge"] = "1",
        ["StreamRecorder__JournalSegmentBytes"] = "2097152",
    };

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Of any start after any kill, until it says that it is ready.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private readonly string _root = Directory.CreateTempSubdirectory("host-test-").FullName;
    private readonly int _seed = int.TryParse(Environment.GetEnvironmentVariable("STREAMRECORDER_SEED"), out var seed) ? seed : Environment.TickCount;
    private readonly Random _random;
    private readonly List<KillLane> _lanes = [];
    private KillLane? _sequentialLane;
    private string _lastHook = "";

    public KillTests()
    {
        _random = new Random(_seed);
        File.WriteAllText(
            Path.Combine(_root, "instruments.csv"),
            "root,exchange,name,tick_size,tick_value,currency,kind\nKKK,TEST,K,0.25,0.5,USD,spot\nKKT,TEST,K,0.25,0.5,USD,spot\n");
        TestContext.Current.SendDiagnosticMessage($"seed {_seed}");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Service_KilledAtRandomMoments_HasEveryAnsweredInputOnce()
    {
        var rounds =
            int.TryParse(
                Environment.GetEnvironmentVariable("STREAMRECORDER_KILL_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture,
                out var given) ? given : 3;
        for (var round = 0; round < rounds; round++)
        {
            await using var host = await StartAsync(Settings);
            using var client = await BeginAsync(host);
            var isStopped = false;
            var load = _lanes.ConvertAll(lane => Task.Run(() => lane.RunAsync(client, () => isStopped)));
            // Ticks have no ids: they are sent one request after the other, and the kill comes between two of them.
            for (var end = _lanes.Sum(lane => lane.AnsweredCount) + _random.Next(40, 400); _lanes.Sum(lane => lane.AnsweredCount) < end;)
                await TickAndSignalAsync(client);
            await host.KillAsync();
            isStopped = true;
            await Task.WhenAll(load);
            if (round % 2 == 0) await HostProcess.KillStartAsync(_root, Settings, TimeSpan.FromMilliseconds(_random.Next(100, 1500)));
        }
        await CheckAsync();
    }

    [Theory]
    [InlineData("pwrite64", "journal/segment.0", "journal/segment.1", "journal/segment.2")]
    [InlineData("pwrite64", "journal/commits")]
    [InlineData("pwrite64,fdatasync,fsync", "stream_recorder.db-wal", "stream_recorder.db")]
    public async Task Service_KilledAtAWrite_HasEveryAnsweredInputOnce(string calls, params string[] files)
    {
        for (var round = 0; round < 2; round++)
        {
            await using var host = await StartAsync(Settings);
            using var client = await BeginAsync(host);
            var load = _lanes.ConvertAll(lane => Task.Run(() => lane.RunAsync(client, () => false)));
            var end = _lanes.Sum(lane => lane.AnsweredCount) + _random.Next(60, 200);
            var isLoaded = await Poll.UntilAsync(() => Task.FromResult(_lanes.Sum(lane => lane.AnsweredCount) >= end), Limit);
            Assert.True(isLoaded, "nothing is answered any more");
            await KillAtAsync(host, calls, [.. files.Select(file => Path.Combine(_root, file))]);
            await Task.WhenAll(load);
        }
        await CheckAsync();
    }

    [Fact]
    public async Task Service_KilledAtATruncation_HasEveryAnsweredInputOnce()
    {
        string[] segments =
            [.. Enumerable.Range(0, 6).Select(n => Path.Combine(_root, "journal", string.Create(CultureInfo.InvariantCulture, $"segment.{n}")))];
        // For its size: a start would give up what is old at once, before anybody could be there.
        await using (var host = await StartAsync(new Dictionary<string, string>(Settings)
        {
            ["StreamRecorder__JournalAge"] = "86400",
            ["StreamRecorder__JournalBytes"] = "2097152",
        }))
        {
            using var client = await BeginAsync(host);
            var killed = KillAtAsync(host, "unlink", segments);
            await Task.WhenAll(_lanes.Select(lane => lane.RunAsync(client, () => killed.IsCompleted)));
            await killed;
        }
        Assert.True(File.Exists(segments[0]) || File.Exists(segments[1]), "the files were gone before they could be removed");
        await CheckAsync();
        Assert.False(File.Exists(segments[0]), "what a killed truncation left is removed by the next start");
    }

    /// <summary>Killed when everything is answered: the start that follows comes to the same sequence and the same state, by its hash.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Service_KilledWhenAllIsAnswered_ComesBackWithTheSameStateHash(bool keepsDatabase)
    {
        // A journal that was truncated cannot give back a database.
        var settings = keepsDatabase ? Settings : null;
        var before = new List<string>();
        var sequence = 0L;
        for (var life = 0; life < 3; life++)
        {
            await using var host = await StartAsync(settings);
            using var client = await BeginAsync(host);
            if (life > 0)
            {
                Assert.Contains(host.Lines, line => line.Contains($"Recovered sequence {sequence} ", StringComparison.Ordinal));
                AssertSame(before, await SaidState.LinesAsync(client));
            }
            for (var i = 0; i < 15; i++)
            {
                await TickAndSignalAsync(client);
                Assert.All(await Task.WhenAll(_lanes.Select(lane => lane.TryNextAsync(client))), Assert.True);
            }
            var last = (await client.PostAsync(_lastHook, """{"action":"buy","symbol":"KKT","price":100,"quantity":1}""")).Json;
            sequence = last.GetProperty("sequence").GetInt64();
            before = await SaidState.LinesAsync(client);
            await host.KillAsync();
            using (var journal = JournalInspection.Open(Path.Combine(_root, "journal"), TimeProvider.System))
                Assert.Equal(sequence, journal!.LastSequence);
            if (keepsDatabase) continue;
            foreach (var file in Directory.GetFiles(_root, "stream_recorder.db*")) File.Delete(file);
        }
        TestContext.Current.SendDiagnosticMessage($"sequence {sequence}, {before.Count} lines, {SaidState.HashOf(before)}");
        await CheckAsync();
    }

    private static void AssertSame(List<string> expected, List<string> actual)
    {
        foreach (var (left, right) in expected.Zip(actual)) Assert.Equal(left, right);
        Assert.Equal(SaidState.HashOf(expected), SaidState.HashOf(actual));
    }

    /// <summary>The process dies as it enters one of these calls.</summary>
    private static async Task KillAtAsync(HostProcess host, string calls, params string[] files)
    {
        await using var faults = await KernelFaults.AttachAsync(host.Id, calls, "signal=KILL", files);
        Assert.True(await host.HasEndedAsync(TimeSpan.FromSeconds(90)), "the call never came");
    }

    /// <summary>A start, which must be quick by the clock and by the service's own word.</summary>
    private async Task<HostProcess> StartAsync(IReadOnlyDictionary<string, string>? settings)
    {
        var started = TimeProvider.System.GetTimestamp();
        var host = await HostProcess.ServeAsync(_root, settings);
        try
        {
            var took = TimeProvider.System.GetElapsedTime(started);
            var recovery = new Scrape((await host.ManagementAsync("/metrics")).Text)["streamrecorder_recovery_seconds"];
            TestContext.Current.SendDiagnosticMessage($"ready after {took.TotalSeconds:0.00} s, recovery {recovery:0.000} s");
            Assert.True(took < StartLimit, $"ready only after {took}");
            Assert.InRange(recovery, 0, took.TotalSeconds);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    private async Task<HostClient> BeginAsync(HostProcess host)
    {
        var client = new HostClient(host, _root);
        if (_lanes.Count > 0) return client;
        for (var i = 0; i < Lanes; i++) _lanes.Add(new KillLane(await client.RecorderAsync($"lane{i}"), "KKK", _seed + i));
        _sequentialLane = new KillLane(await client.RecorderAsync("sequential"), "KKT", _seed);
        _lastHook = await client.RecorderAsync("last");
        return client;
    }

    private async Task TickAndSignalAsync(HostClient client)
    {
        var prices = Enumerable.Range(0, _random.Next(4) == 0 ? 50 : 2).Select(_ => 100 + _random.Next(-360, 360) * 0.25m).ToList();
        var lines = string.Join(
            '\n', prices.Select(price => string.Create(CultureInfo.InvariantCulture, $$"""{"symbol":"KKT","price":{{price}}}""")));
        var answer = await client.PostAsync("/ticks", lines);
        Assert.True(answer.Status == 200, answer.Text);
        foreach (var price in prices) _sequentialLane!.Book.Tick(price);
        if (_random.Next(2) == 0) Assert.True(await _sequentialLane!.TryNextAsync(client), _sequentialLane!.Refused);
    }

    private async Task CheckAsync()
    {
        await using (var host = await StartAsync(Settings))
        {
            using var client = await BeginAsync(host);
            // The one that nobody answered, again.
            foreach (var lane in _lanes) Assert.True(await lane.TryNextAsync(client), lane.Refused);
            for (var i = 0; i < Lanes; i++) _lanes[i].Book.AssertAre(await client.AllPositionsAsync($"lane{i}"));
            _sequentialLane!.Book.AssertAre(await client.AllPositionsAsync("sequential"));
            Assert.Equal(0, await host.StopAsync());
        }
        Assert.True(_lanes.Sum(lane => lane.AnsweredCount) > 100, "too few signals to show anything");
        var (code, text, errors) = await HostProcess.RunAsync("verify", "--data", _root);
        Assert.True(code == 0, text + errors);
    }
}
