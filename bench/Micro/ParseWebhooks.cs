using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Micro;

/// <summary>An alert's body to a signal, beside a reader that merely walks over the tokens of the same JSON.</summary>
public class ParseWebhooks
{
    private const long ReceivedAt = 1_764_860_400_000_000;

    private static readonly Dictionary<string, string> Bodies = new(StringComparer.Ordinal)
    {
        ["native"] = """{"action":"buy","symbol":"MNQ1!","price":25600.25,"quantity":1,"time":"2025-12-04T15:00:00Z"}""",
        ["strategy"] = """
            {"ticker":"MNQ1!","action":"sell","contracts":"2","price":"25600.25","market_position":"short","market_position_size":"1",
             "prev_market_position":"long","prev_market_position_size":"1","order_id":"Short 1","time":"2025-12-04T15:00:00Z","timenow":"2025-12-04T15:00:01Z"}
            """,
    };

    private byte[] _body = [];
    private WebhookParser _parser = null!;

    [Params("native", "strategy")]
    public string Body { get; set; } = "native";

    [GlobalSetup]
    public void Setup()
    {
        var symbols = new SymbolTable();
        symbols.Publish(new InstrumentTable(InstrumentFile.BuiltIn, []));
        _parser = new WebhookParser(symbols);
        _body = Encoding.UTF8.GetBytes(Bodies[Body]);
    }

    [Benchmark(Baseline = true)]
    public int Tokens()
    {
        var reader = new Utf8JsonReader(_body);
        var tokens = 0;
        while (reader.Read()) tokens++;
        return tokens;
    }

    [Benchmark]
    public long Parser() => _parser.TryParse(_body, ReceivedAt, null, out var signal, out var refusal)
        ? signal.Price!.Value
        : throw new InvalidDataException(refusal.Detail);
}
