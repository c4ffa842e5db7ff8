using System.Text.RegularExpressions;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Host.Tests.Support;
using StreamRecorder.Host.Tests.Verify;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// The real program started on damaged files, row by row of the table in docs/journal-layout.md: it refuses,
/// naming the file, and leaves every byte as it was; or it starts with everything. Never with less.
/// </summary>
public sealed partial class DamageTests(DamageTests.History history) : IClassFixture<DamageTests.History>
{
    /// <summary>Where a journal of so long texts has a record for certain.</summary>
    private const int FlippedAt = 40_000;

    private static readonly string[] Serve = ["serve", "--urls", "http://127.0.0.1:0", "--management-urls", "http://127.0.0.1:0", "--data"];

    private static readonly Dictionary<string, (Func<DataFiles, string> File, Action<string> Do)> Refusals = new()
    {
        ["byte flipped in the first file"] = (files => files.Segment(0), file => Change(file, FlippedAt, 1)),
        ["byte flipped in the last file"] = (files => files.Segment(1), file => Change(file, FlippedAt, 1)),
        ["4 KiB of zeros"] = (files => files.Segment(0), file => Change(file, FlippedAt, 4096, zero: true)),
        ["first file cut"] = (files => files.Segment(0), file => Cut(file, FlippedAt)),
        ["last file cut below the commit"] = (files => files.Segment(1), file => Cut(file, 100)),
        ["first file missing"] = (files => files.Segment(0), File.Delete),
        ["last file missing"] = (files => files.Segment(1), File.Delete),
        ["both slots damaged"] = (files => files.Slots, file => Change(file, 0, 8192)),
        ["slots empty"] = (files => files.Slots, file => Cut(file, 0)),
        ["slots missing"] = (files => files.Slots, File.Delete),
        ["database damaged"] = (files => DataFiles.Database(files.Root), file => Change(file, 0, 4096)),
    };

    private static readonly Dictionary<string, Action<DataFiles>> Survivals = new()
    {
        ["newest slot damaged"] = files => Change(files.Slots, Newest(files) * 4096 + 70, 3),
        ["older slot damaged"] = files => Change(files.Slots, (1 - Newest(files)) * 4096 + 70, 3),
        ["file written ahead cut"] = files => Cut(files.Segment(2), 100),
        ["database missing"] = files => File.Delete(DataFiles.Database(files.Root)),
    };

    public static TheoryData<string> Refused => [.. Refusals.Keys];

