namespace StreamRecorder.Naive;

/// <summary>The contract's bounds on what a number may be; null is returned for what lies outside.</summary>
public static class Limits
{
    public const int Decimals = 9;

    private static readonly Fraction PriceMax = new(4_600_000_000, 1);
    private static readonly Fraction QuantityMax = new(1_000_000_000, 1);

    public static Fraction? Price(string text) =>
        Fraction.Parse(text) is { } price && price.HasAtMostDecimals(Decimals) && Fraction.Abs(price) <= PriceMax ? price : null;

    /// <summary>Zero and negative numbers pass here: a target may be both. Whoever needs them positive says so.</summary>
    public static Fraction? Quantity(string text) =>
        Fraction.Parse(text) is { } quantity && quantity.HasAtMostDecimals(Decimals) && Fraction.Abs(quantity) <= QuantityMax ? quantity : null;
}
