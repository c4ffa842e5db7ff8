using System.Globalization;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace StreamRecorder.Sink;

/// <summary>
/// Brings a file to the newest schema: the numbered scripts that are embedded here, each in one transaction with the number it leads to
/// (<c>user_version</c>). A file that is not ours, or newer, is refused untouched.
/// </summary>
internal static class Migrations
{
    /// <summary>"StRe": marks the file as ours, for us and for the tool <c>file</c>.</summary>
    public const int ApplicationId = 0x53745265;

    private static readonly IReadOnlyList<(int Version, string Resource)> Scripts = FindScripts();

    public static int Newest => Scripts[^1].Version;

    public static void Apply(SqliteConnection connection, string path)
    {
        var version = Read(connection, "PRAGMA user_version");
        if (version == 0) RefuseForeign(connection, path);
        else if (Read(connection, "PRAGMA application_id") != ApplicationId) throw Foreign(path);
        if (version > Newest) throw TooNew(path, version);
        foreach (var script in Scripts)
            if (script.Version > version) Run(connection, script.Version, script.Resource);
    }

    /// <summary>Throws unless the file is ours and of the newest schema: for those who only read.</summary>
    public static void Require(SqliteConnection connection, string path)
    {
        if (Read(connection, "PRAGMA application_id") != ApplicationId) throw Foreign(path);
        var version = Read(connection, "PRAGMA user_version");
        if (version > Newest) throw TooNew(path, version);
        if (version < Newest)
            throw new DatabaseVersionException($"{path} has schema version {version}; start the service once, which brings it to version {Newest}.");
    }

    private static void Run(SqliteConnection connection, int version, string resource)
    {
        using var transaction = connection.BeginTransaction();
        // Two processes that start at once: the second finds the work done.
        if (Read(connection, "PRAGMA user_version") < version)
        {
            Database.Execute(connection, Text(resource));
            // Pragmas take no parameters; both are numbers of ours.
            Database.Execute(
                connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {version}"));
        }
        transaction.Commit();
    }

    private static void RefuseForeign(SqliteConnection connection, string path)
    {
        if (Read(connection, "SELECT count(*) FROM sqlite_master") != 0) throw Foreign(path);
    }

    private static DatabaseVersionException TooNew(string path, long version) =>
        new($"{path} has schema version {version}; this program knows versions up to {Newest}. Use the newer program.");

    private static DatabaseDamagedException Foreign(string path) => new($"{path} is a database of another program.");

    private static long Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static string Text(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static List<(int Version, string Resource)> FindScripts()
    {
        var scripts = new List<(int Version, string Resource)>();
        foreach (var name in Assembly.GetExecutingAssembly().GetManifestResourceNames())
            if (name.EndsWith(".sql", StringComparison.Ordinal))
                scripts.Add((int.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), name));
        scripts.Sort();
        return scripts;
    }
}
