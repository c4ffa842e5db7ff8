using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host.Tests.Api;

/// <summary>
/// What is wrong with a description: by the routes that there are, the rules that hold for all of them, and what the contract promises of each.
/// </summary>
internal static class OpenApiFaults
{
    private const string Itself = "/openapi/{documentName}.json";

    private static readonly string[] Page = ["from", "to", "limit", "cursor"];

    /// <summary>
    /// Of every route: its statuses beside 503, which all have, and 401 and 403, which all have that need a key; and what its query may hold.
    /// </summary>
    private static readonly Dictionary<string, (int[] Statuses, string[] Query)> Promised = new(StringComparer.Ordinal)
    {
        ["POST /webhook/{token}"] = ([200, 400, 403, 404, 413, 422, 429], []),
        ["POST /webhook/{token}/test"] = ([200, 404, 413], []),
        ["POST /ticks"] = ([200, 400, 415], []),
        ["GET /ticks/ws"] = ([101, 426], []),
        ["GET /api/positions"] = ([200, 400], ["status", "recorder", "symbol", .. Page]),
        ["GET /api/positions/{id}"] = ([200, 404], []),
        ["POST /api/positions/{id}/close"] = ([200, 400, 404, 409, 413, 415, 422], []),
        ["GET /api/dashboard/trade-history"] = ([200, 400], ["limit", "from", "to", "include_open"]),
        ["GET /api/signals"] = ([200, 400], ["recorder", "status", .. Page]),
        ["GET /api/signals/{id}"] = ([200, 404], []),
        ["POST /api/signals/{id}/retry"] = ([200, 400, 404, 409, 422], ["force"]),
        ["GET /api/recorders"] = ([200], []),
        ["POST /api/recorders"] = ([201, 400, 409, 413, 415], []),
        ["GET /api/recorders/{id}"] = ([200, 404], []),
        ["PATCH /api/recorders/{id}"] = ([200, 400, 404, 409, 413, 415], []),
        ["DELETE /api/recorders/{id}"] = ([204, 404, 409], []),
        ["POST /api/recorders/{id}/tokens"] = ([201, 400, 404, 409, 413, 415], []),
        ["DELETE /api/recorders/{id}/tokens"] = ([204, 400, 404], ["label"]),
        ["DELETE /api/recorders/{id}/tokens/{label}"] = ([204, 404], []),
        ["GET /api/keys"] = ([200], []),
        ["POST /api/keys"] = ([201, 400, 409, 413, 415], []),
        ["DELETE /api/keys/{name}"] = ([204, 404], []),
        ["GET /api/instruments"] = ([200], []),
        ["PUT /api/instruments"] = ([200, 400, 409, 413, 415], []),
        ["GET /api/front-contracts"] = ([200], []),
        ["PUT /api/front-contracts"] = ([200, 400, 409, 413, 415], []),
    };

    /// <summary>By method and path.</summary>
    public static Dictionary<string, RouteEndpoint> Routes(IEnumerable<RouteEndpoint> endpoints) => endpoints
        .Where(e => e.RoutePattern.RawText != Itself)
        .SelectMany(e => MethodsOf(e).Select(method => (Name: $"{method} /{e.RoutePattern.RawText!.TrimStart('/')}", Endpoint: e)))
        .ToDictionary(r => r.Name, r => r.Endpoint, StringComparer.Ordinal);

    public static Dictionary<string, JsonElement> Operations(JsonElement document) => document.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject().Select(o => (Name: $"{o.Name.ToUpperInvariant()} {path.Name}", o.Value)))
        .ToDictionary(o => o.Name, o => o.Value, StringComparer.Ordinal);

    public static List<string> In(JsonElement document, Dictionary<string, RouteEndpoint> routes)
    {
        var operations = Operations(document);
        var faults = routes.Keys.Except(operations.Keys).Select(name => $"{name} is not described").ToList();
        faults.AddRange(operations.Keys.Except(routes.Keys).Select(name => $"{name} is described, but does not exist"));
        faults.AddRange(routes.Keys.Except(Promised.Keys).Select(name => $"nobody says what {name} promises"));
        foreach (var (name, operation) in operations.Where(o => routes.ContainsKey(o.Key) && Promised.ContainsKey(o.Key)))
            faults.AddRange(In(name, operation, routes[name]).Select(fault => $"{name}: {fault}"));
        return faults;
    }

    private static IEnumerable<string> In(string name, JsonElement operation, RouteEndpoint route)
    {
        var needsKey = route.Metadata.GetMetadata<NeedsScope>() is not null;
        if (Text(operation, "summary").Length < 6) yield return "no summary";
        if (needsKey != operation.TryGetProperty("security", out _)) yield return "a key is needed and not said, or the other way round";
        var takesBody = name.StartsWith('P') && !name.EndsWith("/retry", StringComparison.Ordinal);
        if (takesBody != operation.TryGetProperty("requestBody", out _)) yield return "a body is taken and not described, or the other way round";
        var statuses = Promised[name].Statuses.Concat(needsKey ? [401, 403, 503] : [503]).Select(s => $"{s}");
        if (!AreSame(statuses, Names(operation, "responses"))) yield return $"statuses {string.Join(' ', Names(operation, "responses"))}";
        if (!AreSame(Promised[name].Query, Parameters(operation, "query"))) yield return $"query {string.Join(' ', Parameters(operation, "query"))}";
        if (!AreSame(route.RoutePattern.Parameters.Select(p => p.Name), Parameters(operation, "path"))) yield return "parameters of the path";
        if (!operation.TryGetProperty("responses", out var responses)) yield break;
        foreach (var response in responses.EnumerateObject())
        {
            if (Text(response.Value, "description").Length < 4) yield return $"{response.Name} has no description";
            if (response.Name is not ("101" or "204") && !HasSchema(response.Value)) yield return $"{response.Name} has no schema";
        }
    }

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint route) => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"];

    private static bool AreSame(IEnumerable<string> some, IEnumerable<string> others) =>
        some.Order(StringComparer.Ordinal).SequenceEqual(others.Order(StringComparer.Ordinal));

    private static bool HasSchema(JsonElement response) =>
        response.TryGetProperty("content", out var content) && content.EnumerateObject().All(c => c.Value.TryGetProperty("schema", out _));

    private static IEnumerable<string> Names(JsonElement operation, string of) =>
        operation.TryGetProperty(of, out var value) ? value.EnumerateObject().Select(p => p.Name) : [];

    private static IEnumerable<string> Parameters(JsonElement operation, string place) => operation.TryGetProperty("parameters", out var parameters)
        ? parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == place).Select(p => p.GetProperty("name").GetString()!)
        : [];

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
}
