using StreamRecorder.Engine;
using StreamRecorder.Ingest;

namespace StreamRecorder.Host.Web;

/// <summary>A refusal as the answer of an endpoint.</summary>
public sealed class ProblemAnswer(Refusal refusal) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => Problems.WriteAsync(httpContext, refusal);
}
