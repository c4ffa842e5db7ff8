using System.Diagnostics;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Lifecycle;

/// <summary>The real program: signals, exit codes, the one line on stderr.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("host-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Serve_ToldToStop_DrainsAndExits0(string signal)
    {
        await using var host = await HostProcess.ServeAsync(_directory);
        Assert.True(File.Exists(Path.Combine(_directory, "service.json")));
        Assert.Equal(0, await host.StopAsync(signal));
        Assert.EndsWith(" Stopped", host.Lines[^1], StringComparison.Ordinal);
        // Among them that SQLite keeps its locks.
        Assert.DoesNotContain(host.Lines, line => line.Contains(" warn: ", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(_directory, "service.json")));
    }

    /// <summary>Told a second time, it ends at once, as after a kill.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Serve_ToldToStopUnderLoad_LosesNothingItAnswered(bool isToldTwice)
    {
        await using var host = await HostProcess.ServeAsync(_directory);
        using var client = new HttpClient { BaseAddress = host.Url };
        var key = (await File.ReadAllTextAsync(Path.Combine(_directory, "admin.key"), TestContext.Current.CancellationToken)).Trim();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using var made =
            await client.PostAsync(new Uri("/api/recorders", UriKind.Relative), Json("""{"name":"a"}"""), TestContext.Current.CancellationToken);
        var hook = System.Text.Json.JsonElement.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .GetProperty("webhook_path").GetString()!;
        var answered = 0;
        var refused = 0;
        var enough = new TaskCompletionSource();
        var load = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    using var answer =
                        await client.PostAsync(new Uri(hook, UriKind.Relative), Json("""{"action":"buy","symbol":"MNQ1!","price":1}"""));
                    if (answer.IsSuccessStatusCode && Interlocked.Increment(ref answered) == 100) enough.TrySetResult();
                    if ((int)answer.StatusCode == 503) Interlocked.Increment(ref refused);
                    else Assert.Equal(200, (int)answer.StatusCode);
                }
            }
            catch (HttpRequestException)
            {
                // The listener has gone.
            }
        })).ToArray();
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        if (isToldTwice)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{host.Id}"]);
            await host.SaysAsync("Stopping");
        }
        var code = await host.StopAsync();
        // 128 and the signal's number, unless the stop was done before it came.
        Assert.Contains(code, isToldTwice ? (int[])[143, 0] : [0]);
        await Task.WhenAll(load);
        await using var again = await TestService.StartInAsync(_directory);
        var position = Assert.Single(await again.PositionsAsync());
        var quantity = position.GetProperty("total_quantity").GetInt32();
        // What got no answer may be there too: at most one of each connection.
        Assert.InRange(quantity, answered, answered + load.Length);
    }

    [Fact]
    public async Task Serve_SecondOnTheSameDirectory_Exits1WithOneLine()
    {
        await using var host = await HostProcess.ServeAsync(_directory);
        AssertFailed(
            await HostProcess.RunAsync("serve", "--data", _directory, "--urls", "http://127.0.0.1:0", "--management-urls", "http://127.0.0.1:0"),
            "another service");
        Assert.Equal(0, await host.StopAsync());
    }

    [Fact]
    public async Task Serve_PortInUse_Exits1WithOneLine()
    {
        await using var host = await HostProcess.ServeAsync(_directory);
        var other = Path.Combine(_directory, "other");
        AssertFailed(
            await HostProcess.RunAsync("serve", "--data", other, "--urls", host.Url.ToString(), "--management-urls", "http://127.0.0.1:0"),
            "address already in use");
    }

    /// <summary>Where not even the system's administrator makes a directory.</summary>
    [Fact]
    public async Task Serve_DirectoryThatMayNotBeMade_Exits1WithOneLine()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("There is no /sys here.");
        const string Forbidden = "/sys/stream-recorder";
        AssertFailed(
            await HostProcess.RunAsync("serve", "--data", Forbidden, "--urls", "http://127.0.0.1:0", "--management-urls", "http://127.0.0.1:0"),
            $"The data directory {Forbidden} cannot be used: ");
    }

    [Theory]
    [InlineData("StreamRecorder__Colour", "red")]
    [InlineData("StreamRecorder__PositionsMax", "none")]
    public async Task Serve_WrongSetting_Exits1NamingIt(string name, string value) => AssertFailed(
        await HostProcess.RunAsync(new Dictionary<string, string> { [name] = value }, "serve", "--data", _directory),
        name.Replace("__", ":", StringComparison.Ordinal));

    [Theory]
    [InlineData("serve", "--colour")]
    [InlineData("serve", "--urls")]
    [InlineData("dance")]
    [InlineData("recorder")]
    [InlineData("recorder", "add")]
    [InlineData("recorder", "add", "a", "--on-opposite", "sideways")]
    [InlineData("key", "add", "a")]
    [InlineData("key", "add", "a", "--scope", "god")]
    public async Task Program_WrongUsage_Exits2(params string[] args)
    {
        var (code, _, errors) = await HostProcess.RunAsync(args);
        Assert.Equal(2, code);
        Assert.NotEmpty(errors);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    private static void AssertFailed((int Code, string Out, string Errors) end, string part)
    {
        Assert.Equal(1, end.Code);
        Assert.Contains(part, end.Errors, StringComparison.Ordinal);
        Assert.Single(end.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