    public static TheoryData<string> Survived => [.. Survivals.Keys];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Start_OnDamage_IsRefusedByNameAndChangesNothing(string damage)
    {
        using var files = history.Files.Copy();
        var file = Refusals[damage].File(files);
        Refusals[damage].Do(file);
        var before = files.Fingerprint();
        var end = await HostProcess.RunAsync([.. Serve, files.Root]);
        Assert.Equal(1, end.Code);
        Assert.Contains(file, Assert.Single(end.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Empty(before.Except(files.Fingerprint()));
        Assert.Equal(File.Exists(file), before.Exists(line => line.StartsWith(file, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Survived))]
    public async Task Start_OnDamageThatLosesNothing_HasEverything(string damage)
    {
        using var whole = history.Files.Copy();
        using var files = history.Files.Copy();
        Survivals[damage](files);
        var all = await PositionsAsync(whole);
        Assert.NotEmpty(all);
        Assert.Equal(all, await PositionsAsync(files));
    }

    /// <summary>
    /// Killed where the journal is read back: the first file is read by nothing else; and where the database is made anew from it. Again and again.
    /// </summary>
    [Theory]
    [InlineData("pread64", "signal=KILL:when=1", "journal/segment.0")]
    [InlineData("pwrite64", "signal=KILL:when=1", "stream_recorder.db-wal")]
    [InlineData("pwrite64", "signal=KILL:when=30", "stream_recorder.db-wal")]
    [InlineData("fdatasync,fsync", "signal=KILL:when=1", "stream_recorder.db-wal")]
    public async Task Start_KilledWithinItsRecovery_HasEverythingAfterTheNext(string calls, string fault, string file)
    {
        using var whole = history.Files.Copy();
        using var files = history.Files.Copy();
        File.Delete(DataFiles.Database(files.Root));
        for (var round = 0; round < 3; round++)
        {
            var lines = await HostProcess.StartAndEndAsync(files.Root, KernelFaults.Under(calls, fault, Path.Combine(files.Root, file)));
            Assert.DoesNotContain(lines, line => line.Contains("Ready:", StringComparison.Ordinal));
            if (calls == "pread64") Assert.DoesNotContain(lines, line => line.Contains("Recovered sequence", StringComparison.Ordinal));
        }
        Assert.Equal(await PositionsAsync(whole), await PositionsAsync(files));
    }

    /// <summary>Two services, or two courses of one, whose sequences fit but whose histories part.</summary>
    [Fact]
    public async Task Start_OnTheDatabaseOfAnotherHistory_IsRefusedByNameAndVerifyTellsIt()
    {
        using var one = history.Files.Copy();
        using var other = history.Files.Copy();
        await TradeAsync(one, 2);
        await TradeAsync(other, 7);
        File.Copy(DataFiles.Database(one.Root), DataFiles.Database(other.Root), overwrite: true);
        var before = other.Fingerprint();
        var end = await HostProcess.RunAsync([.. Serve, other.Root]);
        Assert.Equal(1, end.Code);
        var line = Assert.Single(end.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(DataFiles.Database(other.Root), line, StringComparison.Ordinal);
        Assert.Contains("another history", line, StringComparison.Ordinal);
        Assert.Empty(before.Except(other.Fingerprint()));
        Assert.Contains(other.Verify().Findings, finding => finding.Contains("another checksum", StringComparison.Ordinal));
        Assert.DoesNotContain(one.Verify().Findings, finding => finding.Contains("another checksum", StringComparison.Ordinal));
    }

    private static async Task TradeAsync(DataFiles files, int count)
    {
        await using var host = await HostProcess.ServeAsync(files.Root);
        using var client = new HostClient(host, files.Root);
        var hook = await client.RecorderAsync("more");
        for (var i = 0; i < count; i++)
            Assert.Equal(200, (await client.PostAsync(hook, $$"""{"action":"buy","symbol":"MNQ1!","price":{{100 + count}},"quantity":1}""")).Status);
        Assert.Equal(0, await host.StopAsync());
    }

    private static async Task<List<string>> PositionsAsync(DataFiles files)
    {
        await using var host = await HostProcess.ServeAsync(files.Root);
        using var client = new HostClient(host, files.Root);
        // The stop itself lasted longer for the second one.
        var positions = (await client.PositionsAsync()).Select(position => Gap().Replace(position.GetRawText(), "")).ToList();
        Assert.Equal(0, await host.StopAsync());
        return positions;
    }

    private static int Newest(DataFiles files) => (int)(JournalInspection.NewestCommit(DataFiles.Journal(files.Root))!.Value.Number % 2);

    private static void Change(string path, int at, int count, bool zero = false)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = at;
        var bytes = new byte[count];
        file.ReadExactly(bytes);
        for (var i = 0; i < count; i++) bytes[i] = zero ? (byte)0 : (byte)(bytes[i] ^ 0x10);
        file.Position = at;
        file.Write(bytes);
    }

    private static void Cut(string path, int length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(length);
    }

    [GeneratedRegex("\"gap_seconds\":[0-9]+")]
    private static partial Regex Gap();

    /// <summary>Two files of records and one written ahead; all of it in the database.</summary>
    public sealed class History : IAsyncLifetime
    {
        internal DataFiles Files { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await using var live = new LiveHistory(Files.Root) { Label = new string('x', 4000) };
            live.Steps(new Random(61), 1200);
            await live.WrittenAsync();
            Assert.True(File.Exists(Files.Segment(2)), "too few records for two files");
        }

        public ValueTask DisposeAsync()
        {
            Files.Dispose();
            return default;
        }
    }
}
