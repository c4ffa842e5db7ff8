using System.Text;
using System.Text.Json;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Grafana.Tests.Faults;

/// <summary>Senders of one service whose disk is slow: each sends its next signal when the last one is answered, whatever the answer.</summary>
internal sealed class Senders : IAsyncDisposable
{
    private const int Count = 3;

    private readonly HttpClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _hook;
    private Task _running = Task.CompletedTask;

    private Senders(HttpClient client, Uri hook) => (_client, _hook) = (client, hook);

    /// <summary>Makes a recorder; sends nothing yet.</summary>
    public static async Task<Senders> MakeAsync(HostProcess service, string directory)
    {
        var client = new HttpClient { BaseAddress = service.Url };
        var key = await File.ReadAllTextAsync(Path.Combine(directory, "admin.key"), TestContext.Current.CancellationToken);
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.Trim());
        using var body = new StringContent("""{"name":"a"}""", Encoding.UTF8, "application/json");
        using var made = await client.PostAsync(new Uri("/api/recorders", UriKind.Relative), body, TestContext.Current.CancellationToken);
        var answer = JsonElement.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return new Senders(client, new Uri(answer.GetProperty("webhook_path").GetString()!, UriKind.Relative));
    }

    public void Start() => _running = Task.WhenAll(Enumerable.Range(0, Count).Select(_ => Task.Run(SendAsync)));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var body = new StringContent("""{"action":"buy","symbol":"MNQ1!","price":1}""", Encoding.UTF8, "application/json");
                using var answer = await _client.PostAsync(_hook, body, _stop.Token);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                return;
            }
        }
    }
}
