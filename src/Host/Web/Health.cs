namespace StreamRecorder.Host.Web;

/// <summary>
/// Whether all works (/healthz: the process, its journal and its database) and whether inputs are taken (/readyz). On the management address.
/// </summary>
public sealed class Health
{
    private volatile Composition? _pipe;
    private volatile bool _isReady;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => _pipe switch
        {
            null or { IsHealthy: true, Trouble: null } => Answer(200, "ok"),
            { IsHealthy: true, Trouble: { } trouble } => Answer(503, "failing", trouble),
            _ => Answer(503, "failed"),
        });
        routes.MapGet(
            "/readyz", () => _pipe is { IsHealthy: true } && _isReady ? Answer(200, "ready") : Answer(503, _pipe is null ? "starting" : "stopping"));
    }

    public void Ready(Composition pipe)
    {
        _pipe = pipe;
        _isReady = true;
    }

    public void Stopping() => _isReady = false;

    private static JsonAnswer Answer(int status, string word, string? detail = null) => new(status, json =>
    {
        json.WriteString("status", word);
        if (detail is not null) json.WriteString("detail", detail);
    });
}
