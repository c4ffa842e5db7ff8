using System.Buffers.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Micro;

/// <summary>
/// Lines of a feed to ticks, one thread: NDJSON beside a reader that merely walks over the tokens of the same lines, CSV beside
/// a loop that splits the same rows and reads their numbers, and knows no symbols. Time is per line.
/// </summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class DecodeTicks
{
    private const int Lines = 4096;

    private readonly TickDecoder _decoder = new(Contracts.Table());
    private readonly Tick[] _ticks = new Tick[Lines];
    private byte[] _ndjson = [];
    private byte[] _csv = [];

    [GlobalSetup]
    public void Setup()
    {
        var ticks = Contracts.Walk(Lines);
        _ndjson = Contracts.Ndjson(ticks);
        _csv = Contracts.Csv(ticks);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Lines)]
    [BenchmarkCategory("NDJSON")]
    public int Tokens()
    {
        var tokens = 0;
        for (var rest = _ndjson.AsSpan(); !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            var reader = new Utf8JsonReader(rest[..end]);
            while (reader.Read()) tokens++;
            rest = rest[(end + 1)..];
        }
        return tokens;
    }

    [Benchmark(OperationsPerInvoke = Lines)]
    [BenchmarkCategory("NDJSON")]
    public int Ndjson() => Decode(_ndjson);

    /// <summary>The number of rows whose numbers were read.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Lines)]
    [BenchmarkCategory("CSV")]
    public int Split()
    {
        var rows = 0;
        for (var rest = _csv.AsSpan(_csv.IndexOf((byte)'\n') + 1); !rest.IsEmpty; rest = rest[(rest.IndexOf((byte)'\n') + 1)..])
        {
            rest = rest[(rest.IndexOf((byte)',') + 1)..];
            if (Utf8Parser.TryParse(rest, out decimal _, out var used) && Utf8Parser.TryParse(rest[(used + 1)..], out long _, out _)) rows++;
        }
        return rows;
    }

    [Benchmark(OperationsPerInvoke = Lines)]
    [BenchmarkCategory("CSV")]
    public int Csv() => Decode(_csv);

    private int Decode(byte[] text)
    {
        _decoder.Restart();
        _decoder.Decode(text, isFinal: true, TickDecoder.NoArrival, _ticks, out var written);
        return written;
    }
}
