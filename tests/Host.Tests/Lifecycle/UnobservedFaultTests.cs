using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Lifecycle;

/// <summary>No task fails in silence: neither one that nobody looks at, nor a part that was to run as long as the service.</summary>
public sealed class UnobservedFaultTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("host-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Task_FailedAndForgotten_IsToldOnce()
    {
        using var lines = new LogLines();
        using (new UnobservedFaults(lines.CreateLogger("host")))
        {
            Forget("nobody looks");
            UnobservedFaults.LookNow();
        }
        var line = Assert.Single(lines.All, line => line.Contains("nobody looks", StringComparison.Ordinal));
        Assert.StartsWith("Error", line, StringComparison.Ordinal);
    }

    /// <summary>The real program with such a task planted: what all tests of the process would notice.</summary>
    [Fact]
    public async Task Serve_WithATaskThatFailsUnobserved_GoesOnAndTheTestsNotice()
    {
        await using var host = await HostProcess.ServeAsync(_directory, StartupHook.Plant("unobserved"));
        Assert.Equal(200, (await host.ManagementAsync("/healthz")).Status);
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => host.StopAsync());
        var line = Assert.Single(host.Lines, line => line.Contains("planted", StringComparison.Ordinal));
        Assert.Contains("failed unobserved", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Part_ThatFails_EndsTheService()
    {
        using var logs = new LoggerFactory([new FailingLog()]);
        await using var service = await Service.StartAsync(TestService.OptionsFor(_directory), TimeProvider.System, logs);
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls[0]) };
        var key = await File.ReadAllTextAsync(Start.DataDirectory.AdminKeyIn(_directory), TestContext.Current.CancellationToken);
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.Trim());
        var made = await PostAsync(client, "/api/recorders", """{"name":"a"}""");
        var hook = System.Text.Json.JsonElement.Parse(made).GetProperty("webhook_path").GetString()!;
        await PostAsync(client, hook, """{"action":"buy","symbol":"MNQ1!","price":1}""");
        var fault = await service.Faulted.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Contains("the log has failed", fault.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> PostAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(string message) => _ = Task.FromException(new InvalidOperationException(message));

    /// <summary>Cannot write the lines of positions.</summary>
    private sealed class FailingLog : ILoggerProvider, ILogger
    {
        private bool _isOfPositions;

        public ILogger CreateLogger(string categoryName) =>
            new FailingLog { _isOfPositions = categoryName.EndsWith(nameof(PositionLog), StringComparison.Ordinal) };

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (_isOfPositions) throw new InvalidOperationException("the log has failed");
        }

        public void Dispose() { }
    }
}
