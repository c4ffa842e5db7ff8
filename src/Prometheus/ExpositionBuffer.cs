using System.Buffers;
using System.Globalization;
using System.Text;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Bytes of the text format: numbers as its parser reads them, escaping for help and label values. Reused from scrape to scrape.</summary>
internal sealed class ExpositionBuffer
{
    // The SDK allows 1000 streams of 2000 points; a tenth of that with long labels is about this much, and no scraper wants more.
    public const int SizeMax = 64 * 1024 * 1024;

    // Longest shortest-round-trip double is 24 characters, longest long is 20.
    private const int NumberLengthMax = 32;

    private readonly ArrayBufferWriter<byte> _bytes = new(16 * 1024);

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void Clear() => _bytes.ResetWrittenCount();

    public void Write(ReadOnlySpan<byte> ascii)
    {
        if (_bytes.WrittenCount + ascii.Length > SizeMax)
            throw new InvalidOperationException("The exposition is larger than 64 MiB; an instrument has too many series.");
        _bytes.Write(ascii);
    }

    public void Write(string text) => Encoding.UTF8.GetBytes(text, _bytes);

    public void Write(long value)
    {
        value.TryFormat(_bytes.GetSpan(NumberLengthMax), out int written, default, CultureInfo.InvariantCulture);
        _bytes.Advance(written);
    }

    public void Write(double value)
    {
        if (double.IsFinite(value))
        {
            value.TryFormat(_bytes.GetSpan(NumberLengthMax), out int written, default, CultureInfo.InvariantCulture);
            _bytes.Advance(written);
            return;
        }
        Write(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8);
    }

    /// <summary>As <see cref="Write(double)"/> writes it.</summary>
    public static byte[] TextOf(double value)
    {
        var buffer = new ExpositionBuffer();
        buffer.Write(value);
        return buffer.Written.ToArray();
    }

    public void WriteHelp(string text) => WriteEscaped(text, isQuoteEscaped: false);

    public void WriteLabelValue(string text) => WriteEscaped(text, isQuoteEscaped: true);

    private void WriteEscaped(string text, bool isQuoteEscaped)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (!IsEscaped(text[i], isQuoteEscaped)) continue;
            Encoding.UTF8.GetBytes(text.AsSpan(start, i - start), _bytes);
            Write(text[i] switch { '\n' => "\\n"u8, '"' => "\\\""u8, _ => "\\\\"u8 });
            start = i + 1;
        }
        Encoding.UTF8.GetBytes(text.AsSpan(start), _bytes);
    }

    private static bool IsEscaped(char c, bool isQuoteEscaped) => c is '\\' or '\n' || (c == '"' && isQuoteEscaped);
}
