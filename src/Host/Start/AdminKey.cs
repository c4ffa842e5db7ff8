using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Host.Start;

/// <summary>
/// DIR/admin.key: the first key, for whoever owns the directory. The file is written before the key is journalled, so a crash between leaves
/// a file that the next start replaces, never a key that nobody knows. A lost file is replaced by a new key, and the old one is revoked.
/// </summary>
public sealed class AdminKey(string root, ILogger log)
{
    internal const string Name = "admin";

    private readonly string _path = DataDirectory.AdminKeyIn(root);

    /// <summary>Null when there is no file, or none that this user may read.</summary>
    public static string? Read(string root)
    {
        try
        {
            return File.ReadAllText(DataDirectory.AdminKeyIn(root)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public async Task EnsureAsync(EngineLoop engine, Func<Command, Task> doAsync, long now)
    {
        if (Read(root) is { Length: > 0 } text && engine.Directory.FindKey(Secret.Hash(text)) is { Scope: KeyScope.Admin }) return;
        if (engine.Directory.FindKeyByName(Name) is not null)
        {
            log.LogWarning("{Path} does not hold the key \"{Name}\"; a new one is made and the old one is revoked", _path, Name);
            await doAsync(new RevokeApiKey(Name) { ReceivedAt = now }).ConfigureAwait(false);
        }
        var secret = Secret.Create();
        DataDirectory.WriteSecret(_path, secret + "\n");
        await doAsync(new AddApiKey(new ApiKey(Name, KeyScope.Admin, Secret.Hash(secret), now)) { ReceivedAt = now }).ConfigureAwait(false);
    }
}
