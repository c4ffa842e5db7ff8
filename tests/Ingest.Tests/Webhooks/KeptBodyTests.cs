using System.Text;
using StreamRecorder.Ingest.Webhooks;
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
}
