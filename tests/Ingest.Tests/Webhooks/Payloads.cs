using StreamRecorder.Engine;

namespace StreamRecorder.Ingest.Tests.Webhooks;

/// <summary>
/// Webhook bodies in three lists: valid with the signal expected, those whose every prefix must be refused (the incomplete ones), and invalid with the rejection
/// expected. Used by the parser's tests and the fuzzers.
/// </summary>
internal static class Payloads
{
    public static readonly (string Body, string Signal)[] Native =
    [
        ("""{"action":"buy","symbol":"MNQ1!","price":25600.25,"quantity":1,"time":"2025-12-04T15:00:00Z"}""", "Buy MNQ1! q=1 p=25600.25 at=2025-12-04T15:00:00Z"),
        ("""{"ACTION":"BUY","Symbol":"mnq1!","PRICE":"25600.25","Quantity":"1"}""", "Buy MNQ1! q=1 p=25600.25"),
        ("""{"action":"sell","symbol":"MNQ","price":25602}""", "Sell MNQ1! p=25602"),
        ("""{"action":"buy","symbol":"MNQ1!"}""", "Buy MNQ1!"),
        ("""{"action":"buy","symbol":"MNQ1!","price":null,"quantity":"","time":"  "}""", "Buy MNQ1!"),
        ("""{"action":"sell","symbol":"MCL1!","price":-37.63,"quantity":2}""", "Sell MCL1! q=2 p=-37.63"),
        ("""{"action":"buy","symbol":"MCL1!","price":0,"quantity":2}""", "Buy MCL1! q=2 p=0"),
        ("""{"action":"buy","symbol":"BTCUSDT","price":"61000.123456789","quantity":0.000000001}""", "Buy BTCUSDT q=0.000000001 p=61000.123456789"),
        ("""{"action":"buy","symbol":"MNQ1!","price":2.56e4,"quantity":1E0}""", "Buy MNQ1! q=1 p=25600"),
        ("""{"action":"buy","symbol":"MNQ1!","quantity":1000000000}""", "Buy MNQ1! q=1000000000"),
        ("""{"action":"buy","symbol":"MNQ1!","price":4600000000}""", "Buy MNQ1! p=4600000000"),
        ("""{"action":"add","symbol":"MNQ1!","price":1}""", "Add MNQ1! p=1"),
        ("""{"action":"reverse","symbol":"MNQ1!","price":1,"quantity":3}""", "Reverse MNQ1! q=3 p=1"),
        ("""{"action":"close","symbol":"MNQ1!","price":1,"quantity":0}""", "CloseAll MNQ1! p=1"),
        ("""{"action":"close","symbol":"MNQ1!","quantity":"all"}""", "CloseAll MNQ1!"),
        ("""{"action":"close","symbol":"MNQ1!","quantity":-3}""", "CloseAll MNQ1!"),
        ("""{"action":"exit","symbol":"MNQ1!","quantity":2}""", "Exit MNQ1! q=2"),
        ("""{"action":"flatten","symbol":"MNQ1!"}""", "CloseAll MNQ1!"),
        ("""{"action":"close_long","symbol":"MNQ1!"}""", "CloseLong MNQ1!"),
        ("""{"action":"Exit Short","symbol":"MNQ1!"}""", "CloseShort MNQ1!"),
        ("""{"action":"cancel","symbol":"MNQ1!"}""", "Cancel MNQ1!"),
        ("""{"action":"buy","symbol":"MNQ1!","id":"a-1","comment":"breakout"}""", "Buy MNQ1! key=a-1 label=breakout"),
        ("""{"action":"buy","symbol":"MNQ1!","id":17,"order_id":"Long"}""", "Buy MNQ1! key=17 label=Long"),
        ("""{"action":"buy","symbol":"MNQ1!","time":1764860400}""", "Buy MNQ1! at=2025-12-04T15:00:00Z"),
        ("""{"action":"buy","symbol":"MNQ1!","time":"1764860400000"}""", "Buy MNQ1! at=2025-12-04T15:00:00Z"),
        ("""{"action":"buy","symbol":"MNQ1!","time":"2025-12-04T16:00:00+01:00"}""", "Buy MNQ1! at=2025-12-04T15:00:00Z"),
        ("""{"action":"buy","symbol":"MNQ1!","alertTimestamp":"2025-12-04T15:00:00Z"}""", "Buy MNQ1! at=2025-12-04T15:00:00Z fired"),
        ("""{"action":"buy","symbol":"MNQ1!","time":"2025-12-04T14:59:00Z","timenow":"2025-12-04T15:00:00Z"}""", "Buy MNQ1! at=2025-12-04T15:00:00Z fired"),
        ("""[{"action":"buy","symbol":"MNQ1!"}]""", "Buy MNQ1!"),
        ("\uFEFF{\"action\":\"buy\",\"symbol\":\"MNQ1!\"}", "Buy MNQ1!"),
        ("\r\n {\"action\" : \"buy\" ,\t\"symbol\":\"MNQ1!\"} \n", "Buy MNQ1!"),
        ("""{"\u0061ction":"b\u0075y","symbol":"MNQ1!"}""", "Buy MNQ1!"),
        ("""{"action":"buy","side":"long","symbol":"MNQ1!","ticker":"CME_MINI:MNQ1!"}""", "Buy MNQ1!"),
        ("""{"action":"buy","symbol":"MNQ1!","extras":{"price":1,"action":"sell","deep":[[{"a":1},{"a":2}]]},"secret":"hunter2"}""", "Buy MNQ1!"),
    ];

