using StreamRecorder.Engine.Feeds;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Feeds;

/// <summary>The journal loses its tail behind every record in turn; feeds resume; nothing is lost and nothing doubled.</summary>
public sealed class FeedCrashTests
{
    /// <summary>Instruments, recorder, two openings: a cut before them leaves nothing to resume.</summary>
    private const int SetupRecords = 4;

    [Fact]
    public void Feeds_JournalCutBehindAnyRecord_EndWithTheSameFigures() => Seeds.Run(8, random =>
    {
        var script = new FeedScript(random.Next());
        var (whole, records) = script.Play(null);
        Assert.True(records.Count > 2 * SetupRecords);
        for (var count = SetupRecords; count <= records.Count; count++)
        {
            var (resumed, _) = script.Play([.. records.Take(count)]);
            Assert.True(whole == resumed, $"cut behind record {count}: expected\n{whole}\nbut it is\n{resumed}");
        }
    });

    /// <summary>A mark apart from its ticks, as if they were records of their own and the one were lost, must show.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(+1)]
    public void Feeds_MarkOffByOne_IsNoticed(int error)
    {
        var script = new FeedScript(1);
        var (whole, records) = script.Play(null);
        var isNoticed = false;
        for (var count = SetupRecords + 1; count <= records.Count && !isNoticed; count++)
        {
            if (Spoiled(records[count - 1], error) is not { } spoiled) continue;
            isNoticed = script.Play([.. records.Take(count - 1), spoiled]).Result != whole;
        }
        Assert.True(isNoticed);
    }

    private static byte[]? Spoiled(byte[] record, int error)
    {
        var codec = new InputCodec(new SymbolTable());
        if (codec.Read(record, out var at) is not FeedFold { Marks.Count: > 0, Folds.Count: > 0 } fold) return null;
        return codec.Write(at, fold with { Marks = [.. fold.Marks.Select(m => m with { Sequence = m.Sequence + error })] }).ToArray();
    }
}
