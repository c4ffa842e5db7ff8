namespace StreamRecorder.Host.Tests.Secrets;

/// <summary>A body with a secret in it, and what the webhook must answer, so that each is known to go the way that it is here for.</summary>
internal sealed record SecretBody(int Status, string Text, string? Dialect = null);

/// <summary>
/// Bodies of every dialect with a secret where their senders have one: accepted, refused, not to be parsed, too long.
/// Every secret holds <see cref="Marker"/> at both ends, so that a part of one is found as well.
/// </summary>
internal static class SecretBodies
{
    public const string Marker = "Zq7kW";

    /// <summary>Not a secret, in a field that is kept: what looks for secrets must find this.</summary>
    public const string Label = "Planted7Label";

    private const string Quote = "\"";

    private static readonly SecretBody[] Accepted =
    [
        new(200, """{"action":"buy","symbol":"MNQ1!","price":1,"quantity":1,"comment":"Planted7Label","secret":"@"}""", "StreamRecorder"),
        new(200, """{"action":"buy","symbol":"MNQ1!","price":1,"quantity":1,"tok\u0065n":"@","API-Key":"@","extras":{"deep":[{"pwd":"@"}]}}"""),
        new(200, """{"action":"buy","symbol":"MNQ1!","price":1,"quantity":1,"Authorization":"Bearer @","note":"{\"password\":\"@\"}"}"""),
        new(200, """{"action":"buy","symbol":"MNQ1!","price":1,"quantity":1,"key":["@",{"x":"@"}],"url":"https://host/webhook/@"}"""),
        new(200,
            """{"ticker":"MNQ1!","action":"buy","contracts":1,"price":1,"market_position":"long","market_position_size":9,"passphrase":"@"}""",
            "TradingView"),
        new(200, """{"ticker":"MNQ1!","action":"buy","sentiment":"long","quantity":1,"price":1,"extras":{"api_key":"@"}}""", "TradersPost"),
        new(200,
            """{"symbol":"MNQ1!","data":"buy","quantity":"1","price":"1","token":"@","multiple_accounts":[{"token":"@","account_id":"A"}]}""",
            "PickMyTrade"),
        new(200, """{"action":"buy","symbol":"MNQ1!","price":1,"quantity":1,"comment":"Long 1; token=@"}"""),
        new(200, """{"action":"buy","symbol":"MNQ1!","price":1,"quantity":1,"order_id":"{\"secret\":\"@\"}"}"""),
        new(200, """{"direction":"long","ticker":"MNQ1!","contracts":1,"price":1,"auth_key":"@"}""", "Trade Manager"),
        new(200, """{"secret":"@","tv_instrument":"MNQ1!","trigger_price":"1","action":"buy","order":{"amount":"1"},"bot_uuid":"x"}""", "3Commas"),
        new(200, """{"platform_name":"x","ticker":"MNQ1!","order_action":"buy","order_contracts":1,"order_price":1,"license":"@"}""", "AlgoWay"),
        new(200, """{"ticker":"MNQ1!","action":"buy","prev_position":"long","quantity":"1","price":1,"pointer":"@"}""", "Tickerly"),
        new(200, "key=@;command=PLACE;account=Sim101;instrument=MNQ1!;action=BUY;qty=1;price=1;order_type=MARKET;tif=DAY;", "CrossTrade"),
        new(200, "e=x s=MNQ1! b=buy q=1 p=1 token=@", "AutoView"),
    ];

    private static readonly SecretBody[] Refused =
    [
        new(400, """{"action":"dance","symbol":"MNQ1!","token":"@"}"""),
        new(400, """{"action":"buy","symbol":"MNQ1!","price":"x","password":"@"}"""),
        new(400, """{"token":"@","token":"@","action":"buy","symbol":"MNQ1!"}"""),
        new(400, """{"symbol":"MNQ1!","data":"buy","quantity":-1,"token":"@"}"""),
        new(400, """{"action":"key=@;command=PLACE;","symbol":"MNQ1!"}"""),
        new(400, """{"action":"buy","symbol":"MNQ1!","sentiment":"token: @"}"""),
        new(400, """{"action":"buy","symbol":"MNQ1!","time":"api_key=@"}"""),
        new(422, """{"action":"buy","symbol":"secret=@","price":1}"""),
        new(422, """{"action":"buy","symbol":"QQQZZZ1!","price":1,"auth_key":"@"}"""),
        new(422, """{"secret":"@","tv_instrument":"MNQ1!","action":"buy","order":{"amount":5,"currency_type":"margin_percent"}}"""),
        new(422, """[{"action":"buy","symbol":"MNQ1!","token":"@"},{"action":"buy","symbol":"ES1!","token":"@"}]"""),
        new(400, "key=@;command=DANCE;instrument=MNQ1!;"),
        new(422, "key=@;command=CANCELALLORDERS;instrument=MNQ1!;\nkey=@;command=PLACE;instrument=MNQ1!;action=BUY;qty=1;"),
        new(400, "s=MNQ1! b=dance token=@"),
    ];

    private static readonly SecretBody[] Unreadable =
    [
        new(400, """{"action":"buy","symbol":"MNQ1!","token":"@"""),
        new(400, """{"action":"buy","symbol":"MNQ1!","token":"@",}"""),
        new(400, """{{"token":"@"}}"""),
        new(400, "{'token':'@','action':'buy'}"),
        new(400, """{"secret":"a"@","action":"buy"}"""),
        new(400, "@\nlong MNQ1! q=1 sl=2"),
        new(400, "my password @\r\nlong MNQ1! q=1"),
        new(400, "password: @\nbuy MNQ1!"),
        new(422, "pa:ss=@\ne=x s=MNQ1! b=buy q=1"),
        new(400, "token=@&action=buy&symbol=MNQ1!"),
        new(400, "MyKeys(BTCUSD) { market(side=buy, key=@); }"),
        new(400, "<form><token>x</token> password=@ </form>"),
        // UTF-16: every second byte is NUL.
        new(400, string.Join('\0', "{\"token\":\"@\"}".ToCharArray())),
    ];

    /// <summary>Longer than 64 KiB; and kept in part only, with a secret over the cut.</summary>
    private static readonly SecretBody[] Long =
    [
        new(413, """{"token":"@","comment":"PAD70000"}"""),
        new(413, """{"comment":"PAD70000","token":"@"}"""),
        new(413, "key=@;comment=PAD70000;"),
        .. Enumerable.Range(0, 24).Select(
            i => new SecretBody(200, $$"""{"action":"cancel","symbol":"MNQ1!","x":"PAD{{4096 - 60 + 2 * i}}","token":"@"}""")),
    ];

    /// <summary>Each with secrets of its own.</summary>
    public static List<SecretBody> All()
    {
        var count = 0;
        return [.. Accepted.Concat(Refused).Concat(Unreadable).Concat(Long).Select(body => body with { Text = Filled(body.Text) })];

        string Filled(string text)
        {
            var secret = $"{Marker}{count++:000}{Marker}";
            var hidden = text.Contains('\0', StringComparison.Ordinal) ? string.Join('\0', secret.ToCharArray()) : secret;
            return Padded(text.Replace("@", hidden, StringComparison.Ordinal));
        }
    }

    private static string Padded(string text)
    {
        var start = text.IndexOf("PAD", StringComparison.Ordinal);
        if (start < 0) return text;
        var end = text.AsSpan(start + 3).IndexOfAny(Quote + ";") + start + 3;
        return text[..start] + new string('x', int.Parse(text[(start + 3)..end], System.Globalization.CultureInfo.InvariantCulture)) + text[end..];
    }
}