    public static readonly (string Body, string Signal)[] TradingView =
    [
        ("""{"ticker":"MNQ1!","action":"buy","contracts":"1","price":"25600.25","market_position":"long","market_position_size":"1","prev_market_position":"flat","prev_market_position_size":"0","order_id":"Long"}""",
            "Buy MNQ1! target=1 prev=0 wasflat q=1 p=25600.25 label=Long"),
        ("""{"ticker":"MNQ1!","action":"sell","contracts":2,"price":25601,"market_position":"short","market_position_size":1,"prev_market_position":"long","prev_market_position_size":1}""",
            "Sell MNQ1! target=-1 prev=1 q=2 p=25601"),
        ("""{"ticker":"MNQ1!","action":"sell","contracts":"1","price":"25600","market_position":"flat","market_position_size":"0"}""", "Sell MNQ1! target=0 q=1 p=25600"),
        ("""{"ticker":"MNQ1!","action":"buy","contracts":0,"market_position":"long","market_position_size":2}""", "Buy MNQ1! target=2"),
        ("""{"ticker":"MNQ1!","position_size":-3,"close":"25600.5"}""", "None MNQ1! target=-3 p=25600.5"),
        ("""{"ticker":"MNQ1!","position_size":"0"}""", "None MNQ1! target=0"),
        ("""{"ticker":"MNQ1!","position_size":2,"market_position":"long","market_position_size":2}""", "None MNQ1! target=2"),
        ("""{"ticker":"MNQ1!","market_position":"short","market_position_size":-2}""", "None MNQ1! target=-2"),
        ("""{"ticker":"MNQ1!","market_position":"flat"}""", "None MNQ1! side=Flat"),
        ("""{"ticker":"MNQ1!","action":"sell","market_position":"flat","quantity":0}""", "Sell MNQ1! side=Flat"),
        ("""{"ticker":"MNQ1!","action":"buy","market_position":"","market_position_size":"","prev_market_position":"flat"}""", "Buy MNQ1! wasflat"),
        ("""{"ticker":"MNQ1!","action":"buy","price":25600,"close":25599.75,"timenow":"2025-12-04T15:00:00Z"}""", "Buy MNQ1! p=25600 at=2025-12-04T15:00:00Z fired"),
        ("""{"time":"2025-12-04T15:00:00Z","exchange":"CME_MINI_DL","ticker":"MNQ1!","bar":{"time":"2025-12-04T14:55:00Z","open":1,"close":25599.75,"volume":12},"strategy":{"position_size":1,"order_action":"buy","order_contracts":1,"order_price":25600.25,"order_id":"Long","market_position":"long","market_position_size":1,"prev_market_position":"flat","prev_market_position_size":0}}""",
            "Buy MNQ1! target=1 prev=0 wasflat q=1 p=25600.25 at=2025-12-04T15:00:00Z label=Long"),
        ("""{"ticker":"MNQ1!","strategy.order.action":"sell","strategy":{"order":{"contracts":"2","price":"7","id":"x","comment":"y"}}}""", "Sell MNQ1! q=2 p=7 label=x"),
        ("""{"ticker":"MNQ1!","action":"buy","comment":"only \"shown\"\nhere"}""", "Buy MNQ1! label=only \"shown\" here"),
    ];

