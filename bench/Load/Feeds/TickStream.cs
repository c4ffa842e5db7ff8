using System.Globalization;
using System.Text;
using StreamRecorder.TickFeed;

namespace StreamRecorder.Load.Feeds;

/// <summary>A random walk of some futures as the bytes that a feed sends, made before anything is measured.</summary>
internal static class TickStream
{
    public const int TicksPerFrame = FeedFrames.TicksPerFrame;

    public static readonly string[] Symbols = ["MNQZ2025", "ESZ2025", "GCZ2025", "CLF2026"];

    private const int Frames = 32;
    private const int Lines = 40_000;

    /// <summary>Ticks that stand together are mostly of one symbol, as they come from an exchange.</summary>
    public static IReadOnlyList<byte[]> Binary() =>
        [.. Walk(Frames * TicksPerFrame).Chunk(TicksPerFrame).Select(ticks => FeedFrames.Ticks(ticks, symbol => Array.IndexOf(Symbols, symbol)))];

    public static (byte[] Body, int Lines) Ndjson()
    {
        var body = new StringBuilder();
        foreach (var tick in Walk(Lines))
            body.Append(
                CultureInfo.InvariantCulture,
                $"{{\"symbol\":\"{tick.Symbol}\",\"price\":{tick.Price},\"size\":1,\"time\":\"{tick.Time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}Z\"}}\n");
        return (Encoding.UTF8.GetBytes(body.ToString()), Lines);
    }

    private static IEnumerable<FeedTick> Walk(int count)
    {
        var random = new Random(1);
        var time = DateTimeOffset.UtcNow.AddHours(-1);
        var (symbol, price) = (Symbols[0], 5000m);
        for (var i = 0; i < count; i++)
        {
            if (random.Next(8) == 0) symbol = Symbols[random.Next(Symbols.Length)];
            price += random.Next(-2, 3) * 0.25m;
            yield return new FeedTick(symbol, price, time.AddMicroseconds(i));
        }
    }
}
