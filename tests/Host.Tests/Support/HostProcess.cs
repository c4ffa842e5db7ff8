using System.Diagnostics;
using System.Text.RegularExpressions;

namespace StreamRecorder.Host.Tests.Support;

/// <summary>The real program as a process of its own, started by this test and ended by it.</summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private HostProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static string Program => Path.Combine(AppContext.BaseDirectory, "StreamRecorder.Host.dll");

    public int Id => _process.Id;

    public List<string> Lines { get; } = [];

    public Uri Url { get; private set; } = null!;

    public Uri ManagementUrl { get; private set; } = null!;

    /// <summary>Processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts <c>serve</c> on free ports and waits until it says that it is ready.</summary>
    public static Task<HostProcess> ServeAsync(string directory, params string[] under) => ServeAsync(directory, null, under);

    /// <summary>The same with settings from the environment.</summary>
    public static async Task<HostProcess> ServeAsync(string directory, IReadOnlyDictionary<string, string>? environment, params string[] under)
    {
        var host = Start([.. under, .. Serve(directory)], environment);
        using var late = new CancellationTokenSource(Limit);
        while (await host._process.StandardOutput.ReadLineAsync(late.Token) is { } line)
        {
            host.Lines.Add(line);
            if (!line.Contains("Ready:", StringComparison.Ordinal)) continue;
            // Not out of service.json: the directory may be one that only the service sees.
            var addresses = Address().Matches(line);
            (host.Url, host.ManagementUrl) = (new Uri(addresses[0].Value), new Uri(addresses[1].Value));
            return host;
        }
        throw new InvalidOperationException("The service ended at its start: " + await host._errors);
    }

    /// <summary>Starts <c>serve</c> and kills it after so long, wherever its start is then; or it ended before.</summary>
    public static async Task KillStartAsync(string directory, IReadOnlyDictionary<string, string>? environment, TimeSpan after)
    {
        await using var host = Start(Serve(directory), environment);
        await Task.Delay(after);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>True when it has ended within the time.</summary>
    public async Task<bool> HasEndedAsync(TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(late.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>True when its program has ended within the time, though the kernel may still hold a thread of it in a call.</summary>
    public Task<bool> HasLeftAsync(TimeSpan limit) => Poll.UntilAsync(async () =>
    {
        var state = await File.ReadAllTextAsync($"/proc/{Id}/stat");
        return state[state.LastIndexOf(')') + 2] == 'Z';
    }, limit);

    /// <summary>A page of the management address.</summary>
    public async Task<(int Status, string Text)> ManagementAsync(string path)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(ManagementUrl, path), TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<(int Code, string Out, string Errors)> RunAsync(IReadOnlyDictionary<string, string>? environment, params string[] args)
    {
        await using var host = Start(["dotnet", Program, .. args], environment);
        using var late = new CancellationTokenSource(Limit);
        var text = await host._process.StandardOutput.ReadToEndAsync(late.Token);
        await host._process.WaitForExitAsync(late.Token);
        return (host._process.ExitCode, text, await host._errors);
    }

    public static Task<(int Code, string Out, string Errors)> RunAsync(params string[] args) => RunAsync(null, args);

    /// <summary>Tells it to stop, as a service manager does, and returns its exit code and the lines it still wrote.</summary>
    public async Task<int> StopAsync(string signal = "TERM", int? processId = null)
    {
        using (var kill = Process.Start("kill", [$"-{signal}", $"{processId ?? _process.Id}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await EndAsync();
    }

    /// <summary>Waits until it has written a line with this to stdout, now or before.</summary>
    public async Task SaysAsync(string part)
    {
        if (Lines.Exists(line => line.Contains(part, StringComparison.Ordinal))) return;
        using var late = new CancellationTokenSource(Limit);
        while (await _process.StandardOutput.ReadLineAsync(late.Token) is { } line)
        {
            Lines.Add(line);
            if (line.Contains(part, StringComparison.Ordinal)) return;
        }
        throw new InvalidOperationException($"The service ended without saying \"{part}\": " + await _errors);
    }

    public async Task<int> EndAsync()
    {
        using var late = new CancellationTokenSource(Limit);
        while (await _process.StandardOutput.ReadLineAsync(late.Token) is { } line) Lines.Add(line);
        await _process.WaitForExitAsync(late.Token);
        return _process.ExitCode;
    }

    /// <summary>All that it wrote to stderr, once it has ended.</summary>
    public Task<string> ErrorsAsync() => _errors;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string[] Serve(string directory) =>
        ["dotnet", Program, "serve", "--data", directory, "--urls", "http://127.0.0.1:0", "--management-urls", "http://127.0.0.1:0"];

    private static HostProcess Start(string[] command, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new HostProcess(Process.Start(start)!);
    }

    [GeneratedRegex(@"http://[0-9.:]+")]
    private static partial Regex Address();
}
