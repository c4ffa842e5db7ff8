using System.Text.Json;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// The real program where processor time is scarce: timers come late and threads stand
/// still, yet nothing is lost, refused without cause, marked or stopped.
/// </summary>
public sealed class StarvationTests : IDisposable
{
    private static readonly TimeSpan Starved = TimeSpan.FromSeconds(4);

    private readonly string _root = Directory.CreateTempSubdirectory("host-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Service_StarvedOfProcessorTime_AnswersAllOnceAndMarksNothing()
    {
        await using (var host = await HostProcess.ServeAsync(_root))
        {
            using var client = new HostClient(host, _root);
            var trades = new TradeLedger(await client.RecorderAsync("trades"));
            List<KillLane> lanes = [];
            for (var i = 0; i < 4; i++) lanes.Add(new KillLane(await client.RecorderAsync($"lane{i}"), "MNQZ2030", i));
            var (answered, refused) = (0, 0);
            using (Burners.Start())
            {
                var started = TimeProvider.System.GetTimestamp();
                var isOver = false;
                var load = lanes.ConvertAll(lane => Task.Run(async () =>
                {
                    while (!Volatile.Read(ref isOver)) Count(await lane.TryNextAsync(client));
                }));
                while (TimeProvider.System.GetElapsedTime(started) < Starved || answered < 50) Count(await trades.TryTradeAsync(client));
                Volatile.Write(ref isOver, true);
                await Task.WhenAll(load);
            }
            // A commit that takes longer than 2.5 s may be answered 503 here and there; a flood of them has another cause.
            Assert.True(refused * 10 <= answered, $"{refused} of {refused + answered} refused");
            foreach (var lane in lanes) Assert.True(await lane.TryNextAsync(client), lane.Refused);
            await trades.TradeAsync(client, 1);

            trades.AssertAre(await client.AllPositionsAsync("trades"));
            for (var i = 0; i < lanes.Count; i++) lanes[i].Book.AssertAre(await client.AllPositionsAsync($"lane{i}"));
            AssertUnmarked(await client.AllPositionsAsync("trades"));
            for (var i = 0; i < lanes.Count; i++) AssertUnmarked(await client.AllPositionsAsync($"lane{i}"));
            var metrics = new Scrape((await host.ManagementAsync("/metrics")).Text);
            Assert.Equal(0, metrics.Of("streamrecorder_ticks_late_total").Sum(sample => sample.Value));
            Assert.Equal(0, await host.StopAsync());
            Assert.Equal("", await host.ErrorsAsync());

            void Count(bool isAnswered)
            {
                if (isAnswered) Interlocked.Increment(ref answered);
                else Interlocked.Increment(ref refused);
            }
        }
        var (code, text, errors) = await HostProcess.RunAsync("verify", "--data", _root);
        Assert.True(code == 0, text + errors);
    }

    /// <summary>No gap and no flag: every price and every feed was there.</summary>
    private static void AssertUnmarked(List<JsonElement> positions) => Assert.All(positions, position =>
    {
        Assert.Equal(0, position.GetProperty("gap_seconds").GetDecimal());
        Assert.Equal("[]", position.GetProperty("flags").GetRawText());
    });
}
