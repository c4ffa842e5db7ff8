using System.Text;
using System.Text.Json;

namespace StreamRecorder.Payloads;

/// <summary>One body that is understood, whose it is, and the signal in one line.</summary>
public sealed record ValidPayload(string Dialect, string Body, string Signal);

/// <summary>One body that is refused, with the reason's label and the field to blame.</summary>
public sealed record InvalidPayload(string Body, string Reason, string? Field);

/// <summary>
/// The shared list of webhook bodies, <c>payloads.json</c>: valid, incomplete (every prefix is refused) and invalid. A body stands
/// there as a JSON object, taken to the letter, or as a string when it is anything else. To add a payload add a line there.
/// </summary>
public static class PayloadFile
{
    static PayloadFile()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "payloads.json")));
        var root = document.RootElement;
        Valid =
            [.. root.GetProperty("valid").EnumerateArray()
                    .Select(v => new ValidPayload(Text(v, "dialect")!, BodyOf(v.GetProperty("body")), Text(v, "signal")!))];
        Incomplete = [.. root.GetProperty("incomplete").EnumerateArray().Select(BodyOf)];
        Invalid =
            [.. root.GetProperty("invalid").EnumerateArray()
                    .Select(v => new InvalidPayload(BodyOf(v.GetProperty("body")), Text(v, "reason")!, Text(v, "field")))];
    }

    public static IReadOnlyList<ValidPayload> Valid { get; }

    public static IReadOnlyList<string> Incomplete { get; }

    public static IReadOnlyList<InvalidPayload> Invalid { get; }

    public static IEnumerable<byte[]> AllBytes => Valid.Select(v => v.Body).Concat(Invalid.Select(i => i.Body)).Select(Encoding.UTF8.GetBytes);

    private static string BodyOf(JsonElement body) => body.ValueKind == JsonValueKind.String ? body.GetString()! : body.GetRawText();

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
