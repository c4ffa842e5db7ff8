using System.Text;

namespace StreamRecorder.Host.Tests.Secrets;

/// <summary>Where a text stands in the files under a directory: as UTF-8, and as UTF-16 of both kinds.</summary>
internal static class SecretSearch
{
    private static readonly Encoding[] Encodings = [Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode];

    /// <summary>Names of the files, relative; each once for each of the texts that it holds.</summary>
    public static List<string> Files(string directory, params IEnumerable<string> texts)
    {
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            found.AddRange(texts.Where(text => Holds(bytes, text)).Select(_ => Path.GetRelativePath(directory, file)));
        }
        return found;
    }

    private static bool Holds(ReadOnlySpan<byte> bytes, string text)
    {
        foreach (var encoding in Encodings)
            if (bytes.IndexOf(encoding.GetBytes(text)) >= 0) return true;
        return false;
    }
}
