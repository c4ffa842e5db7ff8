using System.Globalization;
using StreamRecorder.Engine.Numbers;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

/// <summary>
/// Alerts as TradingView writes them, through server, parser and engine: whatever is lost, sent twice or swapped
/// on the way, the position is where the newest alert that arrived says, by its own <c>timenow</c>.
/// </summary>
public sealed class WebhookTargetTests
{
    private const int Runs = 12;

    private readonly record struct Alert(int Before, int After, long Second)
    {
        public string Body(bool isStamped = true)
        {
            var time = DateTime.UnixEpoch.AddSeconds(Table.Arrival / Timestamp.Second + Second);
            var stamp = isStamped ? time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : "";
            return $$$"""
                {"ticker":"MNQ1!","action":"{{{(After > Before ? "buy" : "sell")}}}","contracts":"{{{Math.Abs(After - Before)}}}","price":"25600.25",
                "market_position":"{{{SideOf(After)}}}","market_position_size":"{{{Math.Abs(After)}}}","prev_market_position":"{{{SideOf(Before)}}}",
                "prev_market_position_size":"{{{Math.Abs(Before)}}}","order_id":"the same","timenow":"{{{stamp}}}"}
                """;
        }

        private static string SideOf(int position) => position switch { > 0 => "long", < 0 => "short", _ => "flat" };
    }

    [Fact]
    public async Task Alerts_DroppedDoubledAndSwapped_EndWhereTheNewestSays() => Assert.Equal(Runs, await RightEndsAsync(isStamped: true));

    /// <summary>The run above can fail: without their times the same alerts end elsewhere.</summary>
    [Fact]
    public async Task Alerts_DroppedDoubledAndSwappedWithoutTheirTimes_EndElsewhere() =>
        Assert.InRange(await RightEndsAsync(isStamped: false), 0, Runs - 1);

    [Theory]
    [InlineData(3, 1, 0)]
    [InlineData(3, 2, 1)]
    [InlineData(-3, -2, 0)]
    public async Task Reductions_OfOneSecondReversed_OpenNothing(int held, int first, int second)
    {
        await using var service = await Service.StartAsync();
        foreach (var alert in (Alert[])[new(0, held, 0), new(first, second, 5)]) Assert.Equal("accepted", await SendAsync(service, alert.Body()));
        Assert.Equal("ignored", await SendAsync(service, new Alert(held, first, 5).Body()));
        Assert.Equal(second * Fixed9.One, await service.HeldAsync("MNQ1!"));
    }

    /// <summary>How many of the runs end where they should.</summary>
    private static async Task<int> RightEndsAsync(bool isStamped)
    {
        await using var service = await Service.StartAsync();
        var (right, second) = (0, 0L);
        for (var seed = 0; seed < Runs; seed++)
        {
            var arrived = Disturbed(Strategy(new Random(seed), ref second), new Random(seed));
            foreach (var alert in arrived) Assert.Contains(await SendAsync(service, alert.Body(isStamped)), (string[])["accepted", "ignored"]);
            if (await service.HeldAsync("MNQ1!") == arrived.MaxBy(a => a.Second).After * Fixed9.One) right++;
        }
        return right;
    }

    private static List<Alert> Strategy(Random random, ref long second)
    {
        var sent = new List<Alert>();
        for (var held = 0; sent.Count < 20;)
        {
            var target = random.Next(-3, 4);
            if (target == held) continue;
            second += 1 + random.Next(3);
            sent.Add(new Alert(held, target, second));
            held = target;
        }
        return sent;
    }

    private static List<Alert> Disturbed(List<Alert> sent, Random random)
    {
        var arrived = sent.SelectMany(alert => Enumerable.Repeat(alert, random.Next(4) switch { 0 => 0, 1 => 2, _ => 1 })).ToList();
        for (var i = 1; i < arrived.Count; i++)
            if (arrived[i].Second != arrived[i - 1].Second && random.Next(2) == 0) (arrived[i - 1], arrived[i]) = (arrived[i], arrived[i - 1]);
        return arrived;
    }

    private static async Task<string?> SendAsync(Service service, string body)
    {
        var answer = await service.SignalAsync(body);
        Assert.True(answer.Status == 200, answer.Json.ToString());
        return answer["status"];
    }
}
