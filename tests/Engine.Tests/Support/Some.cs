using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine.Tests.Support;

/// <summary>Throwaway values.</summary>
internal static class Some
{
    /// <summary>A decimal of at most 9 places as a whole number of 10⁻⁹.</summary>
    public static long E9(decimal value) => checked((long)(value * Fixed9.One));

    public static long? E9(decimal? value) => value is { } given ? E9(given) : null;

    public static Instrument Future(string root, decimal tickSize, decimal tickValue, string currency = "USD") =>
        new(root, "TEST", root, E9(tickSize), E9(tickValue), currency);

    public static Instrument Spot(string root, decimal tickSize = 0.01m, decimal tickValue = 0.01m) =>
        new(root, "TEST", root, E9(tickSize), E9(tickValue), "USD", InstrumentKind.Spot);

    public static Signal Buy(Symbol symbol, decimal? quantity, decimal? price = null) => Order(symbol, SignalAction.Buy, quantity, price);

    public static Signal Sell(Symbol symbol, decimal? quantity, decimal? price = null) => Order(symbol, SignalAction.Sell, quantity, price);

    public static Signal Order(Symbol symbol, SignalAction action, decimal? quantity = null, decimal? price = null) =>
        new() { Symbol = symbol, Action = action, Quantity = E9(quantity), Price = E9(price) };
}
