using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using StreamRecorder.Host.Start;

namespace StreamRecorder.Host.Cli;

/// <summary>What a verb asked for was refused; its one sentence says why.</summary>
public sealed class VerbException(string message) : Exception(message);

/// <summary>
/// A verb's way to the API of the service on a directory: over HTTP while one runs, else inside this process for as long as the verb takes. Whoever
/// holds the directory's lock decides which, so a service.json that a kill left behind misleads nobody, and the key is sent to nobody else.
/// </summary>
internal sealed class ServiceLink : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _client;
    private readonly PublicSite? _site;
    private readonly Composition? _pipe;

    private ServiceLink(HttpClient client, PublicSite? site = null, Composition? pipe = null)
    {
        _client = client;
        _site = site;
        _pipe = pipe;
    }

    public static async Task<ServiceLink> OpenAsync(string data)
    {
        // A service that is just starting or stopping holds the lock without answering.
        for (var waited = TimeSpan.Zero; ; waited += Step)
        {
            try
            {
                return await OpenHereAsync(DataDirectory.Open(data), data).ConfigureAwait(false);
            }
            catch (DirectoryLockedException locked)
            {
                if (ServiceFile.Read(Path.GetFullPath(data)) is { Urls.Count: > 0 } file && await AnswersAsync(file).ConfigureAwait(false))
                    return Over(new HttpClient(), Reachable(file.Urls[0]), data);
                if (waited >= Patience) throw new VerbException($"The service does not answer. {locked.Message}");
            }
            await Task.Delay(Step).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Sends a request and returns the answer's JSON (a default element when it has none). Refusals become <see cref="VerbException"/>.
    /// </summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, IReadOnlyDictionary<string, string>? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var answer = await SendAsync(request).ConfigureAwait(false);
        var text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        var json = text.Length > 0 ? JsonElement.Parse(text) : default;
        if (answer.IsSuccessStatusCode) return json;
        var hasDetail = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("detail", out _);
        throw new VerbException(hasDetail ? json.GetProperty("detail").GetString()! : $"The service answered {(int)answer.StatusCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_site is not null) await _site.DisposeAsync().ConfigureAwait(false);
        if (_pipe is not null && await _pipe.StopAsync().ConfigureAwait(false) is { } late)
            throw new VerbException($"{late} did not end in time; what was done is in the journal.");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        try
        {
            return await _client.SendAsync(request).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new VerbException($"The service cannot be reached at {_client.BaseAddress}: {e.Message}");
        }
    }

    private static async Task<ServiceLink> OpenHereAsync(DataDirectory directory, string data)
    {
        var options =
            Configuration.Read([], new Dictionary<string, string?> { [Options.Section + ":DataDirectory"] = data }) with { SnapshotRows = 0 };
        var pipe = await Composition.StartAsync(options, directory, TimeProvider.System, NullLoggerFactory.Instance).ConfigureAwait(false);
        var server = new InProcessServer();
        var site = new PublicSite(pipe, options, TimeProvider.System, NullLoggerFactory.Instance, server);
        await site.App.StartAsync().ConfigureAwait(false);
        return Over(new HttpClient(server.Handler), new Uri("http://localhost/"), data, site, pipe);
    }

    private static ServiceLink Over(HttpClient client, Uri address, string data, PublicSite? site = null, Composition? pipe = null)
    {
        var key = AdminKey.Read(Path.GetFullPath(data)) ?? throw new VerbException("admin.key cannot be read.");
        client.BaseAddress = address;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return new ServiceLink(client, site, pipe);
    }

    /// <summary>A service that listens on every address is reached by the loopback one.</summary>
    private static Uri Reachable(string url) =>
        new(url.Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//[::]:", "//[::1]:", StringComparison.Ordinal));

    private static async Task<bool> AnswersAsync(ServiceFile file)
    {
        if (file.ManagementUrls.Count == 0) return false;
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri(Reachable(file.ManagementUrls[0]), "/readyz")).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
