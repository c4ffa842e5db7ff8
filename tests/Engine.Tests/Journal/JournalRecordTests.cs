using StreamRecorder.Engine.Journal;
using Xunit;

namespace StreamRecorder.Engine.Tests.Journal;

public sealed class JournalRecordTests
{
    [Fact]
    public void Crc32C_KnownVector_IsThePublishedValue() => Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));

    [Fact]
    public void Crc32C_SplitSpan_EqualsWhole()
    {
        var bytes = JournalVerbs.Payload(5, 4);
        for (int i = 0; i <= bytes.Length; i++) Assert.Equal(Crc32C.Of(bytes), Crc32C.Of(bytes.AsSpan(0, i), bytes.AsSpan(i)));
    }
}
