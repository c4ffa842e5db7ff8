namespace StreamRecorder.Host.Replay;

/// <summary>Several files of signals as one stream in the order of arrival, by the same rule as ticks.</summary>
internal sealed class SignalMerge(IReadOnlyList<SignalSource> sources)
{
    /// <summary>The next line of all files; null at the end of the last.</summary>
    public ReplaySignal? Next()
    {
        SignalSource? first = null;
        foreach (var source in sources)
            if (source.Line is not null && (first?.Line is null || source.Line.Arrival < first.Line.Arrival)) first = source;
        return first?.Take();
    }
}

/// <summary>One line with its file and when it arrives.</summary>
internal sealed record ReplaySignal(string File, SignalLine Line, long Arrival);

/// <summary>One file of signals, read ahead by a line.</summary>
internal sealed class SignalSource
{
    private readonly string _file;
    private readonly Func<SignalLine?> _read;
    private long _arrival = long.MinValue;

    public SignalSource(string file, Func<SignalLine?> read)
    {
        _file = file;
        _read = read;
        Line = ReadNext();
    }

    /// <summary>The line whose turn it is; null at the end.</summary>
    public ReplaySignal? Line { get; private set; }

    public ReplaySignal? Take()
    {
        var taken = Line;
        Line = ReadNext();
        return taken;
    }

    private ReplaySignal? ReadNext()
    {
        if (_read() is not { } line) return null;
        _arrival = Math.Max(_arrival, line.At);
        return new ReplaySignal(_file, line, _arrival);
    }
}
