using System.Globalization;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// One sender: buys once or twice, closes, and so on, one signal after the other. What was
/// not answered when the process died is sent again with its id, as TradingView would.
/// </summary>
internal sealed class KillLane(string hook, string symbol, int seed)
{
    /// <summary>The journal keeps the body: files of it fill quickly.</summary>
    private static readonly string Note = new('x', 3500);

    private readonly Random _random = new(seed);
    private readonly KillBook _book = new();
    private (string Action, decimal Price, decimal Quantity)? _pending;
    private int _sent;

    public int AnsweredCount { get; private set; }

    /// <summary>Other than 200, with what was sent.</summary>
    public string? Refused { get; private set; }

    public KillBook Book => _book;

    /// <summary>Sent, and not answered 200: it may have been applied.</summary>
    public bool IsInDoubt => _pending is not null;

    /// <summary>Until told to stop, or the process does not answer any more.</summary>
    public async Task RunAsync(HostClient client, Func<bool> isStopped)
    {
        try
        {
            while (!isStopped() && await TryNextAsync(client)) { }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Killed.
        }
    }

    /// <summary>False when the answer is not 200: it stays to be sent again.</summary>
    public async Task<bool> TryNextAsync(HostClient client)
    {
        _pending ??= Next();
        var (action, price, quantity) = _pending.Value;
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"action":"{{action}}","symbol":"{{symbol}}","price":{{price}},"quantity":{{quantity}},"id":"{{symbol}}-{{seed}}-{{_sent}}","note":"{{Note}}"}""");
        var answer = await client.PostAsync(hook, body);
        if (answer.Status != 200)
        {
            Refused = $"{answer.Status} {answer.Text}";
            return false;
        }
        if (action == "buy") _book.Enter(price, quantity);
        else _book.Close(price);
        (_pending, _sent) = (null, _sent + 1);
        AnsweredCount++;
        return true;
    }

    private (string Action, decimal Price, decimal Quantity) Next()
    {
        var price = 100 + _random.Next(-160, 160) * 0.25m;
        if (_book.Held == 0 || (_book.Held < 3 && _random.Next(2) == 0)) return ("buy", price, _random.Next(1, 4));
        return ("sell", price, _book.Held);
    }
}
