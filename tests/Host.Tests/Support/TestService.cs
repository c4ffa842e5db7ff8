using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using StreamRecorder.Host.Start;

namespace StreamRecorder.Host.Tests.Support;

/// <summary>An answer: its status and its body as it was sent.</summary>
public sealed record Answer(HttpStatusCode Code, string Text, HttpResponseMessage Message)
{
    public int Status => (int)Code;

    public JsonElement Json => JsonElement.Parse(Text);

    public string Detail => Json.GetProperty("detail").GetString()!;
}

/// <summary>The whole service in this process, on ports that the system chose and a directory of its own.</summary>
public sealed class TestService : IAsyncDisposable
{
    private readonly bool _ownsDirectory;
    private readonly HttpClient _client = new();
    private readonly ILoggerFactory _logs;
    private Service _service;
    private bool _isStopped;

    private TestService(Options options, Service service, ILoggerFactory logs, LogLines lines, bool ownsDirectory)
    {
        Options = options;
        _service = service;
        _logs = logs;
        Log = lines;
        _ownsDirectory = ownsDirectory;
        AdminKey = File.ReadAllText(DataDirectory.AdminKeyIn(options.DataDirectory)).Trim();
    }

    public Options Options { get; }

    public LogLines Log { get; }

    public string AdminKey { get; }

    public IReadOnlyList<RouteEndpoint> Routes => _service.Routes;

    public string Directory => Options.DataDirectory;

    public Uri Url => new(_service.Urls[0]);

    public Uri ManagementUrl => new(_service.ManagementUrls[0]);

    public static Task<TestService> StartAsync(Func<Options, Options>? change = null, Action<string>? prepare = null)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("host-test-").FullName;
        prepare?.Invoke(directory);
        return StartInAsync(directory, change, ownsDirectory: true);
    }

    public static async Task<TestService> StartInAsync(string directory, Func<Options, Options>? change = null, bool ownsDirectory = false)
    {
        var options = OptionsFor(directory);
        options = change?.Invoke(options) ?? options;
        var lines = new LogLines();
        var logs = LoggerFactory.Create(
            builder => builder.AddProvider(lines).SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning));
        return new TestService(options, await Service.StartAsync(options, TimeProvider.System, logs), logs, lines, ownsDirectory);
    }

    public static Options OptionsFor(string directory) =>
        new() { DataDirectory = directory, Urls = ["http://127.0.0.1:0"], ManagementUrls = ["http://127.0.0.1:0"] };

    public async Task RestartAsync()
    {
        Assert.Null(await _service.StopAsync());
        _service = await Service.StartAsync(Options, TimeProvider.System, _logs);
    }

    /// <summary>Sends a request with the admin key unless another is given; an empty key sends none.</summary>
    public async Task<Answer> SendAsync(
        string method, string path, string? body = null, string? key = null, string? type = "application/json", Uri? site = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(site ?? Url, path));
        if (key != "") request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? AdminKey);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (type is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }
        var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer);
    }

    public Task<Answer> GetAsync(string path) => SendAsync("GET", path);

    /// <summary>Makes a recorder and returns its webhook path.</summary>
    public async Task<string> RecorderAsync(string name, string more = "")
    {
        var answer = await SendAsync("POST", "/api/recorders", $$"""{"name":"{{name}}"{{more}}}""");
        Assert.Equal(201, answer.Status);
        return answer.Json.GetProperty("webhook_path").GetString()!;
    }

    public Task<Answer> HookAsync(string path, string body) => SendAsync("POST", path, body, key: "");

    /// <summary>A buy or sell that must be accepted.</summary>
    public async Task<Answer> FillAsync(string path, string action, decimal price, int quantity = 1, string symbol = "MNQ1!")
    {
        var body = string.Create(
            CultureInfo.InvariantCulture, $$"""{"action":"{{action}}","symbol":"{{symbol}}","price":{{price}},"quantity":{{quantity}}}""");
        var answer = await HookAsync(path, body);
        Assert.True(answer.Status == 200, answer.Text);
        return answer;
    }

    public async Task TickAsync(decimal price, string symbol = "MNQ1!")
    {
        var answer =
            await SendAsync(
                "POST", "/ticks", string.Create(CultureInfo.InvariantCulture, $$"""{"symbol":"{{symbol}}","price":{{price}}}"""),
                type: "application/x-ndjson");
        Assert.True(answer.Status == 200 && answer.Json.GetProperty("accepted").GetInt32() == 1, answer.Text);
    }

    public async Task<IReadOnlyList<JsonElement>> PositionsAsync(string query = "status=all&limit=500")
    {
        var answer = await GetAsync("/api/positions?" + query);
        Assert.True(answer.Status == 200, answer.Text);
        return [.. answer.Json.GetProperty("positions").EnumerateArray()];
    }

    public async Task StopAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        Assert.Null(await _service.StopAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _logs.Dispose();
        if (_ownsDirectory) System.IO.Directory.Delete(Directory, recursive: true);
    }
}
