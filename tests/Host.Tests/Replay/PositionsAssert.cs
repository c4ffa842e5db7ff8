using System.Text.Json;

namespace StreamRecorder.Host.Tests.Replay;

/// <summary>
/// Compares what the engine and the naive program print: every field of the
/// naive one, digit for digit. Ids are counted differently; their order is not.
/// </summary>
internal static class PositionsAssert
{
    private static readonly string[] CountedDifferently = ["id", "recorder_id"];

    /// <summary>The naive program has no fronts: a position that outlives its contract is not flagged there (tests/Naive/README.md).</summary>
    private const string NotNaive = "contract_changed";

    /// <summary>Number of positions that were compared.</summary>
    public static int Same(string naive, string engine, string what)
    {
        using var expected = JsonDocument.Parse(naive);
        using var actual = JsonDocument.Parse(engine);
        var wanted = expected.RootElement.GetProperty("positions").EnumerateArray().ToList();
        var got = actual.RootElement.GetProperty("positions").EnumerateArray().ToList();
        for (var i = 0; i < Math.Min(wanted.Count, got.Count); i++) Same(wanted[i], got[i], $"{what}, position {i} from the newest");
        Assert.Equal(wanted.Count, got.Count);
        AssertDescending(got);
        return got.Count;
    }

    public static JsonElement Single(string engine)
    {
        using var document = JsonDocument.Parse(engine);
        return Assert.Single(document.RootElement.GetProperty("positions").EnumerateArray()).Clone();
    }

    private static void Same(JsonElement wanted, JsonElement got, string what)
    {
        foreach (var field in wanted.EnumerateObject())
        {
            if (CountedDifferently.Contains(field.Name)) continue;
            var text = field.Name == "flags" ? FlagsOf(got) : got.GetProperty(field.Name).GetRawText();
            if (text != field.Value.GetRawText())
                Assert.Fail($"{what}, {field.Name}: naive {field.Value.GetRawText()}, engine {text}\nnaive  {wanted}\nengine {got}");
        }
    }

    private static string FlagsOf(JsonElement position) =>
        JsonSerializer.Serialize(position.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()).Where(flag => flag != NotNaive));

    private static void AssertDescending(List<JsonElement> positions)
    {
        var ids = positions.ConvertAll(p => p.GetProperty("id").GetInt64());
        Assert.Equal(ids.OrderDescending(), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }
}
