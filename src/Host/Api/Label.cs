using System.Globalization;
using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host.Api;

/// <summary>Names that people give: of recorders, tokens and keys.</summary>
public static class Label
{
    private const string Sentence = "must have 1 to 100 printable characters, without spaces at its ends";

    /// <summary>A recorder's name: any printable text, since it is only ever shown and compared.</summary>
    public static string? Read(RequestBody body, string field, bool isNeeded)
    {
        var text = body.Text(field);
        if (text is null)
        {
            if (isNeeded || body.Has(field)) body.Refuse(Rejection.FieldInvalid, $"{field} is needed.", field);
            return null;
        }
        if (text.Length is >= 1 and <= EngineLimits.NameLengthMax && text == text.Trim() && text.EnumerateRunes().All(IsPrintable)) return text;
        body.Refuse(Rejection.FieldInvalid, $"{field} {Sentence}.", field);
        return null;
    }

    /// <summary>A token's or key's name, which is also part of a path.</summary>
    public static string? ReadForPath(RequestBody body, string field)
    {
        if (Read(body, field, isNeeded: true) is not { } text) return null;
        if (text.Any(char.IsLetterOrDigit) && text.All(c => char.IsLetterOrDigit(c) || c is ' ' or '.' or '_' or '-' or '@')) return text;
        body.Refuse(Rejection.FieldInvalid, $"{field} may have letters, digits, spaces and . _ - @ only.", field);
        return null;
    }

    private static bool IsPrintable(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
