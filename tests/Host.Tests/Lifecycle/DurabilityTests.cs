using System.Text.RegularExpressions;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Lifecycle;

/// <summary>
/// The real program under <c>strace</c>: no 200 leaves before the journal's record and its
/// commit slot are written through to the disk. What the kernel saw cannot be argued with.
/// </summary>
public sealed partial class DurabilityTests : IDisposable
{
    private const int Signals = 20;

    private readonly string _directory = Directory.CreateTempSubdirectory("host-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Webhook_Answered200_WasWrittenThroughFirst()
    {
        const string Strace = "/usr/bin/strace";
        if (!File.Exists(Strace)) Assert.Skip("strace is not installed here.");
        var trace = Path.Combine(_directory, "trace");
        var data = Path.Combine(_directory, "data");
        HostProcess host;
        try
        {
            host = await HostProcess.ServeAsync(data, Strace, "-f", "-y", "-s", "48", "-e", "trace=openat,pwrite64,sendmsg,sendto", "-o", trace);
        }
        catch (InvalidOperationException e) when (e.Message.Contains("ptrace", StringComparison.OrdinalIgnoreCase))
        {
            Assert.Skip("strace may not trace here: " + e.Message);
            return;
        }
        await using (host)
        {
            await SendAsync(host, data);
            var pid = System.Text.Json.JsonElement.Parse(
                await File.ReadAllTextAsync(Path.Combine(data, "service.json"), TestContext.Current.CancellationToken)).GetProperty("pid").GetInt32();
            Assert.Equal(0, await host.StopAsync(processId: pid));
        }
        Check(await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Detector_AnswerBeforeTheWrite_IsCaught()
    {
        // A detector proves nothing until it has caught a planted fault.
        string[] early =
        [
            "1 openat(AT_FDCWD, \"/d/journal/segment.0\", O_RDWR|O_CLOEXEC|O_SYNC) = 9</d/journal/segment.0>",
            "1 pwrite64(9</d/journal/segment.0>, \"x\", 512, 0 <unfinished ...>",
            "2 sendmsg(7<socket:[1]>, {msg_iov=[{iov_base=\"HTTP/1.1 200 OK\\r\\n\"}]}, 0) = 9",
            "1 <... pwrite64 resumed>) = 512",
            "1 pwrite64(8</d/journal/commits>, \"x\", 512, 0) = 512",
        ];
        Assert.Equal(2, Journalled(early, out var unsafeAnswers));
        Assert.Equal(1, unsafeAnswers);
    }

    /// <summary>One after the other, so that every answer needs a commit of its own.</summary>
    private static async Task SendAsync(HostProcess host, string data)
    {
        using var client = new HttpClient { BaseAddress = host.Url };
        var key = (await File.ReadAllTextAsync(Path.Combine(data, "admin.key"), TestContext.Current.CancellationToken)).Trim();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using var made =
            await client.PostAsync(new Uri("/api/recorders", UriKind.Relative), Json("""{"name":"a"}"""), TestContext.Current.CancellationToken);
        var hook = System.Text.Json.JsonElement.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .GetProperty("webhook_path").GetString()!;
        for (var i = 0; i < Signals; i++)
        {
            using var answer = await client.PostAsync(
                new Uri(hook, UriKind.Relative), Json("""{"action":"buy","symbol":"MNQ1!","price":1}"""), TestContext.Current.CancellationToken);
            Assert.Equal(200, (int)answer.StatusCode);
        }
    }

    private static void Check(string[] lines)
    {
        var opened =
            lines.Where(line => line.Contains("openat(", StringComparison.Ordinal) && JournalFile().IsMatch(line)
                && !line.Contains("O_RDONLY", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(opened);
        Assert.All(opened, line => Assert.Matches("O_SYNC|O_DSYNC|commits.new|journal/lock", line));
        var written = Journalled(lines, out var unsafeAnswers);
        Assert.Equal(0, unsafeAnswers);
        // A record and a slot for each signal, at the least.
        Assert.InRange(written, Signals * 2, int.MaxValue);
        TestContext.Current.SendDiagnosticMessage($"{written} synchronous writes for {Signals} signals");
    }

    /// <summary>Counts finished writes to the journal, and answers 200 that no finished record and slot precede since the answer before.</summary>
    private static int Journalled(string[] lines, out int unsafeAnswers)
    {
        var written = 0;
        unsafeAnswers = 0;
        var unfinished = new Dictionary<string, string>(StringComparer.Ordinal);
        var (hasRecord, hasSlot) = (false, false);
        foreach (var line in lines)
        {
            var thread = line[..line.IndexOf(' ', StringComparison.Ordinal)];
            var finished = Finished(line, thread, unfinished);
            if (finished is not null)
            {
                written++;
                if (finished.Contains("/segment.", StringComparison.Ordinal)) hasRecord = true;
                else hasSlot = hasRecord;
            }
            if (!line.Contains("HTTP/1.1 200", StringComparison.Ordinal)) continue;
            if (!hasSlot) unsafeAnswers++;
            (hasRecord, hasSlot) = (false, false);
        }
        return written;
    }

    /// <summary>The beginning of the journal's write that this line ends; null when it ends none.</summary>
    private static string? Finished(string line, string thread, Dictionary<string, string> unfinished)
    {
        if (line.Contains("pwrite64(", StringComparison.Ordinal) && JournalFile().IsMatch(line))
        {
            if (!line.EndsWith("<unfinished ...>", StringComparison.Ordinal)) return line;
            unfinished[thread] = line;
            return null;
        }
        return line.Contains("<... pwrite64 resumed>", StringComparison.Ordinal) && unfinished.Remove(thread, out var start) ? start : null;
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    [GeneratedRegex("/journal/(segment\\.|commits)")]
    private static partial Regex JournalFile();
}