    public static readonly (string Body, string Signal)[] Senders =
    [
        // TradersPost
        ("""{"ticker":"MNQZ2025","action":"buy","sentiment":"long","quantity":"1","price":"25600.25","time":"2025-12-04T15:00:00Z","interval":"5"}""", "Buy MNQZ2025 side=Long q=1 p=25600.25 at=2025-12-04T15:00:00Z"),
        ("""{"ticker":"MNQ1!","action":"sell","sentiment":"bearish","signalPrice":25600}""", "Sell MNQ1! side=Short p=25600"),
        ("""{"ticker":"MNQ1!","action":"exit","sentiment":"flat","quantity":-1,"quantityType":"percent_of_equity"}""", "Exit MNQ1! side=Flat"),
        ("""{"ticker":"MNQ1!","action":"buy","quantity":2,"quantityType":"fixed_quantity","takeProfit":{"amount":10},"stopLoss":{"type":"stop","amount":5}}""", "Buy MNQ1! q=2"),
        ("""{"ticker":"MNQ1!","action":"exit","quantity":1}""", "Exit MNQ1! q=1"),
        ("""{"ticker":"MNQ1!","action":"cancel","cancel":true}""", "Cancel MNQ1!"),

        // PickMyTrade: 0 means not used
        ("""{"symbol":"MNQ1!","date":"2025-12-04T15:00:00Z","data":"buy","quantity":"2","risk_percentage":"0","price":"25600.25","tp":"0","sl":0,"token":"hunter2","multiple_accounts":[{"token":"a"},{"token":"b"}]}""",
            "Buy MNQ1! q=2 p=25600.25 at=2025-12-04T15:00:00Z fired"),
        ("""{"symbol":"MNQ1!","data":"sell","quantity":0,"price":"0"}""", "Sell MNQ1!"),
        ("""{"symbol":"MNQ1!","data":"close","quantity":"0","price":0,"risk_percentage":1}""", "CloseAll MNQ1!"),
        ("""{"symbol":"MNQ1!","data":"buy","quantity":1,"update_sl":"true","sl":25500}""", "Cancel MNQ1! q=1"),
        ("""{"symbol":"MNQ1!","data":"buy","quantity":1,"update_sl":"false"}""", "Buy MNQ1! q=1"),

        // Trade Manager and those who rebuilt it
        ("""{"recorder":"MNQ DCA","action":"enter_long","ticker":"MNQ1!","price":25600.25}""", "Buy MNQ1! p=25600.25"),
        ("""{"action":"closelong","ticker":"MNQ1!","contracts":"1","price":"25600"}""", "CloseLong MNQ1! q=1 p=25600"),
        ("""{"action":"buy","ticker":"MNQ1!","contracts":1,"price":25600,"position":"long","time":"1764860400"}""", "Buy MNQ1! side=Long q=1 p=25600 at=2025-12-04T15:00:00Z"),
        ("""{"action":"sell","ticker":"MNQ1!","quantity":2,"position":"-1"}""", "Sell MNQ1! target=-1 q=2"),
        ("""{"direction":"short","ticker":"MNQ1!","qty":3,"auth_key":"hunter2"}""", "Sell MNQ1! q=3"),

        // 3Commas
        ("""{"secret":"hunter2","max_lag":"300","timestamp":"2025-12-04T15:00:00Z","trigger_price":"61000.5","tv_exchange":"BINANCE","tv_instrument":"BTCUSDT.P","action":"sell","bot_uuid":"x","strategy_info":{"market_position":"short","market_position_size":"0.5","prev_market_position":"long","prev_market_position_size":"0.25"},"order":{"amount":"0.75","currency_type":"base"}}""",
            "Sell BTCUSDT.P target=-0.5 prev=0.25 q=0.75 p=61000.5 at=2025-12-04T15:00:00Z"),
        ("""{"secret":"hunter2","tv_instrument":"BTCUSDT","action":"enter_short","order":{"amount":1}}""", "Sell BTCUSDT q=1"),

        // AlgoWay, Tickerly
        ("""{"platform_name":"metatrader5","ticker":"EURUSD","order_action":"buy","order_contracts":"0.1","stop_loss":"20"}""", "Buy EURUSD q=0.1"),
        ("""{"ticker":"EURUSD","order_action":"flat"}""", "CloseAll EURUSD"),
        ("""{"ticker":"EURUSD","order_action":"breakeven"}""", "Cancel EURUSD"),
        ("""{"ticker":"AAPL","action":"buy","prev_position":"flat","quantity":"10","pointer":"x"}""", "Buy AAPL wasflat q=10"),
    ];

