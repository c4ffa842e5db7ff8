namespace StreamRecorder.Ingest.Ticks;

/// <summary>
/// Finds where an element of a JSON list ends, over any number of chunks: strings and nesting are followed, nothing else is checked.
/// </summary>
internal struct JsonElementScan
{
    private int _depth;
    private bool _isString;
    private bool _isEscape;

    /// <summary>Index of the comma or bracket behind the element; −1: it goes on behind the data.</summary>
    public int FindEnd(ReadOnlySpan<byte> data)
    {
        for (var i = 0; i < data.Length; i++)
        {
            var b = data[i];
            if (_isString) ScanString(b);
            else if (_depth == 0 && (b is (byte)',' or (byte)']')) return i;
            else if (b == '"') _isString = true;
            else if (b is (byte)'{' or (byte)'[') _depth++;
            else if (b is (byte)'}' or (byte)']') _depth = Math.Max(_depth - 1, 0);
        }
        return -1;
    }

    private void ScanString(byte b)
    {
        if (_isEscape) _isEscape = false;
        else if (b == '\\') _isEscape = true;
        else if (b == '"') _isString = false;
    }
}
