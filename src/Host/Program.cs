using System.CommandLine;
using StreamRecorder.Host.Cli;

var root = new RootCommand("StreamRecorder turns trading signals and ticks into positions with exact excursions.")
{
    ServeCommand.Create(),
    RecorderCommand.Create(),
    KeyCommand.Create(),
};
return await CommandLine.RunAsync(root, args);