    public static readonly (string Body, string Signal)[] Texts =
    [
        // CrossTrade
        ("key=hunter2;command=PLACE;account=Sim101;instrument=MNQ1!;action=BUY;qty=1;order_type=MARKET;tif=DAY;", "Buy MNQ1! q=1"),
        ("KEY=hunter2;\r\nCommand = place;\r\nInstrument=MNQ 12-25;\r\nAction=Sell;\r\nQty=2;\r\n", "Sell MNQZ2025 q=2"),
        ("key=hunter2;command=CLOSEPOSITION;account=Sim101;instrument=MNQ1!;", "CloseAll MNQ1!"),
        ("key=hunter2;command=FLATTENEVERYTHING;instrument=MNQ1!;", "CloseAll MNQ1!"),
        ("key=hunter2;command=REVERSE;instrument=MNQ1!;", "Reverse MNQ1!"),
        ("key=hunter2;command=REVERSEPOSITION;instrument=MNQ1!;action=SELL;qty=2;", "Sell MNQ1! target=-2 q=2"),
        ("key=hunter2;command=FLATPLACE;instrument=MNQ1!;action=BUY;qty=2;", "Buy MNQ1! target=2 q=2"),
        ("key=hunter2;command=CANCELALLORDERS;instrument=MNQ1!;", "Cancel MNQ1!"),
        ("key=hunter2;command=CHANGE;instrument=MNQ1!;order_id=x;", "Cancel MNQ1! label=x"),
        ("key=hunter2;command=PLACE;instrument=ES1!;action=buy;qty=1;market_position=long;market_position_size=1", "Buy ES1! target=1 q=1"),

        // AutoView
        ("e=binance s=BTCUSDT b=long q=0.5 p=61000.5", "Buy BTCUSDT q=0.5 p=61000.5"),
        ("e=tradovate a=demo s=MNQZ5 b=sell q=1 t=market\n", "Sell MNQZ2025 q=1"),
        ("s=MNQ1! c=position", "Exit MNQ1!"),
        ("s=MNQ1! c=position b=long q=1", "CloseLong MNQ1! q=1"),
        ("s=MNQ1! c=position b=short t=market", "CloseShort MNQ1!"),
        ("s=MNQ1! c=order", "Cancel MNQ1!"),
        ("s=MNQ1! b=buy q=1 d=1", "Cancel MNQ1! q=1"),
    ];

