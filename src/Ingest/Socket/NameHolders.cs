namespace StreamRecorder.Ingest.Socket;

/// <summary>
/// Which connection speaks for a name now. The newest does: a feed that lost its
/// network comes back long before the service learns that the old connection is dead.
/// </summary>
internal sealed class NameHolders
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SocketConnection> _byName = new(StringComparer.Ordinal);

    /// <summary>Returns the connection that had the name, which is to be stopped before this one goes on.</summary>
    public SocketConnection? Take(string name, SocketConnection connection)
    {
        lock (_gate)
        {
            var before = _byName.GetValueOrDefault(name);
            _byName[name] = connection;
            return before;
        }
    }

    /// <summary>The connection has ended. Does nothing when another has the name by now.</summary>
    public void Leave(string name, SocketConnection connection)
    {
        lock (_gate)
        {
            if (_byName.GetValueOrDefault(name) == connection) _byName.Remove(name);
        }
    }
}
