using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using StreamRecorder.Host.Cli;

namespace StreamRecorder.Host.Tests.Cli;

/// <summary>Lines of the log where it is no terminal.</summary>
public sealed class LineLogTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(LogLevel.Trace)]
    [InlineData(LogLevel.Debug)]
    [InlineData(LogLevel.Information)]
    [InlineData(LogLevel.Warning)]
    [InlineData(LogLevel.Error)]
    [InlineData(LogLevel.Critical)]
    public void Line_OfAnyLevel_IsThatOfTheConsole(LogLevel level)
    {
        foreach (var fault in (Exception?[])[null, new InvalidOperationException($"two{Environment.NewLine}lines", new IOException("inner"))])
        {
            var output = new MemoryStream();
            using (var log = new LineLog(output, TimeProvider.System))
                log.CreateLogger("A.B").Log(level, new EventId(7, "n"), fault, "é {Value} of\ntwo", 5);
            var line = Encoding.UTF8.GetString(output.ToArray());
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ", line);
            Assert.Equal(OfConsole(level, fault), line["2025-12-04T15:00:00.000Z ".Length..]);
        }
    }

    [Fact]
    public async Task Lines_OfManyThreads_AreWholeAndAllThere()
    {
        var output = new MemoryStream();
        using (var log = new LineLog(output, TimeProvider.System))
        {
            var logger = log.CreateLogger("A");
            await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => OnItsOwnThread(() =>
            {
                for (var i = 0; i < 5000; i++) logger.LogInformation("{Thread}-{Number} {Filling}", thread, i, new string('x', i % 100));
            })));
        }
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(40_000, lines.Length);
        for (var thread = 0; thread < 8; thread++)
            Assert.Equal(
                Enumerable.Range(0, 5000).Select(i => $"{thread}-{i} {new string('x', i % 100)}"),
                lines.Select(line => line[(line.IndexOf(']', StringComparison.Ordinal) + 2)..])
                    .Where(text => text.StartsWith($"{thread}-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Lines_OfASlowReader_WaitWithoutLoss()
    {
        var output = new Valve();
        var log = new LineLog(output, TimeProvider.System, Limit);
        var logger = await HeldUp(log, output);
        // Twice what may wait: the writer stands still until the reader goes on.
        var writing = OnItsOwnThread(() =>
        {
            for (var i = 0; i < 2048; i++) logger.LogInformation("{Filling}", new string('x', 1000));
        });
        Assert.True(SpinWait.SpinUntil(() => log.IsFull, Limit));
        output.Open();
        await writing.WaitAsync(Limit, TestContext.Current.CancellationToken);
        log.Dispose();
        Assert.Equal(1 + 2048, output.Lines);
        Assert.InRange(output.LargestWrite, 1, (1 << 20) + 2000);
    }

    [Fact]
    public async Task Writer_WhoseLinesAreBeingTaken_GoesOn()
    {
        var output = new Valve();
        using var log = new LineLog(output, TimeProvider.System, Limit);
        var logger = log.CreateLogger("A");
        var full = new string('x', 2 << 20);
        // The second finds no room, for the reader can hardly have woken by then; it must go on as soon as the reader holds the first.
        await OnItsOwnThread(() =>
        {
            logger.LogInformation("{Filling}", full);
            logger.LogInformation("next");
        }).WaitAsync(Limit / 2, TestContext.Current.CancellationToken);
        Assert.Equal(0, output.Lines);
        output.Open();
    }

    [Fact]
    public void Reader_ThatIsGone_HoldsNobodyUp()
    {
        using var log = new LineLog(new Broken(), TimeProvider.System);
        var logger = log.CreateLogger("A");
        for (var i = 0; i < 4096; i++) logger.LogInformation("{Filling}", new string('x', 1000));
    }

    [Fact]
    public async Task Reader_ThatStandsStill_CostsLinesAndNotTheEnd()
    {
        var output = new Valve();
        var log = new LineLog(output, TimeProvider.System, TimeSpan.FromMilliseconds(1));
        var logger = await HeldUp(log, output);
        var writing = OnItsOwnThread(() =>
        {
            for (var i = 0; i < 4096; i++) logger.LogInformation("{Filling}", new string('x', 1000));
        });
        await writing.WaitAsync(Limit, TestContext.Current.CancellationToken);
        await OnItsOwnThread(log.Dispose).WaitAsync(Limit / 2, TestContext.Current.CancellationToken);
        Assert.False(log.HasEnded);
        output.Open();
        Assert.True(SpinWait.SpinUntil(() => log.HasEnded, Limit));
        Assert.InRange(output.Lines, 1000, 3000);
        Assert.DoesNotContain("lost", output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reader_ThatGoesOn_IsToldWhatItMissed()
    {
        var output = new Valve();
        using (var log = new LineLog(output, TimeProvider.System, TimeSpan.FromMilliseconds(1)))
        {
            var logger = await HeldUp(log, output);
            await OnItsOwnThread(() =>
            {
                for (var i = 0; i < 4096; i++) logger.LogInformation("{Filling}", new string('x', 1000));
            }).WaitAsync(Limit, TestContext.Current.CancellationToken);
            output.Open();
            Assert.True(SpinWait.SpinUntil(() => !log.IsFull, Limit));
            logger.LogInformation("next");
        }
        var lines = output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.EndsWith(" next", lines[^1], StringComparison.Ordinal);
        Assert.EndsWith(
            $" warn: LineLog[0] {1 + 4096 - (lines.Length - 2)} lines before this one were lost: nobody took them", lines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void Factory_DisposedOf_HasWrittenAllLines()
    {
        var log = new LineLog(new MemoryStream(), TimeProvider.System);
        using (var logs = Logs.Create(() => log)) logs.CreateLogger("A").LogInformation("last");
        Assert.True(log.HasEnded);
    }

    /// <summary>After its first line, which the reader holds: all that follows waits.</summary>
    private static async Task<ILogger> HeldUp(LineLog log, Valve output)
    {
        var logger = log.CreateLogger("A");
        logger.LogInformation("first");
        Assert.True(await output.Entered.WaitAsync(Limit, TestContext.Current.CancellationToken));
        return logger;
    }

    /// <summary>The pool's threads may all be held up by other tests for longer than any limit here.</summary>
    private static Task OnItsOwnThread(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static string OfConsole(LogLevel level, Exception? fault)
    {
        using var services = new ServiceCollection()
            .AddLogging(builder => builder.AddSimpleConsole(console => (console.SingleLine, console.ColorBehavior) = (true, LoggerColorBehavior.Disabled)))
            .BuildServiceProvider();
        var text = new StringWriter();
        services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == ConsoleFormatterNames.Simple)
            .Write(new LogEntry<string>(level, "A.B", new EventId(7, "n"), "é 5 of\ntwo", fault, (state, _) => state), null, text);
        return text.ToString();
    }

    /// <summary>Takes nothing until it is opened, but the writes that are let through.</summary>
    private sealed class Valve : MemoryStream
    {
        public SemaphoreSlim Entered { get; } = new(0);

        public SemaphoreSlim Let { get; } = new(0);

        public int LargestWrite { get; private set; }

        public string Text => Encoding.UTF8.GetString(ToArray());

        public int Lines => Text.Count(c => c == '\n');

        public void Open() => Let.Release(1_000_000);

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Entered.Release();
            Let.Wait(2 * Limit);
            LargestWrite = Math.Max(LargestWrite, buffer.Length);
            base.Write(buffer);
        }
    }

    private sealed class Broken : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("gone");
    }
}
