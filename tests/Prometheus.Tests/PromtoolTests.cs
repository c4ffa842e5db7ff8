using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using Xunit;

namespace StreamRecorder.Prometheus.Tests;

/// <summary>Prometheus' own parser and linter on what the endpoint answers.</summary>
public sealed class PromtoolTests
{
    [Fact]
    public async Task Check_EveryKindOfInstrument_IsClean()
    {
        await using var server = await ScrapeServer.StartAsync();
        AddEveryKind(server.Meter);
        var (code, output) = await CheckAsync(await server.ScrapeAsync());
        Assert.True(code == 0, output);
    }

    /// <summary>
    /// Three names of the runtime's meter end in _count, which the linter keeps for histograms: whoever exports them renames them by views.
    /// </summary>
    [Fact]
    public async Task Check_RuntimeMetricsWithThreeRenamed_AreClean()
    {
        await using var server = await ScrapeServer.StartAsync(build: builder => builder
            .AddMeter("System.Runtime")
            .AddView("dotnet.assembly.count", "dotnet.assemblies")
            .AddView("dotnet.process.cpu.count", "dotnet.process.cpus")
            .AddView("dotnet.timer.count", "dotnet.timers"));
        string exposition = await server.ScrapeAsync();
        Assert.Contains("dotnet_process_cpus{", exposition, StringComparison.Ordinal);
        var (code, output) = await CheckAsync(exposition);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Check_PlantedFaults_AreSeen()
    {
        var (code, _) = await CheckAsync("# TYPE a counter\na{x=\"y} 1\n");
        Assert.Equal(1, code);
        (code, _) = await CheckAsync("# HELP a_milliseconds a\n# TYPE a_milliseconds gauge\na_milliseconds 1\n");
        Assert.Equal(3, code);
    }

    private static void AddEveryKind(Meter meter)
    {
        meter.CreateCounter<long>("ticks", description: "Ticks \\ and\nlines").Add(3, new("feed", "a\"b\\c\nd"), new("ok", true));
        meter.CreateCounter<double>("cpu", "s", "Time").Add(0.25);
        meter.CreateUpDownCounter<long>("inbox_depth", description: "Depth").Add(-4);
        meter.CreateObservableGauge("odd", () => new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity }
            .Select((value, i) => new Measurement<double>(value, new KeyValuePair<string, object?>("i", i))), description: "Odd numbers");
        var histogram =
            meter.CreateHistogram("ack", "s", "Time", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1E-06, 0.1, 10] });
        foreach (double value in new[] { 0, 0.05, 100 }) histogram.Record(value, new KeyValuePair<string, object?>("kind", "signal"));
    }

    /// <summary>promtool answers 0 when clean, 1 when it cannot parse, 3 when its linter objects.</summary>
    private static async Task<(int Code, string Output)> CheckAsync(string exposition)
    {
        var start = new ProcessStartInfo("promtool", "check metrics")
        { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(exposition);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(ScrapeServer.Limit);
        return (process.ExitCode, await output + await error);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("promtool is not installed; Debian and Ubuntu have it in the package 'prometheus'.");
            throw;
        }
    }
}
