using System.Collections.Immutable;

namespace StreamRecorder.Engine.Recorders;

/// <summary>
/// All recorders, tokens and keys, immutable. The engine's thread makes the next one; everybody else reads the newest through
/// <see cref="RecorderDirectory.Current"/> of the loop. Look-ups cost a hash.
/// </summary>
public sealed class RecorderDirectory
{
    public static readonly RecorderDirectory Empty = new(
        ImmutableSortedDictionary<long, Recorder>.Empty,
        ImmutableDictionary.Create<string, long>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, long>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ApiKey>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<long, Recorder> _byId;
    private readonly ImmutableDictionary<string, long> _byName;
    private readonly ImmutableDictionary<string, long> _byTokenHash;
    private readonly ImmutableDictionary<string, ApiKey> _keysByHash;

    private RecorderDirectory(
        ImmutableSortedDictionary<long, Recorder> byId, ImmutableDictionary<string, long> byName,
        ImmutableDictionary<string, long> byTokenHash, ImmutableDictionary<string, ApiKey> keysByHash)
    {
        _byId = byId;
        _byName = byName;
        _byTokenHash = byTokenHash;
        _keysByHash = keysByHash;
    }

    public IEnumerable<Recorder> Recorders => _byId.Values;

    public int RecorderCount => _byId.Count;

    public IEnumerable<ApiKey> Keys => _keysByHash.Values.OrderBy(k => k.Name, StringComparer.Ordinal);

    public int KeyCount => _keysByHash.Count;

    public Recorder? Find(long id) => _byId.GetValueOrDefault(id);

    public Recorder? FindByName(string name) => _byName.TryGetValue(name, out var id) ? _byId[id] : null;

    /// <summary>By name or, failing that, by id in digits.</summary>
    public Recorder? FindByNameOrId(string text) =>
        FindByName(text)
        ?? (long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id)
            ? Find(id)
            : null);

    public Recorder? FindByTokenHash(string hashHex) => _byTokenHash.TryGetValue(hashHex, out var id) ? _byId[id] : null;

    public ApiKey? FindKey(string hashHex) => _keysByHash.GetValueOrDefault(hashHex);

    public ApiKey? FindKeyByName(string name) => _keysByHash.Values.FirstOrDefault(k => k.Name == name);

    /// <summary>Adds or replaces a recorder with its tokens.</summary>
    public RecorderDirectory With(Recorder recorder)
    {
        var (byName, byToken) = (_byName, _byTokenHash);
        if (Find(recorder.Id) is { } old)
        {
            byName = byName.Remove(old.Name);
            byToken = byToken.RemoveRange(old.Tokens.Select(t => t.HashHex));
        }
        return new(
            _byId.SetItem(recorder.Id, recorder), byName.SetItem(recorder.Name, recorder.Id),
            byToken.SetItems(recorder.Tokens.Select(t => KeyValuePair.Create(t.HashHex, recorder.Id))), _keysByHash);
    }

    public RecorderDirectory Without(Recorder recorder) =>
        new(_byId.Remove(recorder.Id), _byName.Remove(recorder.Name), _byTokenHash.RemoveRange(recorder.Tokens.Select(t => t.HashHex)), _keysByHash);

    public RecorderDirectory WithKey(ApiKey key) => new(_byId, _byName, _byTokenHash, _keysByHash.SetItem(key.HashHex, key));

    public RecorderDirectory WithoutKey(ApiKey key) => new(_byId, _byName, _byTokenHash, _keysByHash.Remove(key.HashHex));
}
