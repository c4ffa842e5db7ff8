using System.Diagnostics;

namespace StreamRecorder.Load.Processes;

/// <summary>A process that this one started and ends: the real program, or this program in another <see cref="Role"/>.</summary>
public sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private Child(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static Child Start(Role role)
    {
        var child = Start(
            typeof(Child).Assembly.Location, [Role.Verb],
            role.IsLoad ? [("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"), ("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1")] : []);
        try
        {
            child._process.StandardInput.WriteLine(role.Text());
            child._process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended already; who waits for its first line is told why.
        }
        return child;
    }

    /// <param name="assembly">Run by the <c>dotnet</c> that runs this.</param>
    public static Child Start(string assembly, IReadOnlyList<string> arguments, params IReadOnlyList<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(assembly);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new Child(Process.Start(start)!);
    }

    public int Id => _process.Id;

    /// <summary>Processor time used so far, of all its threads.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The next line that fits; others before it are passed over.</summary>
    /// <param name="busy">How long it is at work before it says anything.</param>
    public async Task<string> LineAsync(Predicate<string> isWanted, TimeSpan busy = default)
    {
        using var late = new CancellationTokenSource(Limit + busy);
        while (await _process.StandardOutput.ReadLineAsync(late.Token).ConfigureAwait(false) is { } line)
            if (isWanted(line)) return line;
        throw new InvalidOperationException("The process ended: " + await _errors.ConfigureAwait(false));
    }

    /// <summary>All that it prints until it ends; throws when it fails.</summary>
    public async Task<string> OutputAsync()
    {
        using var late = new CancellationTokenSource(Limit);
        var output = await _process.StandardOutput.ReadToEndAsync(late.Token).ConfigureAwait(false);
        await _process.WaitForExitAsync(late.Token).ConfigureAwait(false);
        return _process.ExitCode == 0 ? output : throw new InvalidOperationException("The process failed: " + await _errors.ConfigureAwait(false));
    }

    /// <summary>Gives it an order; its answer, one line.</summary>
    /// <param name="busy">How long what it is told to do takes.</param>
    public async Task<string> AskAsync(string order, TimeSpan busy = default)
    {
        await _process.StandardInput.WriteLineAsync(order).ConfigureAwait(false);
        await _process.StandardInput.FlushAsync().ConfigureAwait(false);
        return await LineAsync(_ => true, busy).ConfigureAwait(false);
    }

    /// <summary>Reads on in the background, so that a full pipe never holds the process up.</summary>
    public void Ignore() => _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }
}
