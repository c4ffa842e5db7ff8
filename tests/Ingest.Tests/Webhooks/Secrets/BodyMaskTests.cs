using System.Text;
using System.Text.Json;
using StreamRecorder.Ingest.Webhooks;
using StreamRecorder.Ingest.Webhooks.Secrets;
using StreamRecorder.Payloads;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks.Secrets;

public sealed class BodyMaskTests
{
    private const string Secret = "hunter2";

    private static readonly WebhookParser Parser = new(Table.Symbols());

    /// <summary>Bodies with <see cref="Secret"/> in them, and how they may be shown.</summary>
    public static TheoryData<string, string> Bodies => new()
    {
        // JSON
        { """{"action":"buy","token":"hunter2","symbol":"MNQ1!"}""", """{"action":"buy","token":"***","symbol":"MNQ1!"}""" },
        { """{"KEY" : "hunter2" , "a":1}""", """{"KEY" : "***" , "a":1}""" },
        { """{"secret":"hunter2"}""", """{"secret":"***"}""" },
        { """{"auth_key":"hunter2","apiKey":"hunter2","X-Password":"hunter2","user.passphrase":"hunter2"}""",
            """{"auth_key":"***","apiKey":"***","X-Password":"***","user.passphrase":"***"}""" },
        { """{"symbol":"MNQ1!","multiple_accounts":[{"token":"hunter2","account_id":"A1"},{"token":"hunter2"}]}""",
            """{"symbol":"MNQ1!","multiple_accounts":[{"token":"***","account_id":"A1"},{"token":"***"}]}""" },
        { """{"tok\u0065n":"hunter2","\u006b\u0065\u0079":"hunter2"}""", """{"tok\u0065n":"***","\u006b\u0065\u0079":"***"}""" },
        { """{"token":"\u0068unter2 hunter2"}""", """{"token":"***"}""" },
        { """{"token":"a\"hunter2\\","b":1}""", """{"token":"***","b":1}""" },
        { """{"password":["hunter2",{"a":"hunter2 ] } \" ]"}],"b":1}""", """{"password":"***","b":1}""" },
        { """{"auth":{"user":"me","pass":"hunter2"},"b":1}""", """{"auth":"***","b":1}""" },
        { "{\n  \"token\"\n :\n \"hunter2\"\n}", "{\n  \"token\"\n :\n \"***\"\n}" },
        { """{"auth code":"hunter2","my token is":"hunter2"}""", """{"auth code":"***","my token is":"***"}""" },
        { """{"token":"hunter2","comment":"no token","action":"token"}""", """{"token":"***","comment":"no token","action":"token"}""" },

        // text within JSON
        { """{"message":"key=hunter2;command=PLACE;","b":1}""", """{"message":"key=***;command=PLACE;","b":1}""" },
        { """{"message":"{\"token\":\"hunter2\",\"a\":\"b\"}","b":1}""", """{"message":"{\"token\":\"***\",\"a\":\"b\"}","b":1}""" },
        { """{"message":"{\u0022token\u0022:\u0022hunter2\u0022,\u0022a\u0022:1}","b":1}""",
            """{"message":"{\u0022token\u0022:\u0022***\u0022,\u0022a\u0022:1}","b":1}""" },
        { """{"m":"{\"m\":\"{\\\"token\\\":\\\"hunter2\\\",\\\"a\\\":1}\"}","b":1}""",
            """{"m":"{\"m\":\"{\\\"token\\\":\\\"***\\\",\\\"a\\\":1}\"}","b":1}""" },
        { """{"m":"{\"secret\":{\"x\":\"}hunter2\"}}","b":1}""", """{"m":"{\"secret\":\"***\"}","b":1}""" },
        { """{"url":"https://example.com/trading/webhook/123/hunter2","b":1}""", """{"url":"https://example.com/trading/webhook/***","b":1}""" },
        { """{"url":"https://example.com/?token=hunter2","b":1}""", """{"url":"https://example.com/?token=***","b":1}""" },

        // broken JSON
        { """{"token":"hunter2","quantity":{{strategy.order.contracts}}}""", """{"token":"***","quantity":{{strategy.order.contracts}}}""" },
        { """{"token":"hunter2""", """{"token":"***""" },
        { """{"token":"hun"hunter2","symbol":"MNQ1!"}""", """{"token":"***","symbol":"MNQ1!"}""" },
        { """{"token":hunter2,"symbol":"MNQ1!"}""", """{"token":"***","symbol":"MNQ1!"}""" },
        { """{'token':'hunter2','symbol':'MNQ1!'}""", """{'token':'***','symbol':'MNQ1!'}""" },
        { """{token: hunter2, symbol: MNQ1!}""", """{token: ***, symbol: MNQ1!}""" },
        { """{"token" "hunter2", "password": ["hunter2""", """{"token" "hunter2", "password": "***" """.TrimEnd() },
        { """{"secret":"hunter2}""", """{"secret":"***""" },
        { """Alert! {"token":"hunter2","a":1}""", """Alert! {"token":"***","a":1}""" },

        // CrossTrade, AutoView and other text
        { "key=hunter2;command=PLACE;instrument=MNQ1!;", "key=***;command=PLACE;instrument=MNQ1!;" },
        { "KEY = hunter2 hunter2 ;\r\ncommand=PLACE;", "KEY = *** ;\r\ncommand=PLACE;" },
        { "key=hun\"hunter2,x=hunter2;command=PLACE;", "key=***;command=PLACE;" },
        { "command=PLACE;key=hunter2", "command=PLACE;key=***" },
        { "token=hunter2 s=MNQ1! b=buy", "token=*** s=MNQ1! b=buy" },
        { "s=MNQ1! b=buy token=hunter2==", "s=MNQ1! b=buy token=***" },
        { "password: hunter2 hunter2\nlong BTCUSD q=0.1", "***\nlong BTCUSD q=0.1" },
        { "hunter2\nlong BTCUSD q=0.1 sl=5", "***\nlong BTCUSD q=0.1 sl=5" },
        { "\uFEFF hunter2 \r\n\r\nlong BTCUSD q=0.1", "***\n\r\nlong BTCUSD q=0.1" },
        { "p=hunter2 hunter2\nsell BTCUSD", "***\nsell BTCUSD" },
        { "hun:ter2=hunter2\ne=x s=MNQ1! b=buy q=1", "***\ne=x s=MNQ1! b=buy q=1" },
        { "hun:ter2=hunter2\nkey=hunter2;\ncommand=PLACE;", "***\nkey=***;\ncommand=PLACE;" },
        { "symbol=MNQ1!\naction=buy\ntoken=hunter2", "symbol=MNQ1!\naction=buy\ntoken=***" },
        { "hun;ter2\ncommand=PLACE;instrument=MNQ1!;", "***\ncommand=PLACE;instrument=MNQ1!;" },
        { "s=MNQ1! c=position\ns=MNQ1! b=buy token=hunter2", "s=MNQ1! c=position\ns=MNQ1! b=buy token=***" },
        { "hunter2", "***" },
        { "Authorization: Bearer hunter2\nbuy", "***\nbuy" },
        { "token%3Dhunter2", "***" },
        { "payload=%7B%22token%22%3A%22hunter2%22%2C%22a%22%3A1%7D", "payload=%7B%22token%22%3A%22***%22%2C%22a%22%3A1%7D" },
        { "{&quot;token&quot;:&quot;hunter2&quot;,&quot;a&quot;:1}", "{&quot;token&quot;:&quot;***&quot;,&quot;a&quot;:1}" },
        { "pass => hunter2", "pass => ***" },
    };

