using System.Text;
using StreamRecorder.Ingest.Webhooks;
using StreamRecorder.Ingest.Webhooks.Secrets;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

public sealed class KeptBodyTests
{
    [Theory]
    [InlineData("", "", false)]
    [InlineData("{\"action\":\"buy\"}", "{\"action\":\"buy\"}", false)]
    public void Body_Short_IsKeptWhole(string body, string kept, bool isCut)
    {
        var receipt = KeptBody.Of(Encoding.UTF8.GetBytes(body), isWhole: true, 7);
        Assert.Equal((kept, isCut, 7), (Encoding.UTF8.GetString(receipt.Body.Span), receipt.IsCut, receipt.ReceivedAt));
    }

    [Theory]
    [InlineData(IngestLimits.KeptBodyBytesMax, IngestLimits.KeptBodyBytesMax)]
    [InlineData(IngestLimits.KeptBodyBytesMax + 1, IngestLimits.KeptBodyBytesMax)]
    public void Body_Long_IsCut(int length, int kept)
    {
        var receipt = KeptBody.Of(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a=1;", length / 4 + 1))[..length]), isWhole: true, 0);
        Assert.Equal((kept, length > kept), (receipt.Body.Length, receipt.IsCut));
    }

    [Fact]
    public void Body_LongOfWideCharacters_IsCutBetweenThem()
    {
        var receipt = KeptBody.Of(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("€ = ", 1000))), isWhole: true, 0);
        Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(receipt.Body.Span));
        Assert.InRange(receipt.Body.Length, IngestLimits.KeptBodyBytesMax - 3, IngestLimits.KeptBodyBytesMax);
    }

    [Fact]
    public void Body_WholeThatGrowsByItsMasks_IsCut()
    {
        var body = string.Join(';', Enumerable.Range(0, 600).Select(_ => "key=a"));
        var receipt = KeptBody.Of(Encoding.UTF8.GetBytes(body), isWhole: true, 0);
        Assert.True(receipt.IsCut);
        Assert.InRange(receipt.Body.Length, 1, IngestLimits.KeptBodyBytesMax);
    }

    [Fact]
    public void Body_NotReadToItsEnd_IsCut() => Assert.True(KeptBody.Of("abc"u8, isWhole: false, 0).IsCut);

    [Fact]
    public void Body_TakenForPlain_IsWhatTheMaskWouldLeave()
    {
        string[] pieces =
        [
            "{", "}", "[", "\"", ":", ",", " ", "\n", "\t", "\\", "action", "buy", "price", "25600.25", "symbol", "MNQ1!", "token", "KEY", "pass", "sig", "x", "é", "\0",
            "\u007f", "\\u0074oken", "%74", "&", "=", ";", "webhook/abc",
        ];
        var random = new Random(17);
        var plain = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var text = (random.Next(4) > 0 ? "{" : "") + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            var body = Encoding.UTF8.GetBytes(text);
            if (!BodyMask.IsPlain(body)) continue;
            plain++;
            Assert.Equal(text, BodyMask.Of(body));
        }
        Assert.InRange(plain, 500, 19_000);
    }

    [Fact]
    public void Body_OfTheUsualKind_IsPlain()
    {
        const string body = """{"action":"buy","symbol":"MNQ1!","price":25600.25,"quantity":1,"time":"2025-12-04T15:00:00Z","id":"17"}""";
        Assert.True(BodyMask.IsPlain(Encoding.UTF8.GetBytes(body)));
        Assert.False(BodyMask.IsPlain(Encoding.UTF8.GetBytes(body + new string(' ', 1024))));
        Assert.False(BodyMask.IsPlain("{\"token\":\"x\"}"u8));
        Assert.False(BodyMask.IsPlain("hunter2\nbuy MNQ1!"u8));
    }
}
