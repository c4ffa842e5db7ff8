using System.Text;
using System.Text.RegularExpressions;
using StreamRecorder.Host.Demo;

namespace StreamRecorder.Host.Tests.Demo;

public sealed class DemoCommandTests
{
    /// <summary>The whole demo takes some seconds until its first position closes; on a machine with other work several times that.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Demo_UntilAPositionCloses_TellsItAndKeepsTheData()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(Patience);
        using var output = new WatchedWriter(" closed  ", stop.Cancel);
        var options = new Options { Urls = ["http://127.0.0.1:0"], ManagementUrls = ["http://127.0.0.1:0"] };
        var exit = await DemoCommand.RunAsync(options, seed: 1, DemoScreen.OfWriter(output), stop.Token);
        var text = output.ToString();
        Assert.Equal(0, exit);
        Assert.True(output.IsSeen, text);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain("refused", text, StringComparison.Ordinal);
        Assert.Contains("ticks sent", text, StringComparison.Ordinal);
        var directory = Regex.Match(text, @"The data stays in (\S+);").Groups[1].Value;
        Assert.True(File.Exists(Path.Combine(directory, "stream_recorder.db")));
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData("--seconds 0")]
    [InlineData("--seconds x")]
    [InlineData("--seconds")]
    [InlineData("--seed -1")]
    [InlineData("--data ./data")]
    public void CommandLine_Wrong_IsAnError(string arguments) => Assert.NotEmpty(DemoCommand.Create().Parse(arguments).Errors);

    /// <summary>Calls back when a text has been written.</summary>
    private sealed class WatchedWriter(string wanted, Action seen) : StringWriter
    {
        private readonly Lock _lock = new();

        public bool IsSeen { get; private set; }

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_lock)
            {
                base.Write(value);
                if (IsSeen || !EndsWithWanted()) return;
                IsSeen = true;
            }
            seen();
        }

        public override void Write(string? value)
        {
            foreach (var letter in value ?? "") Write(letter);
        }

        private bool EndsWithWanted()
        {
            var text = GetStringBuilder();
            if (text.Length < wanted.Length) return false;
            for (var i = 0; i < wanted.Length; i++)
                if (text[text.Length - wanted.Length + i] != wanted[i]) return false;
            return true;
        }
    }
}
