using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using StreamRecorder.Host.Tests.Support;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host.Tests.Api;

/// <summary>/openapi/v1.json against the routes that the service has, what is promised of them, and what they really answer.</summary>
public sealed class OpenApiTests
{
    private const string Json = "application/json";
    private const string Nobody = "987654";

    [Fact]
    public async Task Document_OfARunningService_HasNoFaults()
    {
        await using var service = await TestService.StartAsync();
        Assert.Empty(OpenApiFaults.In(await DocumentAsync(service), OpenApiFaults.Routes(service.Routes)));
    }

    [Fact]
    public async Task Document_WithAnyPlantedFault_IsFoundFaulty()
    {
        await using var service = await TestService.StartAsync();
        var (text, routes) = ((await DocumentAsync(service)).GetRawText(), OpenApiFaults.Routes(service.Routes));
        var count = 0;
        foreach (var (name, operation) in OpenApiFaults.Operations(JsonElement.Parse(text)))
        {
            foreach (var (what, plant) in Plants(operation))
            {
                var document = JsonNode.Parse(text)!;
                var (method, path) = (name.Split(' ')[0].ToLowerInvariant(), name.Split(' ')[1]);
                plant(document["paths"]![path]!.AsObject(), method);
                Assert.True(OpenApiFaults.In(JsonElement.Parse(document.ToJsonString()), routes).Count > 0, $"{name}, {what}: not found");
                count++;
            }
        }
        Assert.InRange(count, 300, int.MaxValue);
    }

    [Fact]
    public async Task Refusal_OfAnyRoute_IsDescribed()
    {
        await using var service = await TestService.StartAsync();
        var keys = new Dictionary<string, string>();
        foreach (var scope in new[] { "read", "feed" })
        {
            var made = await service.SendAsync("POST", "/api/keys", $$"""{"name":"{{scope}}","scope":"{{scope}}"}""");
            keys[scope] = made.Json.GetProperty("key").GetString()!;
        }
        var operations = OpenApiFaults.Operations(await DocumentAsync(service));
        var seen = new HashSet<(string, int)>();
        foreach (var (name, route) in OpenApiFaults.Routes(service.Routes))
        {
            var (method, path) = (name.Split(' ')[0], Unknown(route));
            var scope = route.Metadata.GetMetadata<NeedsScope>()?.Scope;
            var wrong = scope is Engine.Recorders.KeyScope.Feed ? keys["read"] : keys["feed"];
            (string? Key, string? Body, string Type)[] asked =
                [("", null, Json), (wrong, null, Json), (null, null, Json), (null, "{", Json), (null, "{}", "text/plain")];
            foreach (var (key, body, type) in asked)
            {
                var answer = await service.SendAsync(method, path, method.StartsWith('P') ? body : null, key, type);
                if (answer.Status < 400) continue;
                seen.Add((name, answer.Status));
                var what = $"{name}: {answer.Status} {answer.Text}";
                Assert.True(operations[name].GetProperty("responses").TryGetProperty($"{answer.Status}", out var described), what);
                Assert.False(Differences(Schema(described), answer.Json, "").Any(d => d.StartsWith("not described", StringComparison.Ordinal)), what);
            }
        }
        // Every route that needs a key said so, and every route said something.
        var guarded = OpenApiFaults.Routes(service.Routes).Where(r => r.Value.Metadata.GetMetadata<NeedsScope>() is not null).ToList();
        Assert.All(guarded, r => Assert.Contains((r.Key, 401), seen));
        Assert.All(guarded, r => Assert.Contains((r.Key, 403), seen));
        Assert.Contains(("PUT /api/instruments", 415), seen);
        Assert.Contains(("DELETE /api/recorders/{id}", 404), seen);
    }

    [Fact]
    public async Task Answer_OfAnyRead_HasTheFieldsDescribed()
    {
        await using var service = await TestService.StartAsync();
        await FillAsync(service);
        var operations = OpenApiFaults.Operations(await DocumentAsync(service));
        var asked = 0;
        foreach (var (name, route) in OpenApiFaults.Routes(service.Routes).Where(r => r.Key.StartsWith("GET /api/", StringComparison.Ordinal)))
        {
            var path = "/" + route.RoutePattern.RawText!.TrimStart('/');
            var isOfOne = path.Contains('{', StringComparison.Ordinal);
            var answer = await service.GetAsync(isOfOne ? path.Replace("{id}", await FirstIdAsync(service, path.Split('/')[2])) : path);
            Assert.True(answer.Status == 200, $"{name}: {answer.Text}");
            var differences = Differences(Schema(operations[name].GetProperty("responses").GetProperty("200")), answer.Json, "").ToList();
            Assert.True(differences.Count == 0, $"{name}: {string.Join(", ", differences)}");
            asked++;
        }
        Assert.InRange(asked, 10, int.MaxValue);
    }

