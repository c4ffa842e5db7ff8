using System.Text;
using System.Text.RegularExpressions;
using StreamRecorder.Engine;
using StreamRecorder.Ingest.Webhooks;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

/// <summary>What docs/alerts.md tells people to paste is understood, and no refusal of a webhook is left unexplained there.</summary>
public sealed class AlertsPageTests
{
    private static readonly Dictionary<string, string> Values = new()
    {
        ["ticker"] = "MNQ1!",
        ["exchange"] = "CME_MINI",
        ["interval"] = "5",
        ["close"] = "25600.25",
        ["timenow"] = "2025-12-04T15:00:00Z",
        ["strategy.order.action"] = "buy",
        ["strategy.order.contracts"] = "1",
        ["strategy.order.price"] = "25600.25",
        ["strategy.order.id"] = "Long",
        ["strategy.market_position"] = "long",
        ["strategy.market_position_size"] = "1",
        ["strategy.prev_market_position"] = "flat",
        ["strategy.prev_market_position_size"] = "0",
    };

    private static readonly string Page = File.ReadAllText(Path.Combine(Root(), "docs", "alerts.md"));

    [Fact]
    public void Template_WithItsPlaceholdersReplaced_IsUnderstood()
    {
        var parser = new WebhookParser(Table.Symbols());
        var templates = Regex.Matches(Page, "```(?:json|text)\n(.*?)\n```", RegexOptions.Singleline).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(10, templates.Count);
        foreach (var template in templates)
        {
            var body = Regex.Replace(template, @"\{\{(.*?)\}\}", m => Values[m.Groups[1].Value]);
            Assert.True(
                parser.TryParse(Encoding.UTF8.GetBytes(body), Table.Arrival, null, out var signal, out var refusal), $"{refusal?.Detail} {template}");
            Assert.Equal("MNQ1!", signal.Symbol.Name);
        }
    }

    [Fact]
    public void Refusals_OfAWebhook_AreAllExplained()
    {
        Rejection[] others = [Rejection.KeyMissing, Rejection.ScopeMissing, Rejection.NotFound, Rejection.Conflict, Rejection.RequestInvalid];
        foreach (var rejection in Rejection.All.Except(others))
            Assert.Contains($"| {rejection.Status} | `{rejection.Label}` |", Page, StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "StreamRecorder.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("no StreamRecorder.sln above the tests");
    }
}
