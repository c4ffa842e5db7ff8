namespace StreamRecorder.Engine.Recorders;

/// <summary>What a key may do: admin includes read; feed only sends ticks.</summary>
public enum KeyScope : byte
{
    Read,
    Feed,
    Admin,
}

/// <summary>An API key, known only by the SHA-256 of its text.</summary>
public sealed record ApiKey(string Name, KeyScope Scope, string HashHex, long CreatedAt);
