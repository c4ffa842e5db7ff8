using System.CommandLine;
using StreamRecorder.Load;
using StreamRecorder.Load.Processes;
using StreamRecorder.Load.Reporting;

// dotnet run -c Release --project bench/Load -- --size short --only webhook-throughput
var only = new Option<string[]>("--only") { Description = "Scenarios to run (default: all)", AllowMultipleArgumentsPerToken = true };
only.AcceptOnlyFromAmong([.. Scenarios.All.Select(s => s.Name)]);
var size = new Option<string>("--size")
{
    Description = "tiny: does it work; short: ratios while at work on them; full: the tables, for an idle machine",
    DefaultValueFactory = _ => Size.Full.Name
};
size.AcceptOnlyFromAmong([.. Size.All.Select(s => s.Name)]);
var output = new Option<string?>("--out") { Description = "Directory for load.json and load.md (default: none are written)" };
var root = new RootCommand("Measures the real program beside its rivals, in processes of their own, in turns.") { only, size, output, RoleCommand() };
root.SetAction(async (parsed, _) =>
{
    var chosen = parsed.GetValue(only) is { Length: > 0 } names ? [.. Scenarios.All.Where(s => names.Contains(s.Name))] : Scenarios.All;
    return await RunAsync(chosen, Size.All.Single(s => s.Name == parsed.GetValue(size)), parsed.GetValue(output));
});
return await root.Parse(args).InvokeAsync();

static async Task<int> RunAsync(IReadOnlyList<Scenario> scenarios, Size size, string? output)
{
    var machine = Surroundings.Machine();
    var results = new List<Result>();
    var directory = Directory.CreateTempSubdirectory("streamrecorder-load-");
    try
    {
        foreach (var scenario in scenarios)
        {
            results.Add(
                await scenario.RunAsync(
                    new Bench(size, directory.CreateSubdirectory(scenario.Name).FullName,
                        what => Console.Error.WriteLine($"{scenario.Name}: {what}"))));
            Screen.Show(results[^1]);
        }
    }
    finally
    {
        directory.Delete(recursive: true);
    }
    if (output is not null)
        await new Report(machine, Surroundings.Runtime(), await Surroundings.CommitAsync(), size.Name, DateTime.UtcNow, results).WriteAsync(output);
    return results.SelectMany(r => r.Findings).All(f => f.Holds) ? 0 : 1;
}

// What this program starts of itself; nobody types it.
static Command RoleCommand()
{
    var command = new Command(Role.Verb) { Hidden = true };
    command.SetAction(async (_, stop) => await Role.Parse(await Console.In.ReadLineAsync(stop) ?? "").PlayAsync(Console.In, Console.Out));
    return command;
}
