using System.CommandLine;
using StreamRecorder.Host.Cli;

namespace StreamRecorder.Host.Verify;

/// <summary><c>backup FILE</c>: a consistent copy of the database; works with the service running or stopped.</summary>
public static class BackupCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Where to; must not exist" };
        var data = CommandLine.DataOption();
        var command = new Command(
            "backup",
            "Copies the database, running or stopped. To restore: with the service stopped, put FILE in place of stream_recorder.db and remove "
            + "stream_recorder.db-wal and -shm; the journal beside it brings it up to date.")
        {
            file, data,
        };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(data), parsed.GetRequiredValue(file), Console.Out));
        return command;
    }

    /// <summary>Prints what the copy holds. Throws with one sentence when there is none.</summary>
    public static async Task<int> RunAsync(string directory, string file, TextWriter output)
    {
        var report = new Backup(directory).Write(file);
        await output.WriteLineAsync(
            FormattableString.Invariant($"{Path.GetFullPath(file)}: as of sequence {report.Sequence}, {report.Bytes} bytes")).ConfigureAwait(false);
        return CommandLine.Done;
    }
}
