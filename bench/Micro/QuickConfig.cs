using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace StreamRecorder.Micro;

/// <summary>
/// Many short iterations in this process: every benchmark stands beside its rival in one run, and it
/// is the ratio that counts. In process also means that nothing is restored or built while measuring.
/// </summary>
internal sealed class QuickConfig : ManualConfig
{
    /// <summary>Half a second: the runtime has replaced the first code by its best by then.</summary>
    private const int Warmups = 25;
    private const int Iterations = 25;

    /// <summary>About a time slice, so that on a machine shared with others some iterations run undisturbed: read the column Min.</summary>
    private const double IterationMilliseconds = 20;

    public QuickConfig()
    {
        AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(Warmups)
            .WithIterationCount(Iterations)
            .WithIterationTime(TimeInterval.FromMilliseconds(IterationMilliseconds))
            .WithId("Quick"));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddColumn(StatisticColumn.Min);
        AddExporter(MarkdownExporter.GitHub);
        AddLogger(ConsoleLogger.Default);
        WithOptions(ConfigOptions.DisableLogFile);
    }
}
