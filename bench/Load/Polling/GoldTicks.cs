using System.Globalization;
using System.IO.Compression;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Load.Polling;

/// <summary>
/// A day of gold: COMEX ticks where <c>shared/data</c> stands beside the project
/// or above it, else a seeded walk with the same rhythm of bursts and pauses.
/// </summary>
internal sealed record GoldTicks(string Source, string File, IReadOnlyList<(long At, long Price)> Ticks)
{
    public const string Symbol = "GCZ13";

    private const long Start = 1_381_104_000_000_000;
    private const int WalkTicks = 40_000;

    public static GoldTicks Load(string directory) =>
        FindRecorded() is { } file ? new("COMEX gold of 2013-10-07", file, [.. Read(file)]) : Walk(Path.Combine(directory, "gold.csv"));

    private static string? FindRecorded()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", "GCZ13_20131007_trade.csv.gz");
            if (System.IO.File.Exists(path)) return path;
        }
        return null;
    }

    /// <summary>Columns: timestamp_utc_us, symbol, price, size.</summary>
    private static IEnumerable<(long At, long Price)> Read(string file)
    {
        using var reader = new StreamReader(new GZipStream(System.IO.File.OpenRead(file), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            if (Fixed9.TryParse(cells[2], out var price) != NumberError.None) throw new InvalidDataException($"{file}: {line}");
            yield return (long.Parse(cells[0], CultureInfo.InvariantCulture), price);
        }
    }

    /// <summary>One in eight ticks ends a burst and a pause of up to half a minute follows; within a burst they are milliseconds apart.</summary>
    private static GoldTicks Walk(string file)
    {
        var random = new Random(1);
        var (at, tenths) = (Start, 13_137L);
        var ticks = new List<(long, long)>();
        using var writer = new StreamWriter(file);
        writer.WriteLine("timestamp_utc_us,symbol,price,size");
        for (var i = 0; i < WalkTicks; i++)
        {
            at += (random.Next(8) == 0 ? random.Next(1, 30_000) : random.Next(0, 5)) * 1000L;
            tenths += random.Next(-2, 3);
            ticks.Add((at, tenths * Fixed9.One / 10));
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at},{Symbol},{tenths / 10}.{tenths % 10},1"));
        }
        return new GoldTicks("a seeded walk", file, ticks);
    }
}
