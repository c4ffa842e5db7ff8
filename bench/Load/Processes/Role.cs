using System.Text.Json;
using System.Text.Json.Serialization;
using StreamRecorder.Load.Feeds;
using StreamRecorder.Load.Hostile;
using StreamRecorder.Load.Restarting;
using StreamRecorder.Load.Webhooks;

namespace StreamRecorder.Load.Processes;

/// <summary>
/// What this program does as a process of its own: a load, so that it has its own runtime, or a rival's server. Given as the first line of its
/// standard input (thousands of tokens are more than an argument may hold); says what its parent waits for in lines on its standard output, and ends
/// when it is done or when its standard input ends, so that it never outlives its parent.
/// </summary>
[JsonDerivedType(typeof(EmptyEndpoint), "empty-endpoint")]
[JsonDerivedType(typeof(DriveWebhooks), "drive-webhooks")]
[JsonDerivedType(typeof(DrainSocket), "drain-socket")]
[JsonDerivedType(typeof(SendFrames), "send-frames")]
[JsonDerivedType(typeof(SendSteadily), "send-steadily")]
[JsonDerivedType(typeof(SendLines), "send-lines")]
[JsonDerivedType(typeof(Tokenise), "tokenise")]
[JsonDerivedType(typeof(HostileClients), "hostile-clients")]
[JsonDerivedType(typeof(StartUp), "start-up")]
[JsonDerivedType(typeof(ApplyAll), "apply-all")]
public abstract record Role
{
    public const string Verb = "role";

    /// <summary>A load has one thread for all its sockets and handles them there: the processors belong to those who are measured.</summary>
    [JsonIgnore]
    public virtual bool IsLoad => false;

    public abstract Task PlayAsync(TextReader orders, TextWriter answers);

    public static Role Parse(string text) => JsonSerializer.Deserialize<Role>(text) ?? throw new JsonException("no role");

    public string Text() => JsonSerializer.Serialize(this);
}
