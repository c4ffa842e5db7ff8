using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamRecorder.Engine.Positions;
using Xunit;

namespace StreamRecorder.Engine.Tests.Positions;

public sealed class PositionCodecTests
{
    [Fact]
    public void Record_WrittenAndRead_IsTheSameButForIdsOfTheProcess()
    {
        var position = Noise(1);
        Assert.True(PositionCodec.TryRead(PositionCodec.Write(position), out var read));
        position.ContractId = 0;
        position.EpochId = 0;
        Assert.Equal(Bytes(position), Bytes(read));
    }

    [Fact]
    public void Record_AnyByteFlippedCutOrAdded_IsRefused()
    {
        var bytes = PositionCodec.Write(Noise(2));
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x10;
            Assert.False(PositionCodec.TryRead(bytes, out _), $"byte {i}");
            bytes[i] ^= 0x10;
        }
        Assert.False(PositionCodec.TryRead(bytes.AsSpan(1), out _));
        Assert.False(PositionCodec.TryRead(bytes.AsSpan(0, bytes.Length - 1), out _));
        Assert.False(PositionCodec.TryRead([.. bytes, 0], out _));
        Assert.True(PositionCodec.TryRead(bytes, out _));
    }

    [Theory]
    [InlineData("USD")]
    [InlineData("EUR")]
    [InlineData("USDTUSDT")]
    [InlineData("")]
    public void CurrencyCode_PackedAndUnpacked_IsTheSame(string code) => Assert.Equal(code, CurrencyCode.Unpack(CurrencyCode.Pack(code)));

    private static Position Noise(int seed)
    {
        var bytes = new byte[Unsafe.SizeOf<Position>()];
        new Random(seed).NextBytes(bytes);
        return MemoryMarshal.Read<Position>(bytes);
    }

    private static byte[] Bytes(Position position) => MemoryMarshal.AsBytes(new ReadOnlySpan<Position>(in position)).ToArray();
}
