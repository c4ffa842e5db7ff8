using System.IO.Compression;
using System.Text;

namespace StreamRecorder.Naive;

/// <summary>Text files line by line, gzip or not, and the cells of a line of CSV.</summary>
public static class Csv
{
    public static IEnumerable<string> Lines(string path)
    {
        using Stream file = File.OpenRead(path);
        using var plain = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(plain, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    /// <summary>Cells, trimmed. A cell may be quoted, so that an instrument's name may hold a comma.</summary>
    public static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        foreach (var letter in line)
        {
            if (letter == '"') quoted = !quoted;
            else if (letter == ',' && !quoted) Take(cells, cell);
            else cell.Append(letter);
        }

        Take(cells, cell);
        return cells;
    }

    private static void Take(List<string> cells, StringBuilder cell)
    {
        cells.Add(cell.ToString().Trim());
        cell.Clear();
    }
}
