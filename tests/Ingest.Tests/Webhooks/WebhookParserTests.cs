using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Ingest.Webhooks;
using StreamRecorder.Ingest.Webhooks.Dialects;
using StreamRecorder.Payloads;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

public sealed class WebhookParserTests
{
    private static readonly WebhookParser Parser = new(Table.Symbols());

    /// <summary>Spellings of symbols with the canonical one; read as of 2025-12-04.</summary>
    private static readonly (string Text, string Symbol)[] Spellings =
    [
        ("MNQ", "MNQ1!"), ("@MNQ", "MNQ1!"), ("/MNQ", "MNQ1!"), ("mnq1!", "MNQ1!"), ("MNQ2!", "MNQ2!"), ("CME_MINI:MNQ1!", "MNQ1!"),
        ("CME_MINI_DL:MNQ1!", "MNQ1!"),
        ("MNQZ2025", "MNQZ2025"), ("MNQZ25", "MNQZ2025"), ("MNQZ5", "MNQZ2025"), ("MNQ 12-25", "MNQZ2025"), ("MNQH6", "MNQH2026"),
        ("ZNZ5", "ZNZ2025"),
        ("6EM6", "6EM2026"), ("M6EM6", "M6EM2026"), ("M2KM2026", "M2KM2026"), ("10YZ5", "10YZ2025"), ("XKX5", "XKX2025"), ("SILN5", "SILN2025"),
        ("SIN5", "SIN2025"),
        ("NKDZ5", "NKDZ2025"), ("1OZZ5", "1OZZ2025"), ("2YYZ5", "2YYZ2025"), ("GCJ6", "GCJ2026"), ("AAPL", "AAPL"), ("NASDAQ:AAPL", "AAPL"),
        ("BRK.B", "BRK.B"),
        ("BINANCE:BTCUSDT.P", "BTCUSDT.P"), ("BTCUSDT", "BTCUSDT"),
    ];

    public static TheoryData<string, string> ValidBodies => [.. PayloadFile.Valid.Select(v => (v.Body, v.Signal))];

    public static TheoryData<string, string, string?> InvalidBodies => [.. PayloadFile.Invalid.Select(v => (v.Body, v.Reason, v.Field))];

    public static TheoryData<string, string> SymbolTexts => [.. Spellings];

    [Theory, MemberData(nameof(ValidBodies))]
    public void Body_Valid_GivesSignal(string body, string expected)
    {
        var (signal, refusal) = Parse(body);
        Assert.Null(refusal);
        Assert.Equal(expected, SignalText.Of(signal!));
    }

    [Theory, MemberData(nameof(InvalidBodies))]
    public void Body_Invalid_IsRefusedWithItsField(string body, string label, string? field)
    {
        var (_, refusal) = Parse(body);
        Assert.NotNull(refusal);
        Assert.Equal((label, field), (refusal.Kind.Label, refusal.Field));
        Assert.NotEmpty(refusal.Detail);
    }

    [Fact]
    public void Dialects_All_HaveValidBodies()
    {
        Assert.InRange(PayloadFile.Valid.Count, 60, int.MaxValue);
        Assert.Equal(FieldTable.Dialects.Select(d => d.Name).Order(), PayloadFile.Valid.Select(v => v.Dialect).Distinct().Order());
    }

    [Fact]
    public void Body_EveryPrefix_IsRefused()
    {
        foreach (var body in PayloadFile.Incomplete.Select(b => Encoding.UTF8.GetBytes(b.TrimEnd())))
        {
            for (var length = 0; length < body.Length; length++)
                Assert.False(Parser.TryParse(body.AsSpan(0, length), Table.Arrival, null, out _, out _), Encoding.UTF8.GetString(body, 0, length));
        }
    }

    [Fact]
    public void Body_OfAnyKind_NeverThrowsForAPrefix()
    {
        foreach (var body in PayloadFile.AllBytes)
            for (var length = 0; length < body.Length; length++) Parser.TryParse(body.AsSpan(0, length), Table.Arrival, null, out _, out _);
    }

    [Theory, MemberData(nameof(SymbolTexts))]
    public void Symbol_EverySpelling_IsResolved(string text, string expected)
    {
        var (signal, _) = Parse($$"""{"action":"buy","symbol":"{{text}}"}""");
        Assert.Equal(expected, signal?.Symbol.Name);
    }

    [Fact]
    public void Symbol_OneDigitYear_IsReadAsOfTheAlertsOwnTime()
    {
        var (signal, _) = Parse("""{"action":"buy","symbol":"MNQZ5","time":"2016-01-04T15:00:00Z"}""");
        Assert.Equal("MNQZ2015", signal!.Symbol.Name);
    }

    [Fact]
    public void Names_InUpperCase_MeanTheSame()
    {
        foreach (var (_, body, _) in PayloadFile.Valid.Where(v => v.Body[0] == '{' && !v.Body.Contains('\\')))
        {
            var upper = System.Text.RegularExpressions.Regex.Replace(body, "\"[A-Za-z_.]+\":", m => m.Value.ToUpperInvariant());
            Assert.Equal(SignalText.Of(Parse(body).Signal!), SignalText.Of(Parse(upper).Signal!));
        }
    }

