using System.Text;
using StreamRecorder.Ingest.Webhooks;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

public sealed class BodyHashTests
{
    [Theory]
    [InlineData("""{"id":"a b","price":1}""", """ { "id" : "a b" , "price" : 1 } """)]
    [InlineData("""{"id":"a\" b"}""", "{\"id\":\t\"a\\\" b\"\r\n}")]
    [InlineData("e=X s=Y", " e=X s=Y\n")]
    public void SameBody_SpacedOtherwise_HasTheSameHash(string left, string right) => Assert.Equal(Hash(left), Hash(right));

    [Theory]
    [InlineData("""{"id":"a b"}""", """{"id":"ab"}""")]
    [InlineData("""{"id":"a\" b"}""", """{"id":"a\"b"}""")]
    [InlineData("""{"price":1}""", """{"price":1.0}""")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""")]
    [InlineData("e=X s=Y", "e=X  s=Y")]
    public void OtherBody_HasAnotherHash(string left, string right) => Assert.NotEqual(Hash(left), Hash(right));

    private static UInt128 Hash(string body) => BodyHash.Of(Encoding.UTF8.GetBytes(body));
}
