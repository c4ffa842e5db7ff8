using Microsoft.Data.Sqlite;
using Xunit;

namespace StreamRecorder.Sink.Tests;

/// <summary>What stays of a writer's connection that could not be made.</summary>
public sealed class WriterSessionTests : IAsyncDisposable
{
    private readonly Rig _rig = new();

    [Theory]
    [InlineData("fills")]
    [InlineData("symbol_folds")]
    [InlineData("delivery_runs")]
    [InlineData("feeds")]
    [InlineData("position_snapshots")]
    public void Session_WithAStatementThatCannotBePrepared_LeavesTheFileClosed(string table)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("There is no /proc here.");
        _rig.Execute("DROP TABLE " + table);
        Assert.Throws<SqliteException>(() => new WriterSession(_rig.Database, new LedgerSettings()));
        Assert.DoesNotContain(
            Directory.EnumerateFiles("/proc/self/fd"),
            file => new FileInfo(file).LinkTarget?.StartsWith(_rig.Path, StringComparison.Ordinal) == true);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