    /// <summary>Everything in an operation that may be missing, wrong or too much.</summary>
    private static IEnumerable<(string What, Action<JsonObject, string> Plant)> Plants(JsonElement operation)
    {
        yield return ("route missing", (path, method) => path.Remove(method));
        yield return ("route of another method", (path, method) => path["trace"] = path[method]!.DeepClone());
        foreach (var part in operation.EnumerateObject().Where(p => p.Name is "summary" or "security" or "requestBody" or "responses"))
            yield return ($"{part.Name} missing", (path, method) => path[method]!.AsObject().Remove(part.Name));
        if (!operation.TryGetProperty("security", out _))
            yield return ("key too much", (path, method) => path[method]!["security"] = new JsonArray());
        if (!operation.TryGetProperty("requestBody", out _))
            yield return ("body too much", (path, method) => path[method]!["requestBody"] = new JsonObject());
        yield return ("status too much", (path, method) => path[method]!["responses"]!["418"] = new JsonObject { ["description"] = "A teapot" });
        foreach (var response in operation.GetProperty("responses").EnumerateObject())
        {
            yield return ($"{response.Name} missing", (path, method) => path[method]!["responses"]!.AsObject().Remove(response.Name));
            yield return ($"{response.Name} without a word", (path, method) => path[method]!["responses"]![response.Name]!["description"] = "");
            if (response.Value.TryGetProperty("content", out _))
            {
                yield return ($"{response.Name} without a schema",
                    (path, method) => path[method]!["responses"]![response.Name]!.AsObject().Remove("content"));
            }
        }
        for (var i = 0; operation.TryGetProperty("parameters", out var parameters) && i < parameters.GetArrayLength(); i++)
        {
            var index = i;
            yield return ($"parameter {i} missing", (path, method) => path[method]!["parameters"]!.AsArray().RemoveAt(index));
            yield return ($"parameter {i} misspelt", (path, method) => path[method]!["parameters"]![index]!["name"] = "x");
        }
    }

    /// <summary>Fields that one has and the other has not, objects in arrays by their first.</summary>
    private static IEnumerable<string> Differences(JsonElement schema, JsonElement answer, string at)
    {
        if (answer.ValueKind == JsonValueKind.Array)
            return answer.GetArrayLength() > 0 && schema.TryGetProperty("items", out var items) ? Differences(items, answer[0], at + "[]") : [];
        // An object whose names are the caller's own has none described.
        if (answer.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties)) return [];
        var said = properties.EnumerateObject().ToDictionary(p => p.Name, p => p.Value);
        if (said.Count == 0) return [];
        var found = answer.EnumerateObject().ToDictionary(p => p.Name, p => p.Value);
        return found.Keys.Except(said.Keys).Select(name => $"not described: {at}.{name}")
            .Concat(said.Keys.Except(found.Keys).Select(name => $"not there: {at}.{name}"))
            .Concat(said.Keys.Intersect(found.Keys).SelectMany(name => Differences(said[name], found[name], $"{at}.{name}")));
    }

    /// <summary>Something of every kind to be read.</summary>
    private static async Task FillAsync(TestService service)
    {
        var path = await service.RecorderAsync("a");
        await service.FillAsync(path, "buy", 25600);
        await service.TickAsync(25598);
        await service.FillAsync(path, "sell", 25602);
        await service.FillAsync(path, "buy", 4200, symbol: "GCZ2026");
        Assert.Equal(422, (await service.HookAsync(path, """{"action":"buy","symbol":"NOBODY","price":1}""")).Status);
        const string Front = """{"front_contracts":[{"root":"MNQ","contract":"MNQZ2026","from_utc":"2026-09-15T00:00:00Z"}]}""";
        Assert.Equal(200, (await service.SendAsync("PUT", "/api/front-contracts", Front)).Status);
    }

    private static async Task<string> FirstIdAsync(TestService service, string of)
    {
        var list = (await service.GetAsync("/api/" + of)).Json.GetProperty(of);
        return list[0].GetProperty("id").GetRawText();
    }

    /// <summary>With ids and names in it that there are not.</summary>
    private static string Unknown(RouteEndpoint route) =>
        "/" + string.Join(
            '/', route.RoutePattern.PathSegments.Select(s => s.Parts[0] is RoutePatternLiteralPart fixedPart ? fixedPart.Content : Nobody));

    private static JsonElement Schema(JsonElement response) => response.GetProperty("content").EnumerateObject().First().Value.GetProperty("schema");

    private static async Task<JsonElement> DocumentAsync(TestService service) => (await service.SendAsync("GET", "/openapi/v1.json", key: "")).Json;
}
