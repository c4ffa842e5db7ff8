using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace StreamRecorder.Load.Webhooks;

/// <summary>
/// One strategy's alerts in their order, as whole HTTP requests: opens, adds, reduces, closes (native
/// form), or targets through both sides (TradingView's placeholders). Made once; of each request only the
/// digits of id, time and price change, so that making it costs next to nothing. One request at a time.
/// </summary>
internal sealed class Strategy
{
    private const string IdMark = "IIIIIIIIIIIIIIII";
    private const string TimeMark = "TTTTTTTTTTTTT";
    private const string PriceMark = "PP.25";

    private static readonly string[] Native =
    [
        Body("buy", 1), Body("buy", 1), Body("sell", 1), Body("sell", 1),
    ];

    private static readonly string[] TradingView =
    [
        Body("buy", "flat", 0, "long", 1), Body("buy", "long", 1, "long", 2), Body("sell", "long", 2, "short", 1), Body("buy", "short", 1, "flat", 0),
    ];

    private readonly Request[] _requests;
    private readonly long _idBase;
    private long _count;

    /// <param name="number">Tells the ids of one driver's strategies apart; even ones speak the native form.</param>
    /// <param name="idBase">Tells drivers apart, in millions of millions.</param>
    public Strategy(string token, int number, long idBase)
    {
        var bodies = number % 2 == 0 ? Native : TradingView;
        _requests = [.. bodies.Select(body => new Request(token, body))];
        _idBase = idBase + number * 100_000_000L;
    }

    /// <summary>The next alert, valid until the next call. Times rise strictly, as those of one strategy do.</summary>
    public ReadOnlySpan<byte> Next(long milliseconds)
    {
        var request = _requests[_count % _requests.Length];
        request.Set(_idBase + _count, milliseconds, (int)(_count * 7 % 100));
        _count++;
        return request.Bytes;
    }

    private static string Body(string action, int quantity) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"action":"{{action}}","symbol":"MNQZ2026","price":256{{PriceMark}},"quantity":{{quantity}},"time":{{TimeMark}},"id":"{{IdMark}}"}""");

    private static string Body(string action, string before, int sizeBefore, string after, int sizeAfter) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"ticker":"MNQZ2026","action":"{{action}}","contracts":"1","price":"256{{PriceMark}}","market_position":"{{after}}","market_position_size":"{{sizeAfter}}","prev_market_position":"{{before}}","prev_market_position_size":"{{sizeBefore}}","order_id":"Entry","timenow":{{TimeMark}},"id":"{{IdMark}}"}""");

    private sealed class Request
    {
        private readonly byte[] _bytes;
        private readonly int _id;
        private readonly int _time;
        private readonly int _price;

        public Request(string token, string body)
        {
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"POST /webhook/{token} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + $"Content-Type: application/json; charset=utf-8\r\nContent-Length: {body.Length}\r\n\r\n");
            _bytes = Encoding.ASCII.GetBytes(text + body);
            _id = text.Length + body.IndexOf(IdMark, StringComparison.Ordinal);
            _time = text.Length + body.IndexOf(TimeMark, StringComparison.Ordinal);
            _price = text.Length + body.IndexOf(PriceMark, StringComparison.Ordinal);
        }

        public ReadOnlySpan<byte> Bytes => _bytes;

        public void Set(long id, long milliseconds, int price)
        {
            Write(_id, id, 'D', IdMark.Length);
            Write(_time, milliseconds, 'D', TimeMark.Length);
            Write(_price, price, 'D', 2);
        }

        private void Write(int at, long value, char symbol, int digits) =>
            Utf8Formatter.TryFormat(value, _bytes.AsSpan(at, digits), out _, new System.Buffers.StandardFormat(symbol, (byte)digits));
    }
}