    [Theory]
    [InlineData("FFFE7B007D00")]
    [InlineData("FEFF007B007D")]
    [InlineData("7B007D00")]
    [InlineData("000000000000")]
    [InlineData("7B22616374696F6E223A22FF227D")]
    [InlineData("C328")]
    public void Bytes_OtherThanUtf8_AreRefused(string hex)
    {
        Assert.False(Parser.TryParse(Convert.FromHexString(hex), Table.Arrival, null, out _, out var refusal));
        Assert.Equal(Rejection.BodyUnreadable, refusal.Kind);
    }

    [Fact]
    public void Body_OverTheLimit_IsRefusedAsTooLarge()
    {
        var body = new byte[IngestLimits.BodyBytesMax + 1];
        body.AsSpan().Fill((byte)' ');
        Assert.False(Parser.TryParse(body, Table.Arrival, null, out _, out var refusal));
        Assert.Equal(Rejection.BodyTooLarge, refusal.Kind);
    }

    [Theory]
    [InlineData("[", 50_000)]
    [InlineData("{\"a\":", 5_000)]
    [InlineData("{\"action\":\"buy\",\"x\":[", 1_000)]
    public void Nesting_Deep_IsRefused(string part, int times)
    {
        Assert.False(
            Parser.TryParse(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, times))), Table.Arrival, null, out _, out var refusal));
        Assert.Equal(Rejection.BodyUnreadable, refusal.Kind);
    }

    [Fact]
    public void Keys_BeyondTheLimit_AreRefused()
    {
        var body = "{" + string.Join(',', Enumerable.Range(0, IngestLimits.KeysMax + 1).Select(i => $"\"k{i}\":1")) + "}";
        Assert.Equal(Rejection.BodyUnreadable, Parse(body).Refusal!.Kind);
    }

    [Fact]
    public void Secrets_InABody_ReachNeitherSignalNorRefusal()
    {
        foreach (var body in PayloadFile.AllBytes.Select(Encoding.UTF8.GetString).Where(b => b.Contains("hunter2", StringComparison.Ordinal)))
        {
            var (signal, refusal) = Parse(body);
            Assert.DoesNotContain("hunter2", signal?.ToString() ?? refusal!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Key_InFieldAndHeader_FieldWins()
    {
        Assert.Equal("field", Parse("""{"action":"buy","symbol":"MNQ1!","id":"field"}""", "header").Signal!.Key);
        Assert.Equal("header", Parse("""{"action":"buy","symbol":"MNQ1!"}""", " header ").Signal!.Key);
        Assert.Null(Parse("""{"action":"buy","symbol":"MNQ1!"}""", " ").Signal!.Key);
    }

    [Fact]
    public void Key_TooLong_IsRefused()
    {
        var key = new string('k', IngestLimits.KeyLengthMax + 1);
        Assert.Equal("id", Parse($$"""{"action":"buy","symbol":"MNQ1!","id":"{{key}}"}""").Refusal!.Field);
        Assert.Equal("Idempotency-Key", Parse("""{"action":"buy","symbol":"MNQ1!"}""", key).Refusal!.Field);
        Assert.Equal(key[1..], Parse($$"""{"action":"buy","symbol":"MNQ1!","id":"{{key[1..]}}"}""").Signal!.Key);
    }

    [Fact]
    public void Label_TooLong_IsCut()
    {
        var label = new string('x', EngineLimits.LabelLengthMax - 1) + "😀😀";
        var (signal, _) = Parse($$"""{"action":"buy","symbol":"MNQ1!","comment":"{{label}}"}""");
        Assert.Equal(new string('x', EngineLimits.LabelLengthMax - 1), signal!.Label);
    }

    [Fact]
    public void BodyHash_OfAnotherBody_Differs()
    {
        var first = Parse("""{"action":"buy","symbol":"MNQ1!"}""").Signal!;
        Assert.NotEqual(first.BodyHash, Parse("""{"action":"buy","symbol":"MNQ1!","x":1}""").Signal!.BodyHash);
        Assert.Equal(first.BodyHash, Parse("""{"action":"buy","symbol":"MNQ1!"}""").Signal!.BodyHash);
    }

    [Fact]
    public void Dialects_AllTogether_MeanByEachNameWhatEachOfThemDoes()
    {
        foreach (var dialect in FieldTable.Dialects)
            foreach (var (name, field) in dialect.Fields)
                Assert.Equal((dialect.Name, name, field), (dialect.Name, name, FieldTable.Json.Find(Encoding.UTF8.GetBytes(name))?.Field));
    }

    [Fact]
    public void Dialects_ThatDisagreeAboutAName_AreRefused()
    {
        var one = new Dialect("one", [("x", Field.Price)]);
        var fault = Assert.Throws<InvalidOperationException>(() => new FieldTable(one, new Dialect("two", [("X", Field.Quantity)])));
        Assert.Contains("two takes \"X\" for Quantity", fault.Message, StringComparison.Ordinal);
        Assert.Equal(Field.Price, new FieldTable(one, new Dialect("two", [("X", Field.Price)])).Find("x"u8)!.Field);
    }

    private static (Signal? Signal, Refusal? Refusal) Parse(string body, string? key = null)
    {
        Parser.TryParse(Encoding.UTF8.GetBytes(body), Table.Arrival, key, out var signal, out var refusal);
        return (signal, refusal);
    }
}
