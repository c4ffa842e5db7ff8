namespace StreamRecorder.Host.Web;

/// <summary>Whether the process is sound (/healthz) and whether it takes inputs (/readyz). On the management address.</summary>
public sealed class Health
{
    private volatile Composition? _pipe;
    private volatile bool _isReady;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => _pipe is null or { IsHealthy: true } ? Answer(200, "ok") : Answer(503, "failed"));
        routes.MapGet("/readyz", () => _pipe is { IsHealthy: true } && _isReady ? Answer(200, "ready") : Answer(503, _pipe is null ? "starting" : "stopping"));
    }

    public void Ready(Composition pipe)
    {
        _pipe = pipe;
        _isReady = true;
    }

    public void Stopping() => _isReady = false;

    private static JsonAnswer Answer(int status, string word) => new(status, json => json.WriteString("status", word));
}
