using System.Runtime.InteropServices;

namespace StreamRecorder.Engine.Prices;

/// <summary>One print: a price (E9) of a symbol at its own time (µs). 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Tick(int symbolId, long price, long at)
{
    public readonly long Price = price;
    public readonly long At = at;
    public readonly int SymbolId = symbolId;
}
