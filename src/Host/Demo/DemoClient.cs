using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Host.Demo;

/// <summary>The demo's only way to the service: the same HTTP that everybody uses, with the key of the data directory.</summary>
internal sealed class DemoClient : IDisposable
{
    private readonly HttpClient _http;

    public DemoClient(string url, string key)
    {
        _http = new HttpClient { BaseAddress = new Uri(url), Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Makes a recorder; its webhook path is the answer.</summary>
    public async Task<string> AddRecorderAsync(string name, OnOpposite onOpposite, CancellationToken cancel)
    {
        using var body = Json($$"""{"name":"{{name}}","on_opposite":"{{Words.Of(onOpposite)}}"}""");
        using var answer = await _http.PostAsync(new Uri("/api/recorders", UriKind.Relative), body, cancel).ConfigureAwait(false);
        var recorder = await ReadAsync(answer, cancel).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode) throw new DemoException($"the recorder {name} was refused: {recorder}");
        return recorder.GetProperty("webhook_path").GetString()!;
    }

    /// <summary>Posts an alert as TradingView does: no key but the token in the path.</summary>
    public async Task<JsonElement> SendAlertAsync(string webhookPath, string body, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(DemoLimits.AlertTimeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, webhookPath) { Content = new StringContent(body, Encoding.UTF8, "text/plain") };
        using var answer = await _http.SendAsync(request, limit.Token).ConfigureAwait(false);
        return await ReadAsync(answer, limit.Token).ConfigureAwait(false);
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancel)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), cancel).ConfigureAwait(false);
        return await ReadAsync(answer, cancel).ConfigureAwait(false);
    }

    /// <summary>Opens a stream of ticks; its answer comes when it is ended.</summary>
    public TickStream OpenTicks() => new(content => _http.PostAsync(new Uri("/ticks", UriKind.Relative), content));

    public void Dispose() => _http.Dispose();

    internal static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var text = await answer.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}

/// <summary>The demo cannot go on; the message is the one line that says why.</summary>
internal sealed class DemoException(string message) : Exception(message);
