using System.Globalization;
using System.Text.Json;

namespace StreamRecorder.Grafana.Tests.Live;

/// <summary>One series of an answer: its labels and the last of its values.</summary>
public sealed record AnsweredSeries(IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>What Prometheus answered: an error, or series (a scalar is one without labels).</summary>
public sealed record PrometheusAnswer(string? Error, IReadOnlyList<AnsweredSeries> Series)
{
    public bool HasFinite => Series.Any(series => double.IsFinite(series.Value));

    public static PrometheusAnswer Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.GetProperty("status").GetString() != "success") return new PrometheusAnswer(root.GetProperty("error").GetString(), []);
        var data = root.GetProperty("data");
        var result = data.GetProperty("result");
        bool isScalar = data.GetProperty("resultType").GetString() == "scalar";
        return new PrometheusAnswer(null, isScalar ? [new(new Dictionary<string, string>(), ValueOf(result))] : SeriesOf(result));
    }

    private static AnsweredSeries[] SeriesOf(JsonElement result) =>
    [
        .. result.EnumerateArray().Select(series => new AnsweredSeries(
            series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
            series.TryGetProperty("value", out var value) ? ValueOf(value) : LastOf(series.GetProperty("values")))),
    ];

    /// <summary>The last value that is a number: of a quotient the newest point may not be one.</summary>
    private static double LastOf(JsonElement values)
    {
        var numbers = values.EnumerateArray().Select(ValueOf).ToList();
        int last = numbers.FindLastIndex(double.IsFinite);
        return numbers[last >= 0 ? last : ^1];
    }

    private static double ValueOf(JsonElement pair) => pair[1].GetString() switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var text => double.Parse(text!, CultureInfo.InvariantCulture),
    };
}
