using System.Text.Json;

namespace StreamRecorder.Grafana.Tests.Live;

/// <summary>An expression that has no data while all is well, and why that is right. <c>quiet.json</c> lists them.</summary>
internal sealed record QuietExpression(string Where, string Reason)
{
    private static readonly JsonSerializerOptions CamelCase = new() { PropertyNameCaseInsensitive = true };

    public static IReadOnlyList<QuietExpression> LoadAll() =>
        JsonSerializer.Deserialize<List<QuietExpression>>(GrafanaFolder.Read("quiet.json"), CamelCase)!;
}