    /// <summary>Spellings of symbols with the canonical one; read as of 2025-12-04.</summary>
    public static readonly (string Text, string Symbol)[] Symbols =
    [
        ("MNQ", "MNQ1!"), ("@MNQ", "MNQ1!"), ("/MNQ", "MNQ1!"), ("mnq1!", "MNQ1!"), ("MNQ2!", "MNQ2!"), ("CME_MINI:MNQ1!", "MNQ1!"), ("CME_MINI_DL:MNQ1!", "MNQ1!"),
        ("MNQZ2025", "MNQZ2025"), ("MNQZ25", "MNQZ2025"), ("MNQZ5", "MNQZ2025"), ("MNQ 12-25", "MNQZ2025"), ("MNQH6", "MNQH2026"), ("ZNZ5", "ZNZ2025"),
        ("6EM6", "6EM2026"), ("M6EM6", "M6EM2026"), ("M2KM2026", "M2KM2026"), ("10YZ5", "10YZ2025"), ("XKX5", "XKX2025"), ("SILN5", "SILN2025"), ("SIN5", "SIN2025"),
        ("NKDZ5", "NKDZ2025"), ("1OZZ5", "1OZZ2025"), ("2YYZ5", "2YYZ2025"), ("GCJ6", "GCJ2026"), ("AAPL", "AAPL"), ("NASDAQ:AAPL", "AAPL"), ("BRK.B", "BRK.B"),
        ("BINANCE:BTCUSDT.P", "BTCUSDT.P"), ("BTCUSDT", "BTCUSDT"),
    ];

    public static IEnumerable<(string Body, string Signal)> Valid => [.. Native, .. TradingView, .. Senders, .. Texts];

    /// <summary>Bodies whose every prefix says too little: it must be refused, and never throw.</summary>
    public static IEnumerable<string> Incomplete => Valid.Select(v => v.Body).Where(b => b.TrimStart('\uFEFF').TrimStart()[0] is '{' or '[');

