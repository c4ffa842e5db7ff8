using System.Buffers;
using System.Globalization;
using System.Text;
using StreamRecorder.Engine.Numbers;
using static System.FormattableString;

namespace StreamRecorder.Host.Cli;

/// <summary>
/// The log where it is no terminal: lines as <c>AddSimpleConsole</c> writes them, but as many at a time as wait, because a write and a wake-up of its
/// reader for each line were 4 % of a busy service. Any thread; whoever finds too much waiting waits too. When its reader is gone, the rest is given
/// up; when it stands still for too long, the lines that come until it goes on, and how many they were is said then.
/// </summary>
internal sealed class LineLog : ILoggerProvider
{
    /// <summary>Some 4 000 lines; more waiting means that the reader is too slow, and who writes learns of it.</summary>
    private const int WaitingBytesMax = 1 << 20;
    private const int NumberLengthMax = 16;

    private readonly Stream _output;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly Thread _thread;

    // Under the gate.
    private readonly object _gate = new();
    private ArrayBufferWriter<byte> _waiting = new(WaitingBytesMax / 16);
    private ArrayBufferWriter<byte> _spare = new(WaitingBytesMax / 16);
    private bool _isEnding;
    private bool _isBroken;
    private bool _isStalled;
    private long _lost;

    public LineLog(Stream output, TimeProvider time)
        : this(output, time, HostLimits.LogPatience)
    {
    }

    /// <param name="patience">How long whoever writes waits for a reader that takes nothing.</param>
    internal LineLog(Stream output, TimeProvider time, TimeSpan patience)
    {
        _output = output;
        _time = time;
        _patience = patience;
        _thread = new Thread(Run) { Name = "log", IsBackground = true };
        _thread.Start();
    }

    /// <summary>So much waits that whoever writes waits too; for tests.</summary>
    internal bool IsFull
    {
        get
        {
            lock (_gate) return _waiting.WrittenCount > WaitingBytesMax;
        }
    }

    /// <summary>It was disposed of, and all that waited is written; for tests.</summary>
    internal bool HasEnded => !_thread.IsAlive;

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    /// <summary>Everything that waits is written first, unless its reader does not take it in time.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnding = true;
            Monitor.PulseAll(_gate);
        }
        _thread.Join(HostLimits.StopLog);
    }

    private void Write(LogLevel level, string category, EventId id, string text)
    {
        lock (_gate)
        {
            if (!TryWaitForRoom())
            {
                _lost++;
                return;
            }
            if (_lost > 0) Append(LogLevel.Warning, nameof(LineLog), 0, Invariant($"{_lost} lines before this one were lost: nobody took them"));
            _lost = 0;
            Append(level, category, id, text);
        }
    }

    private void Append(LogLevel level, string category, EventId id, string text)
    {
        var isFirst = _waiting.WrittenCount == 0;
        WriteTime(_waiting);
        _waiting.Write(WordOf(level));
        Encoding.UTF8.GetBytes(category, _waiting);
        _waiting.Write("["u8);
        id.Id.TryFormat(_waiting.GetSpan(NumberLengthMax), out var length, default, CultureInfo.InvariantCulture);
        _waiting.Advance(length);
        _waiting.Write("] "u8);
        Encoding.UTF8.GetBytes(text, _waiting);
        Encoding.UTF8.GetBytes(Environment.NewLine, _waiting);
        if (isFirst) Monitor.PulseAll(_gate);
    }

    /// <summary>False: the line is given up.</summary>
    private bool TryWaitForRoom()
    {
        while (_waiting.WrittenCount > WaitingBytesMax && !_isEnding && !_isBroken)
        {
            // One waits for all: who comes while the reader still stands goes on at once.
            if (_isStalled) return false;
            if (!Monitor.Wait(_gate, _patience)) _isStalled = _waiting.WrittenCount > WaitingBytesMax;
        }
        return !_isBroken;
    }

    /// <summary>UTC, to the millisecond.</summary>
    private void WriteTime(ArrayBufferWriter<byte> line)
    {
        const int MicrosecondDigits = 3;
        var text = line.GetSpan(Timestamp.TextLength);
        Timestamp.Format(Timestamp.From(_time.GetUtcNow()), text);
        "Z"u8.CopyTo(text[(Timestamp.TextLength - 1 - MicrosecondDigits)..]);
        line.Advance(Timestamp.TextLength - MicrosecondDigits);
    }

    private void Run()
    {
        while (TakeWaiting() is { } lines)
        {
            try
            {
                _output.Write(lines.WrittenSpan);
                _output.Flush();
            }
            catch (IOException)
            {
                lock (_gate) _isBroken = true;
            }
            lines.ResetWrittenCount();
            lock (_gate)
            {
                _spare = lines;
                _isStalled = false;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Null at the end.</summary>
    private ArrayBufferWriter<byte>? TakeWaiting()
    {
        lock (_gate)
        {
            while (_waiting.WrittenCount == 0 && !_isEnding) Monitor.Wait(_gate);
            if (_waiting.WrittenCount == 0) return null;
            (var lines, _waiting) = (_waiting, _spare);
            // There is room now, however long the reader takes over these.
            Monitor.PulseAll(_gate);
            return lines;
        }
    }

    private static ReadOnlySpan<byte> WordOf(LogLevel level) => level switch
    {
        LogLevel.Trace => " trce: "u8,
        LogLevel.Debug => " dbug: "u8,
        LogLevel.Information => " info: "u8,
        LogLevel.Warning => " warn: "u8,
        LogLevel.Error => " fail: "u8,
        _ => " crit: "u8,
    };

    private sealed class Category(LineLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var text = formatter(state, exception);
            if (exception is not null) text = $"{text} {exception}";
            if (text.Contains(Environment.NewLine, StringComparison.Ordinal)) text = text.Replace(Environment.NewLine, " ", StringComparison.Ordinal);
            log.Write(logLevel, name, eventId, text);
        }
    }
}
