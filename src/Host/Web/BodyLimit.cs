using Microsoft.AspNetCore.Http.Metadata;

namespace StreamRecorder.Host.Web;

/// <summary>The longest body that a route takes, where it is not the usual one; null: any length.</summary>
public sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata
{
    /// <summary>Bodies of tables.</summary>
    public static readonly BodyLimit Table = new(HostLimits.TableBodyBytesMax);

    /// <summary>Streams.</summary>
    public static readonly BodyLimit None = new(MaxRequestBodySize: null);
}
