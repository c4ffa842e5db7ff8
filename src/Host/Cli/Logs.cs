namespace StreamRecorder.Host.Cli;

/// <summary>
/// The log: the console, one line an event, UTC. Fixed in the program, because a level set
/// lower for the web server would write request paths, and a webhook's token is in its path.
/// </summary>
public static class Logs
{
    public static ILoggerFactory Create() =>
        Create(Console.IsOutputRedirected ? () => new LineLog(Console.OpenStandardOutput(), TimeProvider.System) : null);

    /// <summary>With <paramref name="lines"/> instead of a terminal; disposed of with the factory.</summary>
    internal static ILoggerFactory Create(Func<ILoggerProvider>? lines) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            // A start that fails says so in one line; its stack trace helps nobody at a terminal.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
            // Requests are not logged; were any level of this on, each would be given an activity all the same.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // Not by AddProvider: an instance made outside of the container is never disposed of, and the last lines would be lost.
        if (lines is not null) builder.Services.AddSingleton(_ => lines());
        else
            builder.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            });
    });
}
