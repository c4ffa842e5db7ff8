using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Metrics;

/// <summary>Where metrics go, and where not.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Metrics_SwitchedOff_AreNotThereAndTheServiceWorks()
    {
        await using var service = await TestService.StartAsync(o => o with { MetricsEnabled = false });
        await service.FillAsync(await service.RecorderAsync("mine"), "buy", 1);
        Assert.Equal(404, (await service.SendAsync("GET", "/metrics", site: service.ManagementUrl)).Status);
    }

    [Fact]
    public async Task Metrics_PublicAddress_HasThemNot()
    {
        await using var service = await TestService.StartAsync();
        Assert.Equal(404, (await service.GetAsync("/metrics")).Status);
    }

    [Fact]
    public async Task Metrics_TwoServicesInOneProcess_ShowEachItsOwn()
    {
        await using var one = await TestService.StartAsync();
        await using var two = await TestService.StartAsync();
        await one.FillAsync(await one.RecorderAsync("mine"), "buy", 1);
        Assert.Equal(1, (await Scrape.TakeAsync(one))["streamrecorder_webhook_requests_total", "outcome=\"accepted\""]);
        Assert.Equal(0, (await Scrape.TakeAsync(two))["streamrecorder_webhook_requests_total", "outcome=\"accepted\""]);
    }

    [Fact]
    public async Task Otlp_EndpointGiven_GetsTheLastFiguresWhenTheServiceStops()
    {
        var pushed = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = Receiver(pushed);
        await receiver.StartAsync(TestContext.Current.CancellationToken);
        await using (var service = await TestService.StartAsync(o => o with { OtlpEndpoint = receiver.Urls.First() + "/v1/metrics" }))
            await service.FillAsync(await service.RecorderAsync("a-recorder-to-be-found"), "buy", 1);
        var text = Encoding.Latin1.GetString(await pushed.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Contains("streamrecorder.webhook.ack", text, StringComparison.Ordinal);
        Assert.Contains("a-recorder-to-be-found", text, StringComparison.Ordinal);
    }

    private static WebApplication Receiver(TaskCompletionSource<byte[]> pushed)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = builder.Build();
        receiver.MapPost("/v1/metrics", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            pushed.TrySetResult(body.ToArray());
        });
        return receiver;
    }
}
