using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Primitives;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// From where webhooks are taken: an allow-list of addresses, honest behind proxies. Only a proxy that is configured is believed
/// when it says for whom it speaks (<c>X-Forwarded-For</c>); what anybody else writes there changes nothing. Immutable.
/// </summary>
public sealed class WebhookSources(IReadOnlyList<IPNetwork> allowed, IReadOnlyList<IPNetwork> proxies)
{
    public const string TradingViewName = "tradingview";

    /// <summary>From which TradingView sends, as its help page on webhooks says.</summary>
    public static readonly IReadOnlyList<IPNetwork> TradingView =
        [.. ((string[])["52.89.214.238", "34.212.75.30", "54.218.53.128", "52.32.178.7"]).Select(
            address => new IPNetwork(IPAddress.Parse(address), 32))];

    /// <summary>One address, or a network in the form <c>10.0.0.0/8</c>.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        if (text.Contains('/', StringComparison.Ordinal)) return IPNetwork.TryParse(text, out network);
        var isAddress = IPAddress.TryParse(text, out var address);
        network = isAddress ? new IPNetwork(address!, address!.GetAddressBytes().Length * 8) : default;
        return isAddress;
    }

    /// <param name="remote">The other end of the connection.</param>
    /// <param name="forwardedFor">The request's X-Forwarded-For: each proxy added the address that it saw behind those that were there.</param>
    public bool Allow(IPAddress? remote, StringValues forwardedFor)
    {
        var source = Plain(remote);
        var hops = forwardedFor.Count == 0 ? [] : forwardedFor.ToString().Split(',', StringSplitOptions.TrimEntries);
        for (var last = hops.Length - 1; last >= 0 && IsIn(proxies, source); last--) source = TryAddress(hops[last], out var hop) ? hop : null;
        return IsIn(allowed, source);
    }

    private static bool IsIn(IReadOnlyList<IPNetwork> networks, IPAddress? address)
    {
        if (address is null) return false;
        foreach (var network in networks)
            if (network.Contains(address)) return true;
        return false;
    }

    /// <summary>Some proxies add a port.</summary>
    private static bool TryAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = IPEndPoint.TryParse(text, out var end) ? Plain(end.Address) : null;
        return address is not null;
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
