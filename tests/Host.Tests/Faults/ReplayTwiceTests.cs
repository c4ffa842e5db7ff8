using StreamRecorder.Host.Tests.Support;
using StreamRecorder.Host.Tests.Verify;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// One journal, replayed as often and wherever one likes: the same state by its hash, and the same
/// database by a dump of all its tables. What the dump leaves out is named, each with its reason.
/// </summary>
public sealed class ReplayTwiceTests(JournalHistory history) : IClassFixture<JournalHistory>
{
    private static readonly Dictionary<string, string> RandomAlone = new(StringComparer.Ordinal)
    {
        ["state.identity"] = "drawn when the file is made, to tell it from another one put in its place",
    };

    /// <summary>Between a database that a service wrote as it went along and one made from the journal.</summary>
    private static readonly Dictionary<string, string> NotOfTheJournal = new(RandomAlone, StringComparer.Ordinal)
    {
        ["signals.decided_at"] = "the clock's, for people; unknown after a replay",
        ["signals.committed_at"] = "the clock's, for people; unknown after a replay",
        ["signals.answered_at"] = "the clock's, for people; unknown after a replay",
        ["position_snapshots"] = "for charts, taken by the clock once a second",
        ["recorder_positions.updated_at"] = "of an open row the moment of its last snapshot",
    };

    [Fact]
    public async Task Journal_ReplayedTwiceAndInAFreshDirectory_GivesTheSameStateAndDatabase()
    {
        using var files = history.Files.Copy();
        DeleteDatabase(files);
        var first = await Recovered.FromAsync(files.Root);
        var lines = Lines(files, RandomAlone);
        DeleteDatabase(files);
        var second = await Recovered.FromAsync(files.Root);
        using var fresh = CopyOfJournal(files);
        var elsewhere = await Recovered.FromAsync(fresh.Root);

        AssertHasEverything(lines);
        Assert.Equal((first, first.Sequence), (second, first.InputCount));
        Assert.Equal(first, elsewhere);
        AssertSame(lines, Lines(files, RandomAlone));
        AssertSame(lines, Lines(fresh, RandomAlone));
        TestContext.Current.SendDiagnosticMessage(
            $"{first.Sequence} inputs: state {first.Hash[..16]}, database {DatabaseDump.HashOf(lines)[..16]} of {lines.Count} lines");
    }

    /// <summary>What a service wrote in two lives, or in one that began with nothing but a journal, is what that directory's journal gives.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Database_OfARunningService_IsWhatItsJournalGives(bool isFresh)
    {
        using var files = isFresh ? CopyOfJournal(history.Files) : history.Files.Copy();
        if (isFresh) await ServeOnceAsync(files);
        using var fresh = CopyOfJournal(files);
        var kept = await Recovered.FromAsync(files.Root);
        var replayed = await Recovered.FromAsync(fresh.Root);

        Assert.Equal(0, kept.InputCount);
        Assert.Equal((kept.Sequence, kept.Sequence, kept.Hash), (replayed.Sequence, replayed.InputCount, replayed.Hash));
        AssertSame(Lines(files, NotOfTheJournal), Lines(fresh, NotOfTheJournal));
    }

    [Theory]
    [InlineData("UPDATE fills SET price_e9 = price_e9 + 1 WHERE seq = (SELECT max(seq) FROM fills)")]
    [InlineData("DELETE FROM delivery_runs WHERE last_sequence = (SELECT max(last_sequence) FROM delivery_runs)")]
    [InlineData("UPDATE recorder_positions SET exact = zeroblob(8) WHERE id = (SELECT max(id) FROM recorder_positions)")]
    public async Task Dump_OfADatabaseThatDiffersInOneRow_IsAnother(string change)
    {
        using var files = CopyOfJournal(history.Files);
        await Recovered.FromAsync(files.Root);
        var lines = Lines(files, NotOfTheJournal);
        files.Execute(change);
        Assert.NotEqual(DatabaseDump.HashOf(lines), DatabaseDump.HashOf(Lines(files, NotOfTheJournal)));
    }

    private static List<string> Lines(DataFiles files, IReadOnlyDictionary<string, string> leftOut) =>
        DatabaseDump.Of(DataFiles.Database(files.Root), leftOut);

    private static void AssertSame(List<string> expected, List<string> actual)
    {
        foreach (var (left, right) in expected.Zip(actual)) Assert.Equal(left, right);
        Assert.Equal(DatabaseDump.HashOf(expected), DatabaseDump.HashOf(actual));
    }

    /// <summary>A history that leaves a table empty proves nothing of it.</summary>
    private static void AssertHasEverything(List<string> lines)
    {
        var counts = lines.GroupBy(line => line[..line.IndexOf(':', StringComparison.Ordinal)]).ToDictionary(rows => rows.Key, rows => rows.Count());
        Assert.All(counts, table => Assert.True(table.Value > 1, $"{table.Key} is empty"));
        foreach (var word in new[] { "'accepted'", "'duplicate'", "'ignored'", "'rejected'" })
            Assert.Contains(
                lines, line => line.StartsWith("signals", StringComparison.Ordinal) && line.Contains(word, StringComparison.Ordinal));
        foreach (var word in new[] { "'open'", "'closed'", "unpriced" })
            Assert.Contains(
                lines, line => line.StartsWith("recorder_positions", StringComparison.Ordinal) && line.Contains(word, StringComparison.Ordinal));
    }

    private static void DeleteDatabase(DataFiles files)
    {
        foreach (var file in Directory.GetFiles(files.Root, "stream_recorder.db*")) File.Delete(file);
    }

    private static DataFiles CopyOfJournal(DataFiles files)
    {
        var fresh = new DataFiles();
        Directory.CreateDirectory(DataFiles.Journal(fresh.Root));
        foreach (var file in Directory.GetFiles(DataFiles.Journal(files.Root)))
            File.Copy(file, Path.Combine(DataFiles.Journal(fresh.Root), Path.GetFileName(file)));
        return fresh;
    }

    private static async Task ServeOnceAsync(DataFiles files)
    {
        await using var host = await HostProcess.ServeAsync(files.Root);
        Assert.Equal(0, await host.StopAsync());
    }
}
