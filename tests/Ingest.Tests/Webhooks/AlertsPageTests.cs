using System.Text;
using System.Text.RegularExpressions;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Ingest.Webhooks;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

/// <summary>What docs/alerts.md tells people to paste is understood, and no refusal of a webhook is left unexplained there.</summary>
public sealed class AlertsPageTests
{
    /// <summary>A reversal, so that the order's quantity, the size before and the size after differ, as do the order's price and the bar's.</summary>
    private static readonly Dictionary<string, string> Values = new()
    {
        ["ticker"] = "MNQ1!",
        ["exchange"] = "CME_MINI",
        ["interval"] = "5",
        ["close"] = "25600.25",
        ["timenow"] = "2025-12-04T15:00:00Z",
        ["strategy.order.action"] = "buy",
        ["strategy.order.contracts"] = "3",
        ["strategy.order.price"] = "25600.5",
        ["strategy.order.id"] = "Long",
        ["strategy.market_position"] = "long",
        ["strategy.market_position_size"] = "2",
        ["strategy.prev_market_position"] = "short",
        ["strategy.prev_market_position_size"] = "1",
    };

    private static readonly string Page = File.ReadAllText(Path.Combine(Root(), "docs", "alerts.md"));

    /// <summary>How a template's title begins, and the signal that it gives.</summary>
    public static TheoryData<string, string> Signals => new()
    {
        { "TradingView, a strategy", "Buy MNQ1! target=2 prev=-1 q=3 p=25600.5 at=2025-12-04T15:00:00Z fired label=Long" },
        { "TradingView, an indicator", "Buy MNQ1! q=1 p=25600.25 at=2025-12-04T15:00:00Z fired" },
        { "TradersPost", "Buy MNQ1! side=Long q=3 p=25600.25 at=2025-12-04T15:00:00Z" },
        { "PickMyTrade", "Buy MNQ1! q=3 p=25600.25 at=2025-12-04T15:00:00Z fired" },
        { "Trade Manager", "Buy MNQ1! q=3 p=25600.25 at=2025-12-04T15:00:00Z fired" },
        { "3Commas", "Buy MNQ1! target=2 prev=-1 q=3 p=25600.25 at=2025-12-04T15:00:00Z maxage=300" },
        { "AlgoWay", "Buy MNQ1! q=3 p=25600.5 at=2025-12-04T15:00:00Z fired" },
        { "Tickerly", "Buy MNQ1! q=3 p=25600.5 at=2025-12-04T15:00:00Z fired" },
        { "CrossTrade", "Buy MNQ1! q=3 p=25600.5 at=2025-12-04T15:00:00Z fired" },
        { "AutoView", "Buy MNQ1! q=3 p=25600.5" },
        { "StreamRecorder", "Buy MNQ1! q=1 p=25600.25 at=2025-12-04T15:00:00Z key=order-1" },
    };

    private static List<(string Title, string Text)> Templates =>
    [.. Regex.Matches(Page, "^([^\n]+):\n\n```(?:json|text)\n(.*?)\n```", RegexOptions.Multiline | RegexOptions.Singleline)
        .Select(m => (m.Groups[1].Value, m.Groups[2].Value)),
    ];

    [Theory, MemberData(nameof(Signals))]
    public void Template_WithItsPlaceholdersReplaced_GivesItsSignal(string title, string expected)
    {
        var (_, template) = Assert.Single(Templates, t => t.Title.StartsWith(title, StringComparison.Ordinal));
        var body = Regex.Replace(template, @"\{\{(.*?)\}\}", m => Values[m.Groups[1].Value]);
        new WebhookParser(Table.Symbols()).TryParse(Encoding.UTF8.GetBytes(body), Table.Arrival, null, out var signal, out var refusal);
        Assert.Null(refusal);
        Assert.Equal(expected, SignalText.Of(signal!));
    }

    [Fact]
    public void Templates_OnThePage_AreOfEveryDialectAndAllLookedAt()
    {
        Assert.Equal(Signals.Count, Templates.Count);
        Assert.Equal(Signals.Count, Regex.Count(Page, "^```(json|text)$", RegexOptions.Multiline));
        var shown = FieldTable.Dialects.Select(d => d.Name).Where(name => Templates.Exists(t => t.Title.StartsWith(name, StringComparison.Ordinal)));
        Assert.Equal(FieldTable.Dialects.Select(d => d.Name), shown);
    }

    [Fact]
    public void Refusals_OfAWebhook_AreAllExplained()
    {
        Rejection[] others = [Rejection.KeyMissing, Rejection.ScopeMissing, Rejection.NotFound, Rejection.Conflict, Rejection.RequestInvalid];
        foreach (var rejection in Rejection.All.Except(others))
        {
            var start = $"| {rejection.Status} | `{rejection.Label}` | {rejection.Title}";
            var row = Regex.Match(Page, @$"^{Regex.Escape(start)}(.*) \|$", RegexOptions.Multiline);
            Assert.True(row.Success, rejection.Label);
            Assert.True(row.Groups[1].Value.Trim().Length > 0, $"{rejection.Label}: says not what to do");
        }
    }

    [Fact]
    public void ReasonsToIgnore_All_AreExplained()
    {
        foreach (var reason in Enum.GetValues<IgnoreReason>().Where(r => r != IgnoreReason.None))
            Assert.Matches(@$"(?m)^\| `{Words.Of(reason)}` \| \w.* \|$", Page);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "StreamRecorder.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("no StreamRecorder.sln above the tests");
    }
}
