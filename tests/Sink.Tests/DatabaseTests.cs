using StreamRecorder.Engine.Messages;
using Xunit;

namespace StreamRecorder.Sink.Tests;

public sealed class DatabaseTests : IAsyncDisposable
{
    private readonly Rig _rig = new();

    [Fact]
    public void Open_NewFile_HasNewestSchemaAndWal()
    {
        Assert.Equal((long)Migrations.Newest, _rig.Value("PRAGMA user_version"));
        Assert.Equal("wal", _rig.Value("PRAGMA journal_mode"));
        Assert.Equal(0L, _rig.Queries.State().Sequence);
        Assert.Empty(_rig.Database.IntegrityErrors());
    }

    [Fact]
    public void Open_Again_ChangesNothing()
    {
        var before = (string)_rig.Value("SELECT group_concat(name || sql) || (SELECT identity FROM state) FROM sqlite_master")!;
        Database.Open(_rig.Path);
        Assert.Equal(before, _rig.Value("SELECT group_concat(name || sql) || (SELECT identity FROM state) FROM sqlite_master"));
    }

    [Fact]
    public void Open_NewerVersion_IsRefused()
    {
        _rig.Execute("PRAGMA user_version = 99");
        var e = Assert.Throws<DatabaseVersionException>(() => Database.Open(_rig.Path));
        Assert.Contains("99", e.Message, StringComparison.Ordinal);
        Assert.Contains(_rig.Path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DatabaseOfAnotherProgram_IsRefusedUntouched()
    {
        var path = _rig.Path + ".other";
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=false"))
        {
            connection.Open();
            Database.Execute(connection, "CREATE TABLE recorded_trades (id INTEGER)");
        }
        Assert.Throws<DatabaseDamagedException>(() => Database.Open(path));
        using var again = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=false");
        again.Open();
        using var command = again.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master";
        Assert.Equal(1L, command.ExecuteScalar());
    }

    [Fact]
    public void Open_DamagedFile_IsRefusedByName()
    {
        var path = _rig.Path + ".damaged";
        File.WriteAllText(path, new string('x', 8192));
        var e = Assert.Throws<DatabaseDamagedException>(() => Database.Open(path));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DirectoryMissing_IsUnavailable() =>
        Assert.Throws<DatabaseUnavailableException>(() => Database.Open(Path.Combine(_rig.Path + "-no", "x.db")));

    [Fact]
    public async Task ReadStateAfresh_FileReplacedOrDeleted_IsNoticed()
    {
        await _rig.WriteAsync([new OutputGroup(7, Script.Start, [])]);
        Assert.Equal(7, _rig.Database.ReadStateAfresh().Sequence);
        Database.Open(_rig.Path + ".new");
        File.Move(_rig.Path + ".new", _rig.Path, overwrite: true);
        foreach (var rest in new[] { "-wal", "-shm" }) File.Delete(_rig.Path + rest);
        Assert.Throws<DatabaseDamagedException>(() => _rig.Database.ReadStateAfresh());
        File.Delete(_rig.Path);
        Assert.Throws<DatabaseDamagedException>(() => _rig.Database.ReadStateAfresh());
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
