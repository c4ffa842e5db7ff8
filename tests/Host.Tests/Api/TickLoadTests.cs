using System.Text;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Api;

public sealed class TickLoadTests
{
    private const int Lines = 1_000_000;

    [Fact]
    public async Task Ticks_AMillionLinesInOneRequest_AllCountForEveryOpenPosition()
    {
        await using var service = await TestService.StartAsync();
        for (var i = 0; i < 20; i++) await service.FillAsync(await service.RecorderAsync("r" + i), "buy", 25000);
        var body = new StringBuilder(Lines * 36);
        // One line alone is the lowest: none may be left out.
        for (var i = 0; i < Lines; i++) body.Append("{\"symbol\":\"MNQ1!\",\"price\":").Append(i == 777_777 ? 24000 : 25000 + i % 40).Append("}\n");
        var answer = await service.SendAsync("POST", "/ticks", body.ToString(), type: "application/x-ndjson");
        Assert.Equal("""{"accepted":1000000,"late":0,"rejected":0,"errors":[]}""", answer.Text);
        var positions = await service.PositionsAsync("status=open");
        Assert.Equal(20, positions.Count);
        Assert.All(positions,
            p => Assert.Equal((Lines, -2000), (p.GetProperty("tick_count").GetInt32(), p.GetProperty("worst_unrealized_pnl").GetInt32())));
    }
}
