using StreamRecorder.Load.Applying;
using StreamRecorder.Load.Database;
using StreamRecorder.Load.Feeds;
using StreamRecorder.Load.Hostile;
using StreamRecorder.Load.Ledger;
using StreamRecorder.Load.Measuring;
using StreamRecorder.Load.Polling;
using StreamRecorder.Load.Restarting;
using StreamRecorder.Load.Running;
using StreamRecorder.Load.Webhooks;

namespace StreamRecorder.Load;

/// <summary>All scenarios, in the order of the report.</summary>
public static class Scenarios
{
    public static readonly IReadOnlyList<Scenario> All =
    [
        new WebhookThroughput(),
        new WebhookLatency(),
        new WebhookOverload(),
        new HostileNeighbours(),
        new SocketThroughput(),
        new NdjsonThroughput(),
        new ApplyTicksBeside(),
        new SqliteClosings(),
        new LedgerPages(),
        new PollingPlan(),
        new Restart(),
        new TickLatency(),
        new Soak(),
        new WebhookMetricsCost(),
        new TickMetricsCost(),
    ];
}