    public static TheoryData<string> Unsecret =>
        [.. PayloadFile.Valid.Select(v => v.Body)
                .Where(b => !b.Contains(Secret, StringComparison.Ordinal) && !b.Contains("\"token\"", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Bodies))]
    public void Secret_Named_IsReplacedAndNothingElse(string body, string expected) => Assert.Equal(expected, Masked(body));

    [Theory, MemberData(nameof(Bodies))]
    public void Secret_InEveryPrefix_IsNotShown(string body, string expected)
    {
        // The one body whose separator is missing shows what nobody can tell from a word, and the lines of a text are told by those after them.
        if (expected.Contains(Secret, StringComparison.Ordinal) || expected.StartsWith(BodyMask.Mask + "\n", StringComparison.Ordinal)) return;
        for (var length = 0; length < body.Length; length++)
            Assert.DoesNotContain("hunt", Masked(body[..length]), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Unsecret))]
    public void Body_WithoutSecrets_IsUnchanged(string body) => Assert.Equal(body, Masked(body));

    [Fact]
    public void Signal_OfAMaskedBody_IsTheSame()
    {
        foreach (var (_, body, expected) in PayloadFile.Valid)
        {
            Assert.True(Parser.TryParse(Encoding.UTF8.GetBytes(Masked(body)), Table.Arrival, null, out var signal, out var refusal), refusal?.Detail);
            Assert.Equal(expected, SignalText.Of(signal));
        }
    }

    [Theory]
    [InlineData("1234567")]
    [InlineData("-1.5e30")]
    [InlineData("true")]
    [InlineData("[1,[2,\"]\"]]")]
    [InlineData("{\"a\":{\"b\":\"}\"}}")]
    public void Json_WithASecretOfAnyKind_StaysJson(string value)
    {
        foreach (var body in new[]
            { $$"""{"token":{{value}}}""", $$"""{"token" : {{value}} ,"a":[{"key":{{value}}}]}""", $$"""[{"a":{"pin":{{value}} } }]""" })
        {
            var masked = Masked(body);
            using var json = JsonDocument.Parse(masked);
            Assert.DoesNotContain(value, masked, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Names_OfKnownFields_AreNoSecrets()
    {
        foreach (var (name, _) in FieldTable.Dialects.SelectMany(d => d.Fields)) Assert.False(SecretNames.IsSecret(name), name);
    }

    [Fact]
    public void Body_MutatedAroundItsSecret_DoesNotShowIt()
    {
        const int seed = 20251205;
        var random = new Random(seed);
        string[] other = ["\"hun\"", "&quot;", "}hunter2"];
        var bodies = Bodies.Select(b => b.Data.Item1).Where(b => b[0] == '{' && b.Split(Secret).Length == 2 && !other.Any(b.Contains)).ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var body = bodies[random.Next(bodies.Length)];
            var (from, to) = Kept(body);
            var mutated = Mutate(body[..from], random) + body[from..to] + Mutate(body[to..], random);
            Assert.False(Masked(mutated).Contains(Secret, StringComparison.Ordinal), $"seed {seed}, round {round}: {mutated}");
        }
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(100)]
    [InlineData(3)]
    public void Body_Long_IsCutAtACharacter(int bytesMax)
    {
        foreach (var body in new[]
            { new string('é', 5000), string.Concat(Enumerable.Repeat("😀", 3000)), "{" + string.Concat(Enumerable.Repeat("\"key\":1,", 2000)) })
        {
            var masked = BodyMask.Of(Encoding.UTF8.GetBytes(body), bytesMax);
            Assert.InRange(Encoding.UTF8.GetByteCount(masked), 0, bytesMax);
            Assert.DoesNotContain('\uFFFD', masked);
        }
    }

    [Theory]
    [InlineData("7B0022007400")]
    [InlineData("FEFF0000")]
    public void Body_OfNoUtf8_IsOnlyCounted(string hex) =>
        Assert.Equal($"({hex.Length / 2} bytes that are no UTF-8 text)", BodyMask.Of(Convert.FromHexString(hex)));

    [Fact]
    public void Body_WithControlCharacters_IsShownWithoutThem() => Assert.Equal("{\"a\": \"x y\"}\n", Masked("{\"a\":\u0007\"x\u001by\"}\n"));

    [Theory]
    [InlineData(" ")]
    [InlineData("\"")]
    [InlineData("\\")]
    [InlineData("key=")]
    [InlineData("key: ")]
    [InlineData("\",")]
    [InlineData("token\":\"}")]
    public void Body_OfOnePieceOverAndOver_TakesNoLong(string piece)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 20; i++) Masked("{\"key\":" + string.Concat(Enumerable.Repeat(piece, 4096)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    /// <summary>From the secret's name with its quote to behind its value's closing quote.</summary>
    private static (int From, int To) Kept(string body)
    {
        var value = body.IndexOf(Secret, StringComparison.Ordinal);
        var to = value + Secret.Length;
        while (to < body.Length && body[to] is '"' or '\'' or '\\') to++;
        var colon = body.LastIndexOfAny([':', '='], value);
        var from = body.LastIndexOfAny(['{', ',', '/', '?', ';'], colon);
        return (from < 0 ? 0 : from, to);
    }

    private static string Mutate(string text, Random random)
    {
        if (text.Length == 0) return text;
        var at = random.Next(text.Length);
        return random.Next(4) switch
        {
            0 => text.Remove(at, random.Next(1, Math.Min(6, text.Length - at) + 1)),
            1 => text.Insert(at, "{}[]\"':,;=|\\\n &"[random.Next(15)].ToString()),
            2 => text.Insert(at, text[random.Next(text.Length)..]),
            _ => text,
        };
    }

    private static string Masked(string body) => BodyMask.Of(Encoding.UTF8.GetBytes(body));
}
