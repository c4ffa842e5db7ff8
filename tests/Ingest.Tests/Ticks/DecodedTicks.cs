using System.Text;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Ingest.Tests.Ticks;

/// <summary>What a decoder made of a body, in text, for comparison; fed whole or in chunks.</summary>
internal sealed record DecodedTicks(string Ticks, string Errors, long Rejected, string? Refusal)
{
    public static DecodedTicks Of(string body, int chunk = int.MaxValue, long arrival = Table.Arrival) =>
        Of(Encoding.UTF8.GetBytes(body), chunk, arrival);

    public static DecodedTicks Of(byte[] body, int chunk = int.MaxValue, long arrival = Table.Arrival)
    {
        var symbols = Table.Symbols();
        var decoder = new TickDecoder(symbols);
        var ticks = new List<Tick>();
        int start = 0, end = 0;
        for (var isFinal = false; !isFinal;)
        {
            isFinal = end == body.Length;
            end = (int)Math.Min((long)end + chunk, body.Length);
            start += Decode(decoder, body.AsSpan(start, end - start), isFinal, arrival, ticks);
        }
        return new DecodedTicks(
            string.Join('\n', ticks.Select(t => Text(symbols, t))), string.Join('\n', decoder.Errors.Select(e => $"{e.Line}: {e.Reason}")),
            decoder.Rejected,
            decoder.Refusal?.Detail);
    }

    /// <summary>Small batches, so that a full one is met often.</summary>
    private static int Decode(TickDecoder decoder, ReadOnlySpan<byte> data, bool isFinal, long arrival, List<Tick> ticks)
    {
        var batch = new Tick[3];
        for (var used = 0; ;)
        {
            used += decoder.Decode(data[used..], isFinal, arrival, batch, out var written);
            ticks.AddRange(batch.AsSpan(0, written));
            if (written < batch.Length) return used;
        }
    }

    private static string Text(SymbolTable symbols, Tick tick) =>
        $"{symbols[tick.SymbolId]} {Fixed9.Format(tick.Price)} {Timestamp.Format(tick.At)}";
}
