using System.CommandLine;
using StreamRecorder.Host.Cli;
using StreamRecorder.Host.Demo;
using StreamRecorder.Host.Replay;
using StreamRecorder.Host.Verify;

var root = new RootCommand("StreamRecorder turns trading signals and ticks into positions with exact excursions.")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
    ReplayCommand.Create(),
    RecorderCommand.Create(),
    KeyCommand.Create(),
    VerifyCommand.Create(),
    BackupCommand.Create(),
};
return await CommandLine.RunAsync(root, args);
