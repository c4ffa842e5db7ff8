using BenchmarkDotNet.Attributes;
using StreamRecorder.Engine.Journal;

namespace StreamRecorder.Micro;

/// <summary>
/// One group of records appended to the journal and committed, in a directory of the temporary files,
/// beside the same bytes written to a file that is opened write-through, once: what the disk itself takes.
/// </summary>
public class JournalCommits : IDisposable
{
    private const int RecordBytes = 300;

    private readonly byte[] _record = new byte[RecordBytes];
    private readonly AutoResetEvent _committed = new(false);
    private DirectoryInfo _directory = null!;
    private FasterJournal _journal = null!;
    private FileStream _file = null!;
    private byte[] _group = [];

    [Params(1, 64, 512)]
    public int Records { get; set; } = 1;

    [GlobalSetup]
    public void Setup()
    {
        _directory = Directory.CreateTempSubdirectory("streamrecorder-micro-");
        _journal = new FasterJournal(Path.Combine(_directory.FullName, "journal"), new JournalOptions(), TimeProvider.System);
        _journal.Committed += () => _committed.Set();
        _file = new FileStream(
            Path.Combine(_directory.FullName, "rival"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.WriteThrough);
        _group = new byte[Records * RecordBytes];
        new Random(1).NextBytes(_record);
    }

    [Benchmark(Baseline = true)]
    public void WriteThrough()
    {
        _file.Position = 0;
        _file.Write(_group);
    }

    [Benchmark]
    public long Journal()
    {
        for (var i = 0; i < Records; i++)
        {
            while (!_journal.CanAppend(RecordBytes)) Thread.Yield();
            _journal.Append(_journal.AppendedSequence + 1, _record);
        }
        _journal.StartCommit();
        while (_journal.CommittedSequence < _journal.AppendedSequence && _journal.Fault is null) _committed.WaitOne();
        return _journal.Fault is null ? _journal.CommittedSequence : throw _journal.Fault;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _journal.Dispose();
        _file.Dispose();
        _committed.Dispose();
        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
