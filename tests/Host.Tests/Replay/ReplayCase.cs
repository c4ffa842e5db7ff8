using System.Text;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.Replay;

namespace StreamRecorder.Host.Tests.Replay;

/// <summary>Files of one replay in a folder of their own, and both programs over them.</summary>
internal sealed class ReplayCase : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("replay-test-");
    private readonly List<string> _ticks = [];
    private readonly List<string> _signals = [];
    private string? _instruments;

    public IReadOnlyList<string> TickFiles => _ticks;

    public ReplayCase Ticks(string text) => Add(_ticks, $"ticks{_ticks.Count}.csv", text);

    /// <summary>Rows of time, symbol and price.</summary>
    public ReplayCase TickRows(params string[] rows) => Ticks(string.Join('\n', rows.Prepend("time,symbol,price")) + "\n");

    public ReplayCase TicksAt(string path)
    {
        _ticks.Add(path);
        return this;
    }

    public ReplayCase Signals(params IEnumerable<string> lines) => Add(_signals, $"signals{_signals.Count}.ndjson", string.Join('\n', lines) + "\n");

    public ReplayCase Instruments(params string[] rows)
    {
        _instruments = Path.Combine(_folder.FullName, "instruments.csv");
        File.WriteAllLines(_instruments, rows.Prepend("root,exchange,name,tick_size,tick_value,currency,kind"));
        return this;
    }

    /// <summary>Signals out of the naive program's generator, which suit the ticks so far.</summary>
    public ReplayCase RandomSignals(IReadOnlyList<string> symbols, int recorders, int count, int seed)
    {
        var table = NaiveTable();
        var ticks = _ticks.SelectMany(path => Naive.TickFile.Read(path, table, [])).ToList();
        return Signals(new Naive.MakeSignals(ticks, symbols, table, recorders, seed, modeMix: true).Lines(count));
    }

    public string RunNaive(string mode = "Auto")
    {
        var table = NaiveTable();
        var rejected = new List<string>();
        var replay = new Naive.Replay(table, Enum.Parse<Naive.OnOpposite>(mode));
        replay.Run(
            _ticks.SelectMany(path => Naive.TickFile.Read(path, table, rejected)).ToList(),
            _signals.SelectMany(path => Naive.SignalFile.Read(path, rejected)).ToList());
        return Naive.PositionsJson.Write(replay);
    }

    public ReplayOptions Options(OnOpposite mode, long? duplicateWindow = null) => new()
    {
        TickFiles = _ticks,
        SignalFiles = _signals,
        InstrumentFile = _instruments,
        OnOpposite = mode,
        DuplicateWindow = duplicateWindow,
    };

    public string RunEngine(string mode = "Auto", ReplayReport? report = null, long? duplicateWindow = null)
    {
        using var replay = new ReplayRun(Options(Enum.Parse<OnOpposite>(mode), duplicateWindow), report ?? new ReplayReport());
        replay.Run(_ => { }, TestContext.Current.CancellationToken);
        using var bytes = new MemoryStream();
        ReplayJson.Write(bytes, replay.Positions);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Naive.InstrumentTable NaiveTable() =>
        Naive.InstrumentTable.Load(_instruments is null ? [Naive.Program.FindBuiltIn()!] : [Naive.Program.FindBuiltIn()!, _instruments]);

    private ReplayCase Add(List<string> files, string name, string text)
    {
        files.Add(Path.Combine(_folder.FullName, name));
        File.WriteAllText(files[^1], text);
        return this;
    }
}
