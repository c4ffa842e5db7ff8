using System.Globalization;
using System.IO.Compression;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Host.Tests.Replay;

namespace StreamRecorder.Host.Tests.Day;

/// <summary>A day of prints of gold; prices E9, times µs.</summary>
internal static class DayTicks
{
    public const string Symbol = "GCZ2013";

    public static List<(long At, long Price)> Real()
    {
        using var file = new StreamReader(new GZipStream(File.OpenRead(RealData.Find("GCZ13_20131007_trade.csv.gz")), CompressionMode.Decompress));
        var ticks = new List<(long, long)>();
        file.ReadLine();
        while (file.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            ticks.Add(
                (long.Parse(cells[0], CultureInfo.InvariantCulture), (long)(decimal.Parse(cells[2], CultureInfo.InvariantCulture) * Fixed9.One)));
        }
        return ticks;
    }

    public static List<(long At, long Price)> Generated(int seed)
    {
        var random = new Random(seed);
        var (at, price) = (1_381_104_000L * Timestamp.Second, 1320L * Fixed9.One);
        var ticks = new List<(long, long)>();
        for (var i = 0; i < 20_000; i++)
        {
            at += random.Next(8_600_000);
            price += (random.Next(7) - 3) * (Fixed9.One / 10);
            ticks.Add((at, price));
        }
        return ticks;
    }
}
