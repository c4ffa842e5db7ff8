using System.Globalization;
using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Host.Web;

/// <summary>
/// Parameters of a request's query string, read one by one; the first wrong one stays in <see cref="Refusal"/>, and unknown ones are wrong.
/// </summary>
public sealed class QueryText(IQueryCollection query)
{
    private readonly List<string> _known = [];

    public Refusal? Refusal { get; private set; }

    /// <summary>Null when absent or empty.</summary>
    public string? Text(string name)
    {
        _known.Add(name);
        var values = query[name];
        if (values.Count > 1) Refuse($"{name} is given {values.Count} times.", name);
        return string.IsNullOrEmpty(values.ToString()) ? null : values[0];
    }

    public int Whole(string name, int min, int max, int otherwise)
    {
        if (Text(name) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max) return value;
        Refuse(string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from {min} to {max}."), name);
        return otherwise;
    }

    public long? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        if (Timestamp.TryParse(Encoding.UTF8.GetBytes(text), out var time)) return time;
        Refuse($"{name} must be an ISO 8601 time such as 2025-12-04T15:00:00Z, or an epoch number.", name);
        return null;
    }

    public bool Flag(string name)
    {
        switch (Text(name)?.ToUpperInvariant())
        {
            case "TRUE" or "1":
                return true;
            case null or "FALSE" or "0":
                return false;
            default:
                Refuse($"{name} must be true or false.", name);
                return false;
        }
    }

    public void Refuse(string detail, string name) => Refusal ??= Rejection.RequestInvalid.Because(detail, name);

    /// <summary>Called after all parameters were asked for: a misspelt filter must not come back as an unfiltered list.</summary>
    public Refusal? Finish()
    {
        foreach (var name in query.Keys)
        {
            if (_known.Contains(name, StringComparer.OrdinalIgnoreCase)) continue;
            Refuse($"The parameter {(name.Length <= 64 ? name : "given")} is not known. Known are {string.Join(", ", _known)}.", "query");
        }
        return Refusal;
    }
}
