using Spectre.Console;

namespace StreamRecorder.Host.Replay;

/// <summary>A bar on stderr while files are read, when somebody is there to see it.</summary>
internal static class ReplayProgress
{
    /// <param name="work">Gets where to report the share done (0 … 1).</param>
    public static void Show(Action<Action<double>> work)
    {
        if (Console.IsErrorRedirected)
        {
            work(_ => { });
            return;
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask("replay", maxValue: 1);
                work(share => task.Value = share);
            });
    }
}
