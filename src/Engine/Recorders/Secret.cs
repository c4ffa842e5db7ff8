using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace StreamRecorder.Engine.Recorders;

/// <summary>
/// Tokens and keys: 32 random bytes as base64url text, kept and compared only
/// as SHA-256. Look-up is by hash, so its time says nothing about a near miss.
/// </summary>
public static class Secret
{
    private const int RandomBytes = 32;

    /// <summary>Length limit of what is hashed: nothing longer can be one of ours, and a huge path costs nothing.</summary>
    private const int TextLengthMax = 256;

    /// <summary>A character comes to three bytes of UTF-8 at most.</summary>
    private const int TextBytesMax = 3 * (TextLengthMax + 1);

    /// <summary>256 bits from the operating system. Called at the edges, never by <c>Apply</c>.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    public static string Hash(ReadOnlySpan<char> secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> text = stackalloc byte[TextBytesMax];
        // Nothing longer can be one of ours; what is cut may not look like what is whole.
        var length = secret.Length <= TextLengthMax
            ? Encoding.UTF8.GetBytes(secret, text)
            : Encoding.UTF8.GetBytes(string.Concat(secret[..TextLengthMax], "…"), text);
        SHA256.HashData(text[..length], hash);
        return Convert.ToHexStringLower(hash);
    }
}
