using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StreamRecorder.Host.Tests.Support;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host.Tests.Lifecycle;

public sealed class FaultTests
{
    [Fact]
    public async Task Request_ThatFailsInside_IsAProblemWithoutATraceAndLogged()
    {
        using var lines = new LogLines();
        using var logs = LoggerFactory.Create(builder => builder.AddProvider(lines));
        await using var app = Listener.Build(["http://127.0.0.1:0"], 10, logs);
        app.MapGet("/boom", (HttpContext _) => throw new InvalidOperationException("the secret reason"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(new Uri(Listener.AddressesOf(app)[0]), "/boom"), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(500, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Contains(lines.All, line => line.Contains("the secret reason", StringComparison.Ordinal));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Inbox_Closed_AnswersReadsUntilTheyAreClosedToo()
    {
        await using var pipe = await StartPipeAsync();
        pipe.Pipe.Inbox.Close();
        Assert.Equal(503, (await pipe.Pipe.Client.SendAsync(new Engine.Messages.RemoveRecorder(1))).Refusal?.Kind.Status);
        Assert.Null((await pipe.Pipe.Tables.DirectoryAsync()).Refusal);
        pipe.Pipe.Inbox.CloseReads();
        Assert.Equal(503, (await pipe.Pipe.Tables.DirectoryAsync()).Refusal?.Kind.Status);
    }

    [Fact]
    public async Task Journal_ThatCannotBeWritten_EndsTheProcessWithOneLine()
    {
        const string Prlimit = "/usr/bin/prlimit";
        if (!File.Exists(Prlimit)) Assert.Skip("prlimit is not installed here.");
        var directory = Directory.CreateTempSubdirectory("host-test-").FullName;
        // The limit's signal is ignored, so that writes fail as on a full disk.
        await using var host = await HostProcess.ServeAsync(directory, "/usr/bin/env", "--ignore-signal=XFSZ");
        using var client = new HttpClient { BaseAddress = host.Url };
        var key = (await File.ReadAllTextAsync(Path.Combine(directory, "admin.key"), TestContext.Current.CancellationToken)).Trim();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using (var limit = System.Diagnostics.Process.Start(Prlimit, ["--pid", $"{host.Id}", "--fsize=512"]))
            await limit.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var body = new StringContent("""{"name":"a"}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/api/recorders", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Equal(1, await host.EndAsync());
        Assert.Contains(
            "journal", Assert.Single((await host.ErrorsAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

        await using var again = await TestService.StartInAsync(directory, ownsDirectory: true);
        Assert.Empty((await again.GetAsync("/api/recorders")).Json.GetProperty("recorders").EnumerateArray());
    }

    private static async Task<OpenPipe> StartPipeAsync()
    {
        var directory = Directory.CreateTempSubdirectory("host-test-").FullName;
        using var logs = new LoggerFactory();
        return new OpenPipe(
            directory, await Composition.StartAsync(
                TestService.OptionsFor(directory), Start.DataDirectory.Open(directory), TimeProvider.System, logs));
    }

    private sealed record OpenPipe(string Directory, Composition Pipe) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Pipe.DisposeAsync();
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}
