using System.Buffers;

namespace StreamRecorder.Ingest.Webhooks.Secrets;

/// <summary>
/// Which names say that their value is a secret: <c>token</c>, <c>key</c>, <c>auth_key</c>, <c>apiSecret</c>, <c>X-Password</c> … Case, <c>_</c>,
/// <c>-</c> and <c>.</c> do not matter. Wide on purpose: a value masked without need costs nothing, one shown costs an account.
/// </summary>
internal static class SecretNames
{
    private const int NameLengthMax = 64;

    private static readonly SearchValues<string> Anywhere =
        SearchValues.Create(["token", "secret", "passw", "passphrase", "passcode", "credential", "auth"], StringComparison.Ordinal);

    private static readonly string[] Endings = ["key", "pass", "pwd"];

    private static readonly string[] Whole = ["pw", "pin", "otp", "sig", "signature", "hmac", "jwt", "bearer", "license", "licence", "pointer"];

    /// <summary>A text without any of these holds no secret name, in whatever spelling.</summary>
    private static readonly SearchValues<string> Traces = SearchValues.Create(
        ["token", "secret", "pass", "cred", "auth", "key", "pw", "pin", "otp", "sig", "hmac", "jwt", "bearer", "licen", "pointer", "webhook", "\\u",
            "%", "&"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>False: it certainly names no secret.</summary>
    public static bool MayBeIn(ReadOnlySpan<char> text) => text.ContainsAny(Traces);

    public static bool IsSecret(ReadOnlySpan<char> name)
    {
        if (name.Length > NameLengthMax) name = name[^NameLengthMax..];
        Span<char> buffer = stackalloc char[NameLengthMax];
        var length = 0;
        foreach (var c in name)
            if (c is not ('_' or '-' or '.')) buffer[length++] = char.ToLowerInvariant(c);
        ReadOnlySpan<char> word = buffer[..length];
        if (word.ContainsAny(Anywhere)) return true;
        foreach (var ending in Endings)
            if (word.EndsWith(ending, StringComparison.Ordinal)) return true;
        foreach (var whole in Whole)
            if (word.SequenceEqual(whole)) return true;
        return false;
    }
}
