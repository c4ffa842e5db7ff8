using System.Net;
using Microsoft.Extensions.Primitives;
using StreamRecorder.Ingest.Webhooks;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

public sealed class WebhookSourcesTests
{
    private const string Buy = """{"action":"buy","symbol":"MNQ1!","price":25600.25,"quantity":1}""";

    private static readonly WebhookSources BehindProxies =
        new(WebhookSources.TradingView, [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("::1/128")]);

    [Theory]
    [InlineData("52.89.214.238", null, true)]
    [InlineData("::ffff:52.89.214.238", null, true)]
    [InlineData("52.89.214.239", null, false)]
    [InlineData("10.1.2.3", null, false)]
    [InlineData("10.1.2.3", "52.32.178.7", true)]
    [InlineData("::1", "52.32.178.7", true)]
    [InlineData("10.1.2.3", "52.32.178.7:4711", true)]
    [InlineData("10.1.2.3", "52.32.178.7, 10.9.9.9", true)]
    [InlineData("10.1.2.3", "8.8.8.8", false)]
    [InlineData("8.8.8.8", "52.32.178.7", false)]
    [InlineData("10.1.2.3", "52.32.178.7, 8.8.8.8", false)]
    [InlineData("10.1.2.3", "52.32.178.7, unknown", false)]
    [InlineData("10.1.2.3", "", false)]
    public void Allow_RemoteAndForwarded_OnlyConfiguredProxiesAreBelieved(string remote, string? forwarded, bool isAllowed) =>
        Assert.Equal(isAllowed, BehindProxies.Allow(IPAddress.Parse(remote), forwarded is null ? StringValues.Empty : new StringValues(forwarded)));

    [Fact]
    public void Allow_SeveralHeaders_AreReadAsOne() =>
        Assert.False(BehindProxies.Allow(IPAddress.Parse("10.1.2.3"), new StringValues(["52.32.178.7", "8.8.8.8"])));

    [Fact]
    public void Allow_NoRemote_IsRefused() => Assert.False(BehindProxies.Allow(null, "52.32.178.7"));

    [Fact]
    public async Task Signal_FromElsewhere_Is403WhateverItsToken()
    {
        await using var service =
            await Service.StartAsync(settings: new WebhookSettings { Sources = new WebhookSources(WebhookSources.TradingView, []) });
        var (valid, unknown) = (await service.SignalAsync(Buy), await service.SignalAsync(Buy, "nope"));
        Assert.Equal((403, "source_refused"), (valid.Status, valid["reason"]));
        Assert.Equal(valid.Json.ToString(), unknown.Json.ToString());
        Assert.Equal(2, service.Metrics.Count("source_refused"));
    }

    [Fact]
    public async Task Signal_FromAListedAddress_IsTaken()
    {
        await using var service =
            await Service.StartAsync(settings: new WebhookSettings { Sources = new WebhookSources([IPNetwork.Parse("127.0.0.0/8")], []) });
        Assert.Equal(200, (await service.SignalAsync(Buy)).Status);
    }
}
