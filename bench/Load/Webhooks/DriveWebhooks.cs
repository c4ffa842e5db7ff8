using System.Net;
using System.Text.Json;
using StreamRecorder.Load.Processes;

namespace StreamRecorder.Load.Webhooks;

/// <summary>
/// Drives one server over a connection for each token: each order is a list of phases, each answer their results. Connections and code
/// stay warm between orders.
/// </summary>
public sealed record DriveWebhooks(int Port, string[] Tokens) : Role
{
    public override bool IsLoad => true;

    public override async Task PlayAsync(TextReader orders, TextWriter answers)
    {
        using var driver = new Driver(new IPEndPoint(IPAddress.Loopback, Port), Tokens);
        while (await orders.ReadLineAsync().ConfigureAwait(false) is { } order)
        {
            var phases = JsonSerializer.Deserialize<Phase[]>(order)!;
            var results = await Task.Factory.StartNew(
                () => driver.Run(phases), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            await answers.WriteLineAsync(JsonSerializer.Serialize(results)).ConfigureAwait(false);
        }
    }
}

/// <summary>A process that drives webhooks, over a connection for each token.</summary>
internal sealed class WebhookLoad(Uri server, string[] tokens) : IAsyncDisposable
{
    private readonly Child _child = Child.Start(new DriveWebhooks(server.Port, tokens));

    public TimeSpan ProcessorTime => _child.ProcessorTime;

    public async Task<PhaseResult[]> RunAsync(params IReadOnlyList<Phase> phases) =>
        JsonSerializer.Deserialize<PhaseResult[]>(
            await _child.AskAsync(JsonSerializer.Serialize(phases), TimeSpan.FromSeconds(phases.Sum(p => p.Seconds))).ConfigureAwait(false))!;

    public ValueTask DisposeAsync() => _child.DisposeAsync();
}
