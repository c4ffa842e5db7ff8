using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// What two bodies must share to be the same body: the first 128 bits of the SHA-256 of the text, for
/// JSON without the white space that means nothing (a relay or a client that writes the same alert again
/// may space it differently). Nothing else is made equal: order of fields and spelling of numbers count.
/// </summary>
public static class BodyHash
{
    public static UInt128 Of(ReadOnlySpan<byte> body)
    {
        body = body.Trim(" \t\r\n"u8);
        if (body.IsEmpty || body[0] is not ((byte)'{' or (byte)'[')) return Sha256(body);
        var buffer = ArrayPool<byte>.Shared.Rent(body.Length);
        var hash = Sha256(buffer.AsSpan(0, Squeeze(body, buffer)));
        ArrayPool<byte>.Shared.Return(buffer);
        return hash;
    }

    /// <summary>Copies JSON without the white space outside its strings; returns the length.</summary>
    private static int Squeeze(ReadOnlySpan<byte> body, Span<byte> squeezed)
    {
        var length = 0;
        var isInString = false;
        for (var i = 0; i < body.Length; i++)
        {
            var b = body[i];
            if (!isInString && b is ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')) continue;
            squeezed[length++] = b;
            if (b == '"') isInString = !isInString;
            // An escaped character is part of its string, a quote too.
            else if (b == '\\' && isInString && i + 1 < body.Length) squeezed[length++] = body[++i];
        }
        return length;
    }

    private static UInt128 Sha256(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
