using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace StreamRecorder.Load.Processes;

/// <summary>The real program, <c>serve</c> as people run it, on free ports of the loopback and a directory of its own.</summary>
public sealed class Server : IAsyncDisposable
{
    private static readonly TimeSpan SettleStep = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(60);

    private readonly Child _child;

    private Server(Child child, Uri url, Uri managementUrl, string key)
    {
        _child = child;
        (Url, ManagementUrl, Key) = (url, managementUrl, key);
        Client = new HttpClient { BaseAddress = url };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public static string Program => Path.Combine(AppContext.BaseDirectory, "StreamRecorder.Host.dll");

    public Uri Url { get; }

    public Uri ManagementUrl { get; }

    /// <summary>The admin key.</summary>
    public string Key { get; }

    /// <summary>With the admin key.</summary>
    public HttpClient Client { get; }

    public long ResidentBytes => _child.ResidentBytes;

    public TimeSpan ProcessorTime => _child.ProcessorTime;

    /// <param name="settings">As on the command line, without the prefix: <c>HardRate=1000000</c>.</param>
    public static async Task<Server> StartAsync(string directory, params IReadOnlyList<string> settings)
    {
        string[] serve = ["serve", "--data", directory, "--urls", "http://127.0.0.1:0", "--management-urls", "http://127.0.0.1:0"];
        var child = Child.Start(Program, [.. serve, .. settings.Select(s => "--StreamRecorder:" + s)]);
        await child.LineAsync(line => line.Contains("Ready:", StringComparison.Ordinal)).ConfigureAwait(false);
        child.Ignore();
        using var service = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(directory, "service.json")).ConfigureAwait(false));
        var key = (await File.ReadAllTextAsync(Path.Combine(directory, "admin.key")).ConfigureAwait(false)).Trim();
        return new Server(child, AddressOf("urls"), AddressOf("management_urls"), key);

        Uri AddressOf(string list) => new(service.RootElement.GetProperty(list)[0].GetString()!);
    }

    /// <summary>Makes so many recorders; their tokens.</summary>
    public async Task<string[]> AddRecordersAsync(int count)
    {
        var tokens = new string[count];
        for (var i = 0; i < count; i++)
        {
            using var answer = await Client.PostAsJsonAsync("/api/recorders", new { name = $"strategy-{i}" }).ConfigureAwait(false);
            answer.EnsureSuccessStatusCode();
            tokens[i] = (await answer.Content.ReadFromJsonAsync<JsonElement>().ConfigureAwait(false)).GetProperty("token").GetString()!;
        }
        return tokens;
    }

    /// <summary>Waits until it has written what it still had to: another's turn is not to pay for it.</summary>
    public async Task SettleAsync()
    {
        for (var waited = TimeSpan.Zero; waited < SettleLimit; waited += SettleStep)
        {
            var before = _child.ProcessorTime;
            await Task.Delay(SettleStep).ConfigureAwait(false);
            if (_child.ProcessorTime - before < SettleStep / 10) return;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _child.DisposeAsync().ConfigureAwait(false);
    }
}
