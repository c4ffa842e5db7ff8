namespace StreamRecorder.Sink.Tests;

/// <summary>Something that may happen to a recorder.</summary>
internal static class Steps
{
    public static void Random(Script script, Random random, long[] recorders)
    {
        var symbol = random.Next(3) == 0 ? script.Aapl : script.Mnq;
        var price = 1000 + random.Next(200) * 0.25m;
        var recorder = recorders[random.Next(recorders.Length)];
        switch (random.Next(9))
        {
            case 0: script.Buy(recorder, random.Next(1, 4), price, symbol); break;
            case 1: script.Sell(recorder, random.Next(1, 4), price, symbol); break;
            case 2: script.Close(recorder, price, symbol); break;
            case 3: script.Signal(recorder, Engine.Signals.SignalAction.Exit, Script.E9(1), Script.E9(price), symbol); break;
            case 4: script.Lose(symbol == script.Mnq ? script.MnqDec : symbol); break;
            default: script.Tick(symbol == script.Mnq ? script.MnqDec : symbol, price, price - random.Next(9), price + random.Next(9)); break;
        }
    }
}
