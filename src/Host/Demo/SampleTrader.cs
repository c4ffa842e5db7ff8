using System.Text.Json;
using System.Threading.Channels;
using StreamRecorder.Engine.Messages;

namespace StreamRecorder.Host.Demo;

/// <summary>
/// One strategy with its recorder: alerts go out one after the other, as from one chart, and each
/// answer is told with the figures that the service has then. Its task ends when no more alerts come.
/// </summary>
internal sealed class SampleTrader
{
    private readonly Channel<string> _alerts = Channel.CreateBounded<string>(DemoLimits.AlertsWaiting);
    private readonly DemoClient _client;
    private readonly DemoScreen _screen;
    private readonly string _webhookPath;
    private readonly Task _sending;

    public SampleTrader(SampleStrategy strategy, string webhookPath, DemoClient client, DemoScreen screen)
    {
        Strategy = strategy;
        _webhookPath = webhookPath;
        _client = client;
        _screen = screen;
        _sending = Task.Run(SendAllAsync);
    }

    public SampleStrategy Strategy { get; }

    public int AlertsSent { get; private set; }

    public int PositionsClosed { get; private set; }

    /// <summary>Takes an alert to be sent.</summary>
    public void Send(string body)
    {
        if (!_alerts.Writer.TryWrite(body)) throw new DemoException($"{DemoLimits.AlertsWaiting} alerts wait for their answers");
    }

    /// <summary>Ends when the alerts that wait are sent.</summary>
    public Task EndAsync()
    {
        _alerts.Writer.TryComplete();
        return _sending;
    }

    private async Task SendAllAsync()
    {
        await foreach (var body in _alerts.Reader.ReadAllAsync().ConfigureAwait(false)) await SendAsync(body).ConfigureAwait(false);
    }

    private async Task SendAsync(string body)
    {
        try
        {
            var answer = await _client.SendAlertAsync(_webhookPath, body, CancellationToken.None).ConfigureAwait(false);
            AlertsSent++;
            await TellAsync(answer).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or JsonException)
        {
            _screen.Unused(Strategy.Name, "unsent", fault.Message);
        }
    }

    private async Task TellAsync(JsonElement answer)
    {
        if (!answer.TryGetProperty("effect", out var effect))
        {
            var isIgnored = answer.TryGetProperty("reason", out var reason);
            _screen.Unused(
                Strategy.Name, isIgnored ? "ignored" : "refused", isIgnored ? reason.GetString()! : answer.GetProperty("detail").GetString()!);
            return;
        }
        var word = effect.GetString()!;
        if (IdOf(answer, "closed_position_id") is { } closedId)
        {
            PositionsClosed++;
            await TellAsync("closed", closedId).ConfigureAwait(false);
        }
        if (word != "closed" && IdOf(answer, "position_id") is { } id) await TellAsync(word, id).ConfigureAwait(false);
    }

    private async Task TellAsync(string effect, long id) =>
        _screen.Changed(
            Strategy.Name, effect,
            await _client.GetAsync(FormattableString.Invariant($"/api/positions/{id}"), CancellationToken.None).ConfigureAwait(false));

    private static long? IdOf(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var id) && id.ValueKind == JsonValueKind.Number ? id.GetInt64() : null;
}
