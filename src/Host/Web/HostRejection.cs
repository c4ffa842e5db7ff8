using StreamRecorder.Engine;

namespace StreamRecorder.Host.Web;

/// <summary>Ways to say no that only HTTP has.</summary>
public static class HostRejection
{
    public static readonly Rejection RequestUnreadable = new("request_unreadable", 400, "The request cannot be read.");
    public static readonly Rejection MethodNotAllowed = new("method_not_allowed", 405, "This address does not take that method.");
    public static readonly Rejection TimedOut = new("timed_out", 408, "The request did not arrive in time.");
    public static readonly Rejection MediaTypeUnsupported = new("media_type_unsupported", 415, "This address does not take that kind of body.");
    public static readonly Rejection Failed = new("internal", 500, "The service failed on this request.");
    public static readonly Rejection DatabaseUnavailable = new("database_unavailable", 503, "The database cannot be read at the moment.");
}
