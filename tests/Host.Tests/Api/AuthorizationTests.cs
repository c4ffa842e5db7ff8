using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Api;

/// <summary>Who may do what: admin ⊃ read, feed only sends ticks, nobody without a key learns even which routes there are.</summary>
public sealed class AuthorizationTests(AuthorizationTests.Fixture fixture) : IClassFixture<AuthorizationTests.Fixture>
{
    public sealed class Fixture : IAsyncLifetime
    {
        public TestService Service { get; private set; } = null!;

        public Dictionary<string, string> Keys { get; } = [];

        public async ValueTask InitializeAsync()
        {
            Service = await TestService.StartAsync();
            foreach (var scope in new[] { "admin", "read", "feed" })
            {
                var answer = await Service.SendAsync("POST", "/api/keys", $$"""{"name":"of-{{scope}}","scope":"{{scope}}"}""");
                Assert.Equal(201, answer.Status);
                Keys[scope] = answer.Json.GetProperty("key").GetString()!;
            }
        }

        public async ValueTask DisposeAsync() => await Service.DisposeAsync();
    }

    public static TheoryData<string, string, string> Routes => new()
    {
        { "GET", "/api/positions", "read" },
        { "GET", "/api/positions/1", "read" },
        { "POST", "/api/positions/1/close", "admin" },
        { "GET", "/api/dashboard/trade-history", "read" },
        { "GET", "/api/recorders", "read" },
        { "GET", "/api/recorders/1", "read" },
        { "POST", "/api/recorders", "admin" },
        { "PATCH", "/api/recorders/1", "admin" },
        { "DELETE", "/api/recorders/1", "admin" },
        { "POST", "/api/recorders/1/tokens", "admin" },
        { "DELETE", "/api/recorders/1/tokens/x", "admin" },
        { "GET", "/api/keys", "admin" },
        { "POST", "/api/keys", "admin" },
        { "DELETE", "/api/keys/x", "admin" },
        { "GET", "/api/instruments", "read" },
        { "PUT", "/api/instruments", "admin" },
        { "GET", "/api/front-contracts", "read" },
        { "PUT", "/api/front-contracts", "admin" },
        { "GET", "/api/no-such-route", "read" },
        { "GET", "/API/no-such-route", "read" },
        { "POST", "/ticks", "feed" },
        { "GET", "/ticks/ws", "feed" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_WithEachKey_AnswersByScope(string method, string path, string needed)
    {
        foreach (var (scope, key) in fixture.Keys)
        {
            var answer = await fixture.Service.SendAsync(method, path, method is "GET" or "DELETE" ? null : "x", key);
            var isLet = scope == "admin" || scope == needed;
            Assert.True(isLet ? answer.Status is not (401 or 403) : answer.Status == 403, $"{scope}: {answer.Status} {answer.Text}");
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_WithoutValidKey_Is401(string method, string path, string needed)
    {
        Assert.NotEmpty(needed);
        foreach (var key in new[] { "", new string('A', 43), fixture.Keys["admin"] + "x", fixture.Keys["admin"].ToUpperInvariant() })
        {
            var answer = await fixture.Service.SendAsync(method, path, method is "GET" or "DELETE" ? null : "{}", key);
            Assert.Equal(401, answer.Status);
            Assert.Equal("Bearer", answer.Message.Headers.WwwAuthenticate.ToString());
            Assert.Equal("application/problem+json", answer.Message.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task Key_Revoked_Is401FromThenOn()
    {
        var key = (await fixture.Service.SendAsync("POST", "/api/keys", """{"name":"short-lived","scope":"read"}""")).Json.GetProperty("key")
            .GetString();
        Assert.Equal(200, (await fixture.Service.SendAsync("GET", "/api/recorders", key: key)).Status);
        Assert.Equal(204, (await fixture.Service.SendAsync("DELETE", "/api/keys/short-lived")).Status);
        Assert.Equal(401, (await fixture.Service.SendAsync("GET", "/api/recorders", key: key)).Status);
    }

    [Fact]
    public async Task Keys_Listed_ShowNoSecret()
    {
        var text = (await fixture.Service.GetAsync("/api/keys")).Text;
        Assert.Contains("of-feed", text, StringComparison.Ordinal);
        Assert.All(fixture.Keys.Values, key => Assert.DoesNotContain(key, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Management_PublicRoutes_AreNotThere()
    {
        var site = fixture.Service.ManagementUrl;
        foreach (var path in new[] { "/api/recorders", "/openapi/v1.json", "/ticks" })
            Assert.Equal(404, (await fixture.Service.SendAsync("GET", path, site: site)).Status);
        Assert.Equal(200, (await fixture.Service.SendAsync("GET", "/readyz", key: "", site: site)).Status);
        Assert.Equal(200, (await fixture.Service.SendAsync("GET", "/healthz", key: "", site: site)).Status);
    }

    [Fact]
    public async Task OpenApi_WithoutKey_DescribesEveryRoute()
    {
        var document = (await fixture.Service.SendAsync("GET", "/openapi/v1.json", key: "")).Json;
        var paths = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => $"{o.Name.ToUpperInvariant()} {p.Name}")).ToHashSet();
        foreach (var (method, path, needed) in Routes.Select(r => r.Data))
        {
            if (path.EndsWith("no-such-route", StringComparison.Ordinal)) continue;
            var pattern = path.Replace("/1", "/{id}", StringComparison.Ordinal).Replace("tokens/x", "tokens/{label}", StringComparison.Ordinal)
                .Replace("keys/x", "keys/{name}", StringComparison.Ordinal);
            Assert.Contains($"{method} {pattern}", paths);
            Assert.NotEmpty(needed);
        }
        Assert.Contains("POST /webhook/{token}", paths);
    }
}
