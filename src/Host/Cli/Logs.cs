namespace StreamRecorder.Host.Cli;

/// <summary>
/// The log: the console, one line an event, UTC. Fixed in the program, because a level set
/// lower for the web server would write request paths, and a webhook's token is in its path.
/// </summary>
public static class Logs
{
    public static ILoggerFactory Create() => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            // A start that fails says so in one line; its stack trace helps nobody at a terminal.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
            // Requests are not logged; were any level of this on, each would be given an activity all the same.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        if (Console.IsOutputRedirected) builder.AddProvider(new LineLog(Console.OpenStandardOutput(), TimeProvider.System));
        else
            builder.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            });
    });
}
