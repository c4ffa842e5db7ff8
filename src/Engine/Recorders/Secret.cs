using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace StreamRecorder.Engine.Recorders;

/// <summary>Tokens and keys: 32 random bytes as base64url text, kept and compared only as SHA-256. Look-up is by hash, so its time says nothing about a near miss.</summary>
public static class Secret
{
    private const int RandomBytes = 32;

    /// <summary>Length limit of what is hashed: nothing longer can be one of ours, and a huge path costs nothing.</summary>
    private const int TextLengthMax = 256;

    /// <summary>256 bits from the operating system. Called at the edges, never by <c>Apply</c>.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    public static string Hash(string secret)
    {
        var text = secret.Length <= TextLengthMax ? secret : secret[..TextLengthMax] + "…";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
