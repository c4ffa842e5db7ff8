using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using StreamRecorder.Host.Start;

namespace StreamRecorder.Host.Tests.Support;

/// <summary>Talks to a service that runs as a process of its own, as its owner: with the admin key of its directory.</summary>
public sealed class HostClient : IDisposable
{
    private readonly HttpClient _client;

    public HostClient(HostProcess host, string directory)
    {
        _client = new HttpClient { BaseAddress = host.Url };
        var key = File.ReadAllText(DataDirectory.AdminKeyIn(directory)).Trim();
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Makes a recorder and returns its webhook path.</summary>
    public async Task<string> RecorderAsync(string name, string settings = "")
    {
        var answer = await PostAsync("/api/recorders", $$"""{"name":"{{name}}"{{settings}}}""");
        Assert.Equal(201, answer.Status);
        return answer.Json.GetProperty("webhook_path").GetString()!;
    }

    /// <summary>A signal with an id, so that it may be sent again.</summary>
    public Task<Answer> SignalAsync(string hook, string action, decimal price, string id) => PostAsync(
        hook, string.Create(
            CultureInfo.InvariantCulture, $$"""{"action":"{{action}}","symbol":"MNQ1!","price":{{price}},"quantity":1,"id":"{{id}}"}"""));

    public async Task<IReadOnlyList<JsonElement>> PositionsAsync(string query = "status=all&limit=500")
    {
        var answer = await SendAsync(HttpMethod.Get, "/api/positions?" + query);
        Assert.True(answer.Status == 200, answer.Text);
        return [.. answer.Json.GetProperty("positions").EnumerateArray()];
    }

    /// <summary>All positions of a recorder, newest first.</summary>
    public async Task<List<JsonElement>> AllPositionsAsync(string recorder)
    {
        var positions = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await GetAsync($"/api/positions?status=all&limit=500&recorder={recorder}{(cursor.Length > 0 ? "&cursor=" + cursor : "")}");
            Assert.True(page.Status == 200, page.Text);
            positions.AddRange(page.Json.GetProperty("positions").EnumerateArray());
            cursor = page.Json.GetProperty("next_cursor").GetString();
        }
        return positions;
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public void Dispose() => _client.Dispose();

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer);
    }
}
