using System.Diagnostics;
using System.Text.RegularExpressions;

namespace StreamRecorder.Host.Tests.Support;

/// <summary>
/// The real program as a process of its own, started by this test and ended by it. Whatever it writes is read at once, so that
/// it never waits for its console; one that tells of a failure that nobody looked at fails the test, whatever else it did.
/// </summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly Task _reading;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    public static string Program => Path.Combine(AppContext.BaseDirectory, "StreamRecorder.Host.dll");

    public int Id => _process.Id;

    /// <summary>All that it has written to stdout so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

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
        if (await host.LineAsync("Ready:") is not { } line)
            throw new InvalidOperationException("The service ended at its start: " + await host._errors);
        // Not out of service.json: the directory may be one that only the service sees.
        var addresses = Address().Matches(line);
        (host.Url, host.ManagementUrl) = (new Uri(addresses[0].Value), new Uri(addresses[1].Value));
        return host;
    }

    /// <summary>Starts <c>serve</c> and kills it after so long, wherever its start is then; or it ended before.</summary>
    public static async Task KillStartAsync(string directory, IReadOnlyDictionary<string, string>? environment, TimeSpan after)
    {
        await using var host = Start(Serve(directory), environment);
        await Task.Delay(after);
    }

    /// <summary>Starts <c>serve</c> as another program's child and waits for its end; all lines that it wrote.</summary>
    public static async Task<IReadOnlyList<string>> StartAndEndAsync(string directory, params string[] under)
    {
        await using var host = Start([.. under, .. Serve(directory)], null);
        await host.EndAsync();
        return host.Lines;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await WrittenAsync();
    }

    /// <summary>True when it has ended within the time.</summary>
    public async Task<bool> HasEndedAsync(TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(late.Token);
            await WrittenAsync();
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
        var code = await host.EndAsync();
        return (code, string.Concat(host.Lines.Select(line => line + '\n')), await host._errors);
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
        if (await LineAsync(part) is null) throw new InvalidOperationException($"The service ended without saying \"{part}\": " + await _errors);
    }

    public async Task<int> EndAsync()
    {
        using var late = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(late.Token);
        await WrittenAsync();
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

    /// <summary>The first line with this, now or later; null when it ends without one.</summary>
    private async Task<string?> LineAsync(string part)
    {
        using var late = new CancellationTokenSource(Limit);
        for (var looked = 0; ;)
        {
            Task news;
            lock (_gate)
            {
                for (; looked < _lines.Count; looked++)
                    if (_lines[looked].Contains(part, StringComparison.Ordinal)) return _lines[looked];
                if (_reading.IsCompleted) return null;
                news = _news.Task;
            }
            await Task.WhenAny(news, _reading).WaitAsync(late.Token);
        }
    }

    /// <summary>To the end of what it wrote; the signal is a new one for each line.</summary>
    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            TaskCompletionSource news;
            lock (_gate)
            {
                _lines.Add(line);
                (news, _news) = (_news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            news.SetResult();
        }
    }

    /// <summary>Until all that the ended process wrote is read: it may tell of a failure that nobody looked at.</summary>
    private async Task WrittenAsync()
    {
        using var late = new CancellationTokenSource(Limit);
        await _reading.WaitAsync(late.Token);
        Assert.DoesNotContain(Lines, line => line.Contains("unobserved", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("unobserved", await _errors.WaitAsync(late.Token), StringComparison.OrdinalIgnoreCase);
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
