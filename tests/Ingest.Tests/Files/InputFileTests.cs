using System.IO.Compression;
using System.Text;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Ingest.Files;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Files;

public sealed class InputFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TickFile_AnyFormat_GivesAllTicksInOrder(bool isPacked)
    {
        const int count = 100_000;
        Write("timestamp_utc_us,symbol,price,size\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"{1381104000276000 + i},GCZ13,{i},1\n")), isPacked);
        using var file = new TickFile(_path, Table.Symbols());
        var ticks = new Tick[1000];
        var seen = 0;
        for (int read; (read = file.Read(ticks)) > 0;)
            foreach (var tick in ticks.AsSpan(0, read)) Assert.Equal((seen * Fixed9.One, 1381104000276000 + seen++), (tick.Price, tick.At));
        Assert.Equal((count, count + 1, file.Length), (seen, file.Line, file.Position));
    }

    [Theory]
    [InlineData("time,symbol,price\n1381104000,GCZ13,1\n1381104000,GCZ13,x\n", "line 3: price is \"x\", not a number")]
    [InlineData("time,symbol,price\n,GCZ13,1\n", "line 2: time is missing")]
    [InlineData("symbol,size\nGCZ13,1\n", "line 1: The first line names neither price nor bid and ask.")]
    [InlineData("{\"symbol\":\"GCZ13\",\"price\":1,\"time\":1381104000}\n\nnonsense\n", "line 3: the line is not a JSON object")]
    public void TickFile_WithABadRow_SaysFileAndLine(string text, string expected)
    {
        Write(text, false);
        using var file = new TickFile(_path, Table.Symbols());
        var fault = Assert.Throws<InputFileException>(() =>
        {
            while (file.Read(new Tick[1]) > 0)
            {
            }
        });
        Assert.Equal($"{_path}, {expected}", fault.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SignalFile_Lines_GiveRecorderTimeAndBody(bool isPacked)
    {
        const string first = """{"recorder":"a","time":"2025-12-04T15:00:00Z","action":"buy","symbol":"MNQ1!","price":1}""";
        const string second = """{"Recorder":"b \u0062","TIME":1764860400123,"action":"close","symbol":"MNQ1!","x":{"recorder":"no"}}""";
        Write("\uFEFF" + first + "\r\n\n" + second, isPacked);
        var lines = SignalFile.Read(_path).ToList();
        Assert.Equal([("a", Table.Arrival, 1), ("b b", Table.Arrival + 123_000, 3)], lines.Select(l => (l.Recorder, l.At, l.Line)));
        Assert.Equal([first + "\r", second], lines.Select(l => Encoding.UTF8.GetString(l.Body.Span)));
    }

    [Theory]
    [InlineData("{\"time\":1,\"action\":\"buy\"}\n", "line 1: recorder is missing")]
    [InlineData("\n{\"recorder\":\"a\"}\n", "line 2: time is missing, or neither ISO 8601 nor an epoch number")]
    [InlineData("{\"recorder\":\"a\",\"time\":1}\n[1]\n", "line 2: the line is not a JSON object")]
    [InlineData("{\"recorder\":\"a\",\"time\":1", "line 1: the line is not a JSON object")]
    public void SignalFile_WithABadLine_SaysFileAndLine(string text, string expected)
    {
        Write(text, false);
        var fault = Assert.Throws<InputFileException>(() => SignalFile.Read(_path).ToList());
        Assert.Equal($"{_path}, {expected}", fault.Message);
    }

    [Fact]
    public void SignalFile_LineAroundTheLimit_IsTakenOrNamed()
    {
        var head = "{\"recorder\":\"a\",\"time\":1,\"x\":\"";
        Write(head + new string('x', IngestLimits.BodyBytesMax - head.Length - 2) + "\"}\n", false);
        Assert.Single(SignalFile.Read(_path));
        Write(head + new string('x', IngestLimits.BodyBytesMax), false);
        Assert.Contains("more than 65536 bytes", Assert.Throws<InputFileException>(() => SignalFile.Read(_path).ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gzip_Broken_SaysFile()
    {
        Write("time,symbol,price\n" + string.Concat(Enumerable.Repeat("1381104000,GCZ13,1\n", 1000)), true);
        File.WriteAllBytes(_path, File.ReadAllBytes(_path)[..^10]);
        using var file = new TickFile(_path, Table.Symbols());
        var fault = Assert.Throws<InputFileException>(() =>
        {
            while (file.Read(new Tick[100]) > 0)
            {
            }
        });
        Assert.Contains("gzip", fault.Message, StringComparison.Ordinal);
    }

    private void Write(string text, bool isPacked)
    {
        using var file = File.Create(_path);
        using Stream stream = isPacked ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(Encoding.UTF8.GetBytes(text));
    }
}
