using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Host.Replay;

/// <summary>One replay from files to positions. Made, run once, asked, disposed, all on one thread.</summary>
internal sealed class ReplayRun : IDisposable
{
    /// <summary>Lines of signals between two looks at progress and Ctrl-C; ticks look once a chunk.</summary>
    private const int SignalsPerLook = 256;

    private readonly List<RecordedFile> _files = [];
    private readonly ReplayEngine _engine;
    private readonly TickMerge _ticks;
    private readonly SignalMerge _signals;
    private Action _look = () => { };

    /// <summary>Opens everything, so that a wrong file is found before anything is done.</summary>
    public ReplayRun(ReplayOptions options, ReplayReport report)
    {
        Report = report;
        _engine = new ReplayEngine(Rows(options.InstrumentFile), options.OnOpposite, options.DuplicateWindow);
        try
        {
            _ticks = new TickMerge([.. options.TickFiles.Select(OpenTicks)]);
            _signals = new SignalMerge([.. options.SignalFiles.Select(OpenSignals)]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ReplayReport Report { get; }

    public IReadOnlyList<ReplayedPosition> Positions { get; private set; } = [];

    public InstrumentTable Instruments => _engine.Symbols.Instruments;

    /// <param name="progress">Gets the share of all bytes that is read, now and then.</param>
    /// <param name="cancel">Ends it between two chunks.</param>
    public void Run(Action<double> progress, CancellationToken cancel)
    {
        var length = Math.Max(1, _files.Sum(file => file.Length));
        _look = () =>
        {
            cancel.ThrowIfCancellationRequested();
            progress((double)_files.Sum(file => file.Position) / length);
        };
        for (var count = 0; _signals.Next() is { } signal; count++)
        {
            if (count % SignalsPerLook == 0) _look();
            _ticks.Feed(_engine, signal.Arrival);
            Apply(signal);
        }
        _ticks.Feed(_engine, long.MaxValue);
        Positions = _engine.Finish();
        Report.TicksApplied = _engine.TicksApplied;
        Report.TicksLate = _engine.TicksLate;
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
        _engine.Dispose();
    }

    /// <summary>The table that the program brings along, with the file's rows added and overriding.</summary>
    private static Instrument[] Rows(string? file)
    {
        var rows = InstrumentFile.BuiltIn.ToDictionary(row => row.Root, StringComparer.Ordinal);
        foreach (var row in file is null ? [] : InstrumentFile.Read(file)) rows[row.Root] = row;
        return [.. rows.Values.OrderBy(row => row.Root, StringComparer.Ordinal)];
    }

    private void Apply(ReplaySignal signal)
    {
        var (line, number) = (signal.Line, signal.Line.Number);
        if (line.At < signal.Arrival) Report.NoteDisorder(signal.File, number, Timestamp.Format(signal.Arrival));
        if (line.Signal is null) Report.Refuse(signal.File, number, line.Refusal!);
        else Report.Take(signal.File, number, _engine.Apply(line.Recorder, line.Signal, signal.Arrival));
    }

    private TickSource OpenTicks(string path)
    {
        var reader = new TickReader(Open(path), _engine.Symbols, Report);
        return new TickSource(into =>
        {
            _look();
            return reader.Read(into);
        });
    }

    private SignalSource OpenSignals(string path) => new(path, new SignalReader(Open(path), _engine.Symbols, Report).Read);

    private RecordedFile Open(string path)
    {
        var file = new RecordedFile(path);
        _files.Add(file);
        return file;
    }
}
