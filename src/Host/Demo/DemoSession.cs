using System.Globalization;
using System.Text.Json;
using StreamRecorder.Host.Start;

namespace StreamRecorder.Host.Demo;

/// <summary>
/// A running service with the simulated market and the sample strategies at its
/// doors. Plays until told to stop; what is under way then ends in good order.
/// </summary>
internal sealed class DemoSession(Service service, string directory, DemoClient client, DemoScreen screen)
{
    private readonly List<SampleTrader> _traders = [];

    /// <summary>Plays until <paramref name="cancel"/>; then what is under way ends, and the sums are told.</summary>
    public async Task RunAsync(ulong seed, CancellationToken cancel)
    {
        foreach (var strategy in (SampleStrategy[])[new DcaScalper(), new SwingReversal(), new PineTarget()])
        {
            var path = await client.AddRecorderAsync(strategy.Name, strategy.OnOpposite, cancel).ConfigureAwait(false);
            _traders.Add(new SampleTrader(strategy, path, client, screen));
        }
        Introduce();
        using var stream = client.OpenTicks();
        var market = new DemoMarket(seed, stream, _traders, TimeProvider.System);
        try
        {
            await market.RunAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The wanted end.
        }
        await Task.WhenAll(_traders.Select(trader => trader.EndAsync()))
            .WaitAsync(DemoLimits.EndTimeout, CancellationToken.None).ConfigureAwait(false);
        Sum(market, await stream.EndAsync().ConfigureAwait(false));
    }

    private void Introduce()
    {
        var url = service.Urls[0];
        var curl = $"curl -H \"Authorization: Bearer $(cat {DataDirectory.AdminKeyIn(directory)})\"";
        screen.Say($"StreamRecorder demo. Everything is simulated; the data is in {directory}");
        screen.Say("");
        screen.Say($"  positions  {curl} '{url}/api/positions?status=all&limit=5'");
        screen.Say($"  history    {curl} '{url}/api/dashboard/trade-history?limit=5'");
        screen.Say(
            $"  your own   {curl} -H 'Content-Type: application/json' -d '{{\"name\":\"mine\"}}' {url}/api/recorders   (the answer shows its webhook)");
        screen.Say($"  health     curl {service.ManagementUrls[0]}/healthz");
        screen.Say("");
        foreach (var trader in _traders) screen.Say($"  {trader.Strategy.Name,-12} {trader.Strategy.Summary}");
        screen.Say("");
    }

    private void Sum(DemoMarket market, JsonElement answer)
    {
        screen.Say("");
        var accepted = answer.GetProperty("accepted").GetInt64();
        var (alerts, closed) = (_traders.Sum(trader => trader.AlertsSent), _traders.Sum(trader => trader.PositionsClosed));
        screen.Say(string.Create(
            CultureInfo.InvariantCulture, $"{market.TicksSent} ticks sent, {accepted} accepted; {alerts} alerts, {closed} positions closed"));
    }
}