    public static readonly (string Body, Rejection Kind, string? Field)[] Invalid =
    [
        ("", Rejection.BodyEmpty, null),
        (" \r\n", Rejection.BodyEmpty, null),
        ("\uFEFF", Rejection.BodyEmpty, null),
        ("null", Rejection.BodyUnreadable, null),
        ("\"x\"", Rejection.BodyUnreadable, null),
        ("17", Rejection.BodyUnreadable, null),
        ("buy MNQ1!", Rejection.BodyUnreadable, null),
        ("a = b", Rejection.BodyUnreadable, null),
        ("<html style=\"a\">;x", Rejection.BodyUnreadable, null),
        ("[]", Rejection.BodyUnreadable, null),
        ("[1]", Rejection.BodyUnreadable, null),
        ("{}", Rejection.ActionMissing, "action"),
        ("{", Rejection.BodyUnreadable, null),
        ("""{{"token":"hunter2"}}""", Rejection.BodyUnreadable, null),
        ("""{"action":"buy","symbol":"MNQ1!"}x""", Rejection.BodyUnreadable, null),
        ("""{"action":"buy","symbol":"MNQ1!",}""", Rejection.BodyUnreadable, null),
        ("""{"action":"buy","symbol":"MNQ1!"}{"action":"buy"}""", Rejection.BodyUnreadable, null),
        ("""{'action':'buy'}""", Rejection.BodyUnreadable, null),
        ("""{"action":"buy","symbol":"MNQ1!","price":NaN}""", Rejection.BodyUnreadable, null),
        ("""{"action":"buy","symbol":"\ud800"}""", Rejection.BodyUnreadable, null),
        ("{\"action\":\"buy\",\"symbol\":\"MNQ1!\u0000\"}", Rejection.BodyUnreadable, null),
        ("""{"action":"buy","symbol":"MNQ1!","quantity":{{strategy.order.contracts}}}""", Rejection.PlaceholderUnresolved, null),
        ("""{"action":"{{strategy.order.action}}","symbol":"MNQ1!"}""", Rejection.PlaceholderUnresolved, "action"),
        ("""{"action":"buy","ticker":"{{ticker}}"}""", Rejection.PlaceholderUnresolved, "ticker"),
        ("s=MNQ1! b={{strategy.order.action}} q=1", Rejection.PlaceholderUnresolved, "b"),
        ("""{"action":"buy","Action":"sell","symbol":"MNQ1!"}""", Rejection.DuplicateKey, null),
        ("""{"action":"buy","symbol":"MNQ1!","x":1,"X":1}""", Rejection.DuplicateKey, null),
        ("""{"action":"buy","symbol":"MNQ1!","\u0061ction":"buy"}""", Rejection.DuplicateKey, null),
        ("""{"action":"buy","symbol":"MNQ1!","extras":{"a":{"b":1,"B":2}}}""", Rejection.DuplicateKey, null),
        ("command=place;action=buy;Action=sell;instrument=MNQ1!;", Rejection.DuplicateKey, null),
        ("s=MNQ1! s=ES1! b=buy", Rejection.DuplicateKey, null),
        ("""{"symbol":"MNQ1!","price":1}""", Rejection.ActionMissing, "action"),
        ("""{"symbol":"MNQ1!","action":""}""", Rejection.ActionMissing, "action"),
        ("""{"symbol":"MNQ1!","market_position_size":2}""", Rejection.ActionMissing, "action"),
        ("""{"action":"dance","symbol":"MNQ1!"}""", Rejection.ActionUnknown, "action"),
        ("""{"action":1,"symbol":"MNQ1!"}""", Rejection.ActionUnknown, "action"),
        ("key=k;command=DANCE;instrument=MNQ1!;", Rejection.ActionUnknown, "command"),
        ("""{"action":"buy"}""", Rejection.SymbolMissing, "symbol"),
        ("""{"action":"buy","symbol":"  "}""", Rejection.SymbolMissing, "symbol"),
        ("""{"action":"buy","symbol":"QQQZZZ1!"}""", Rejection.InstrumentUnknown, "symbol"),
        ("""{"action":"buy","ticker":"MNQ0!"}""", Rejection.InstrumentUnknown, "ticker"),
        ("""{"action":"buy","symbol":"AAPL","optionType":"call","strikePrice":200}""", Rejection.InstrumentUnknown, "optionType"),
        ("""{"action":"buy","symbol":["MNQ1!"]}""", Rejection.FieldInvalid, "symbol"),
        ("""{"action":"buy","symbol":"MNQ1!","price":{"value":1}}""", Rejection.FieldInvalid, "price"),
        ("""{"action":"buy","symbol":"MNQ1!","sentiment":"sideways"}""", Rejection.FieldInvalid, "sentiment"),
        ("s=MNQ1! c=everything", Rejection.FieldInvalid, "c"),
        ("""{"action":"buy","symbol":"MNQ1!","id":"a\u0000b"}""", Rejection.FieldInvalid, "id"),
        ("""{"action":"buy","symbol":"MNQ1!","price":"NaN"}""", Rejection.NumberInvalid, "price"),
        ("""{"action":"buy","symbol":"MNQ1!","price":"25,600.25"}""", Rejection.NumberInvalid, "price"),
        ("""{"action":"buy","symbol":"MNQ1!","price":true}""", Rejection.NumberInvalid, "price"),
        ("""{"action":"buy","symbol":"MNQ1!","quantity":"two"}""", Rejection.NumberInvalid, "quantity"),
        ("""{"symbol":"MNQ1!","position_size":"two"}""", Rejection.NumberInvalid, "position_size"),
        ("""{"action":"buy","symbol":"MNQ1!","price":1e400}""", Rejection.NumberOutOfRange, "price"),
        ("""{"action":"buy","symbol":"MNQ1!","price":4600000000.1}""", Rejection.NumberOutOfRange, "price"),
        ("""{"action":"buy","symbol":"MNQ1!","price":1.0000000001}""", Rejection.NumberOutOfRange, "price"),
        ("""{"action":"buy","symbol":"MNQ1!","quantity":1000000000.1}""", Rejection.NumberOutOfRange, "quantity"),
        ("""{"action":"buy","symbol":"MNQ1!","quantity":1e30}""", Rejection.NumberOutOfRange, "quantity"),
        ("""{"symbol":"MNQ1!","position_size":5e9}""", Rejection.NumberOutOfRange, "position_size"),
        ("""{"action":"buy","symbol":"MNQ1!","quantity":0}""", Rejection.QuantityNotPositive, "quantity"),
        ("""{"action":"buy","symbol":"MNQ1!","quantity":-1}""", Rejection.QuantityNotPositive, "quantity"),
        ("""{"action":"exit","symbol":"MNQ1!","qty":0}""", Rejection.QuantityNotPositive, "qty"),
        ("""{"sentiment":"long","symbol":"MNQ1!","quantity":0}""", Rejection.QuantityNotPositive, "quantity"),
        ("key=k;command=FLATPLACE;instrument=MNQ1!;action=BUY;", Rejection.QuantityNotPositive, "quantity"),
        ("""{"action":"buy","side":"sell","symbol":"MNQ1!"}""", Rejection.Contradiction, "side"),
        ("""{"action":"buy","symbol":"MNQ1!","ticker":"ES1!"}""", Rejection.Contradiction, "symbol"),
        ("""{"action":"buy","symbol":"MNQ1!","quantity":1,"contracts":2}""", Rejection.Contradiction, "contracts"),
        ("""{"action":"buy","symbol":"MNQ1!","price":1,"signalPrice":2}""", Rejection.Contradiction, "signalPrice"),
        ("""{"symbol":"MNQ1!","market_position":"flat","market_position_size":1}""", Rejection.Contradiction, "market_position_size"),
        ("""{"symbol":"MNQ1!","market_position":"long","market_position_size":0}""", Rejection.Contradiction, "market_position_size"),
        ("""{"symbol":"MNQ1!","market_position":"long","market_position_size":-1}""", Rejection.Contradiction, "market_position_size"),
        ("""{"symbol":"MNQ1!","market_position":"short","position_size":1}""", Rejection.Contradiction, "position_size"),
        ("""{"symbol":"MNQ1!","market_position_size":2,"position_size":1}""", Rejection.Contradiction, "position_size"),
        ("""{"action":"buy","symbol":"MNQ1!","time":"yesterday"}""", Rejection.TimeInvalid, "time"),
        ("""{"action":"buy","symbol":"MNQ1!","date":"12/04/2025"}""", Rejection.TimeInvalid, "date"),
        ("""{"action":"buy","symbol":"MNQ1!","time":-1}""", Rejection.TimeInvalid, "time"),
        ("""[{"action":"buy","symbol":"MNQ1!"},{"action":"buy","symbol":"ES1!"}]""", Rejection.CommandsSeveral, null),
        ("s=MNQ1! b=buy q=1\ns=ES1! b=buy q=1", Rejection.CommandsSeveral, null),
        ("s=MNQ1! c=position | s=MNQ1! b=buy q=1", Rejection.CommandsSeveral, null),
        ("key=k;command=CANCELALLORDERS;instrument=MNQ1!;\nkey=k;command=PLACE;instrument=MNQ1!;action=BUY;qty=1;", Rejection.CommandsSeveral, null),
        ("""{"action":"buy","symbol":"MNQ1!","quantity":1000,"quantityType":"dollar_amount"}""", Rejection.QuantityTypeUnsupported, "quantityType"),
        ("""{"action":"exit","symbol":"MNQ1!","quantity":50,"quantityType":"percent_of_position"}""", Rejection.QuantityTypeUnsupported, "quantityType"),
        ("""{"action":"buy","symbol":"BTCUSDT","order":{"amount":5,"currency_type":"margin_percent"}}""", Rejection.QuantityTypeUnsupported, "order.currency_type"),
        ("""{"data":"buy","symbol":"MNQ1!","quantity":0,"risk_percentage":1}""", Rejection.QuantityTypeUnsupported, "risk_percentage"),
        ("s=BTCUSDT b=buy q=50%", Rejection.QuantityTypeUnsupported, "q"),
    ];
}
