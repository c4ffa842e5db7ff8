using System.Text;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.Replay;

namespace StreamRecorder.Host.Tests.Replay;

public sealed class ReplayCommandTests
{
    private const string Buy = """{"time":"2025-12-04T15:00:00Z","recorder":"=a,b","action":"buy","symbol":"MNQ1!","quantity":4,"price":25620.125}""";
    private const string Close = """{"time":"2025-12-04T15:00:20Z","recorder":"=a,b","action":"close","symbol":"MNQ1!","price":25621}""";

    [Fact]
    public void Table_ClosedPosition_IsRoundedForPeople()
    {
        var (exit, output, error) = Run(ReplayFormat.Table, Buy, Close);
        Assert.Equal(0, exit);
        Assert.Contains("25620.13", output, StringComparison.Ordinal);
        Assert.Contains("-21.00", output, StringComparison.Ordinal);
        Assert.Contains("1 positions: 1 won, 0 lost, 0 even, 0 open; realized 7.00 USD", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
        Assert.Contains("2 signals: 2 applied, 0 ignored, 0 refused", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Signals_OutOfOrder_AreWarnedOfAndTakenWhereTheyStand()
    {
        var (exit, output, error) = Run(ReplayFormat.Json, Close, Buy);
        Assert.Equal(0, exit);
        Assert.Contains("signals0.ndjson, line 2: its time is before that of a line above", error, StringComparison.Ordinal);
        Assert.Contains("taken as arriving at 2025-12-04T15:00:20", error, StringComparison.Ordinal);
        Assert.Contains("warning: 1 signals out of order", error, StringComparison.Ordinal);
        Assert.Contains("\"opened_at\":\"2025-12-04T15:00:20", output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", Run(ReplayFormat.Json, Buy, Close).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("""{"time":1764860400,"recorder":"a","action":"fly","symbol":"MNQ1!"}""")]
    public void Signals_NoneOfThemTaken_IsOne(string line)
    {
        var (exit, _, error) = Run(ReplayFormat.Json, line, line);
        Assert.Equal(1, exit);
        Assert.EndsWith("error: none of the signals could be taken", error.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, Run(ReplayFormat.Json, line, Buy).Exit);
    }

    [Fact]
    public void Csv_AnyPosition_HasTheFieldsOfTheJson()
    {
        var lines = Run(ReplayFormat.Csv, Buy, Close).Output.Split('\n');
        Assert.StartsWith(
            "id,recorder_id,recorder,symbol,contract,root,currency,side,status,outcome,total_quantity,", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(",tradovate_position_id", lines[0], StringComparison.Ordinal);
        Assert.Contains(",\"'=a,b\",MNQ1!,MNQ1!,MNQ,USD,LONG,closed,WIN,4,4,4,25620.125,25621,", lines[1], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public void Csv_NoPositions_HasItsHeader() => Assert.StartsWith("id,recorder_id,", Run(ReplayFormat.Csv).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("--ticks t.csv")]
    [InlineData("--signals s.ndjson")]
    [InlineData("--ticks t.csv --signals s.ndjson --on-opposite sometimes")]
    [InlineData("--ticks t.csv --signals s.ndjson --format xml")]
    [InlineData("--ticks t.csv --signals s.ndjson --duplicate-window -1")]
    [InlineData("--ticks t.csv --signals s.ndjson --duplicate-window soon")]
    [InlineData("--ticks t.csv --signals s.ndjson --duplicate-window")]
    [InlineData("--ticks t.csv --signals s.ndjson --unknown")]
    public void CommandLine_Wrong_IsAnError(string arguments) => Assert.NotEmpty(ReplayCommand.Create().Parse(arguments).Errors);

    [Fact]
    public void CommandLine_SeveralFiles_AreAllTaken()
    {
        var parsed = ReplayCommand.Create()
            .Parse("--ticks a.csv b.csv --ticks c.csv.gz --signals s.ndjson --on-opposite NET --format json --duplicate-window 0.5");
        Assert.Empty(parsed.Errors);
        Assert.Equal(["a.csv", "b.csv", "c.csv.gz"], parsed.GetValue<string[]>("--ticks")!);
    }

    [Fact]
    public void File_ThatIsNotThere_IsOneLineAndOne()
    {
        using var replay = new ReplayCase().TickRows("2025-12-04T15:00:05Z,MNQ1!,25600");
        AssertFails(new ReplayOptions { TickFiles = replay.TickFiles, SignalFiles = ["nowhere.ndjson"] }, "nowhere.ndjson");
    }

    [Fact]
    public void Instruments_WrongRow_IsOneLineAndOne()
    {
        using var replay = new ReplayCase().TickRows("2025-12-04T15:00:05Z,MNQ1!,25600").Signals(Buy).Instruments("XX,X,X,0,1,USD,");
        AssertFails(replay.Options(OnOpposite.Auto), "instruments.csv, line 2");
    }

    [Theory]
    [InlineData("price,size\n1,1\n", "symbol is missing")]
    [InlineData("symbol,price\nMNQ1!,1\n", "time is missing")]
    public void Ticks_ThatCannotBeRead_IsOneLineAndOne(string text, string reason)
    {
        using var replay = new ReplayCase().Ticks(text).Signals(Buy);
        AssertFails(replay.Options(OnOpposite.Auto), reason);
    }

    [Fact]
    public void Ticks_BrokenGzip_IsOneLineAndOne()
    {
        using var replay = new ReplayCase().TickRows("2025-12-04T15:00:05Z,MNQ1!,25600").Signals(Buy);
        File.WriteAllBytes(replay.TickFiles[0], [0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        AssertFails(replay.Options(OnOpposite.Auto), "gzip");
    }

    private static (int Exit, string Output, string Error) Run(ReplayFormat format, params string[] signals)
    {
        using var replay = new ReplayCase().TickRows("2025-12-04T15:00:05Z,MNQ1!,25617.5").Signals(signals);
        return Run(replay.Options(OnOpposite.Auto), format);
    }

    private static (int Exit, string Output, string Error) Run(ReplayOptions options, ReplayFormat format)
    {
        using var output = new MemoryStream();
        var error = new StringWriter();
        var exit = ReplayCommand.Run(options, format, output, error, TestContext.Current.CancellationToken);
        return (exit, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private static void AssertFails(ReplayOptions options, string reason)
    {
        var (exit, output, error) = Run(options, ReplayFormat.Json);
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains(reason, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }
}
