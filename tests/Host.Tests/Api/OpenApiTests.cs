using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Api;

/// <summary>/openapi/v1.json against the routes that the service really has, and against the statuses that the contract lists.</summary>
public sealed class OpenApiTests
{
    private const string Itself = "/openapi/{documentName}.json";

    private static readonly Dictionary<string, int[]> Promised = new(StringComparer.Ordinal)
    {
        ["POST /webhook/{token}"] = [200, 400, 403, 404, 413, 422, 429, 503],
        ["POST /webhook/{token}/test"] = [200, 404, 413],
        ["POST /ticks"] = [200, 401, 403, 503],
        ["GET /ticks/ws"] = [101, 401, 403, 503],
        ["GET /api/positions/{id}"] = [200, 401, 404],
        ["POST /api/positions/{id}/close"] = [200, 401, 404, 409, 422],
        ["POST /api/signals/{id}/retry"] = [200, 401, 404, 409, 422],
        ["POST /api/recorders"] = [201, 400, 401, 409, 413],
        ["DELETE /api/recorders/{id}"] = [204, 401, 404, 409],
        ["PUT /api/instruments"] = [200, 400, 401, 413],
    };

    [Fact]
    public async Task Document_OfARunningService_ExplainsEveryRouteThatItHas()
    {
        await using var service = await TestService.StartAsync();
        var operations = Operations((await service.SendAsync("GET", "/openapi/v1.json", key: "")).Json);
        var routes = service.Routes.Where(route => route.RoutePattern.RawText != Itself).SelectMany(Names).ToHashSet(StringComparer.Ordinal);
        Assert.True(routes.Count > 20, string.Join('\n', routes));
        Assert.Equal(routes.Order(StringComparer.Ordinal), operations.Keys.Order(StringComparer.Ordinal));
        Assert.All(operations, o => AssertExplained(o.Key, o.Value));
        Assert.All(Promised, p => Assert.All(p.Value, status => Assert.True(operations[p.Key].GetProperty("responses").TryGetProperty($"{status}", out _), $"{p.Key}: {status}")));
    }

    private static void AssertExplained(string name, JsonElement operation)
    {
        Assert.True(operation.GetProperty("summary").GetString() is { Length: > 5 }, name);
        var takesBody = name.StartsWith('P') && !name.EndsWith("/retry", StringComparison.Ordinal);
        Assert.True(takesBody == operation.TryGetProperty("requestBody", out _), $"{name}: body");
        foreach (var response in operation.GetProperty("responses").EnumerateObject())
        {
            Assert.True(response.Value.GetProperty("description").GetString() is { Length: > 3 }, $"{name}: {response.Name}");
            var hasSchema = response.Value.TryGetProperty("content", out var content) && content.EnumerateObject().All(c => c.Value.TryGetProperty("schema", out _));
            Assert.True(hasSchema || response.Name is "101" or "204", $"{name}: {response.Name} has no schema");
        }
        var placeholders = name.Count(c => c == '{');
        Assert.True(placeholders == 0 || operation.GetProperty("parameters").EnumerateArray().Count(p => p.GetProperty("in").GetString() == "path") == placeholders, $"{name}: path");
    }

    private static Dictionary<string, JsonElement> Operations(JsonElement document) => document.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject().Select(o => (Name: $"{o.Name.ToUpperInvariant()} {path.Name}", o.Value)))
        .ToDictionary(o => o.Name, o => o.Value, StringComparer.Ordinal);

    private static IEnumerable<string> Names(RouteEndpoint route) =>
        (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Select(method => $"{method} /{route.RoutePattern.RawText!.TrimStart('/')}");
}
