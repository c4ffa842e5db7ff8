namespace StreamRecorder.Host.Cli;

/// <summary>
/// Where settings come from, later ones winning: appsettings.json beside the program, then in the current
/// directory, environment variables, <c>--StreamRecorder:NAME=VALUE</c>, and the options of the verb.
/// </summary>
public static class Configuration
{
    private const string FileName = "appsettings.json";

    public static Options Read(IReadOnlyList<string> settings, IReadOnlyDictionary<string, string?> given)
    {
        foreach (var setting in settings)
        {
            if (!setting.StartsWith($"--{Options.Section}:", StringComparison.OrdinalIgnoreCase) || !setting.Contains('=', StringComparison.Ordinal))
                throw new UsageException($"\"{setting}\" is not understood; settings are given as --{Options.Section}:NAME=VALUE.");
        }
        var builder = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, FileName), optional: true)
            .AddJsonFile(Path.GetFullPath(FileName), optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine([.. settings])
            .AddInMemoryCollection(given);
        return Options.Read(builder.Build());
    }
}
