using System.Globalization;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Host.Tests.Day;

/// <summary>
/// What a strategy on a chart does with prints: now and then an alert, never two
/// within <see cref="Rest"/>, which is longer than a channel takes at its worst.
/// </summary>
internal abstract class DayStrategy(string name)
{
    public const long Rest = 40 * Timestamp.Second;

    private long _alertAt;

    public string Name { get; } = name;

    /// <summary>One that a relay may answer for: its alerts carry an id.</summary>
    public virtual bool HasIds => false;

    public string? Next(long at, long price)
    {
        if (at < _alertAt + Rest || Alert(at, price) is not { } body) return null;
        _alertAt = at;
        return body;
    }

    public static IEnumerable<DayStrategy> All() => [new Targets(), new Scaler(), new Keyed()];

    protected abstract string? Alert(long at, long price);

    private static string Text(long price) => Fixed9.Format(price);

    /// <summary>TradingView's placeholders: names the position that it wants, reversals too.</summary>
    private sealed class Targets() : DayStrategy("targets")
    {
        private long _average;
        private int _held;

        protected override string? Alert(long at, long price)
        {
            _average = _average == 0 ? price : _average + (price - _average) / 50;
            var away = (price - _average) / (Fixed9.One / 10);
            var wanted = (int)Math.Clamp(away / 2, -2, 2);
            if (wanted == _held) return null;
            var action = wanted > _held ? "buy" : "sell";
            var (old, quantity) = (_held, Math.Abs(wanted - _held));
            _held = wanted;
            return string.Create(CultureInfo.InvariantCulture, $$"""
                {"ticker":"{{DayTicks.Symbol}}","action":"{{action}}","contracts":"{{quantity}}","price":"{{Text(price)}}","market_position":"{{Side(wanted)}}",
                "market_position_size":"{{Math.Abs(wanted)}}","prev_market_position":"{{Side(old)}}","prev_market_position_size":"{{Math.Abs(old)}}",
                "timenow":"{{Timestamp.ToDateTime(at):yyyy-MM-ddTHH:mm:ssZ}}"}
                """);
        }

        private static string Side(int position) => position switch { > 0 => "long", < 0 => "short", _ => "flat" };
    }

    /// <summary>Adds on the way down and closes higher. No time and no id in its alerts, and prices in whole dollars: many look alike.</summary>
    private sealed class Scaler() : DayStrategy("scaler")
    {
        private long _last;
        private int _held;

        protected override string? Alert(long at, long price)
        {
            var dollars = price / Fixed9.One * Fixed9.One;
            if (_held > 0 && dollars > _last)
            {
                _held = 0;
                return $$"""{"action":"close","symbol":"{{DayTicks.Symbol}}","price":{{Text(dollars)}}}""";
            }
            if (_held == 4) return null;
            (_held, _last) = (_held + 1, dollars);
            return $$"""{"action":"buy","symbol":"{{DayTicks.Symbol}}","price":{{Text(dollars)}},"quantity":1}""";
        }
    }

    /// <summary>Short and flat in turn, with an id in each alert.</summary>
    private sealed class Keyed() : DayStrategy("keyed")
    {
        private int _count;

        public override bool HasIds => true;

        protected override string? Alert(long at, long price)
        {
            var action = _count++ % 2 == 0 ? "sell" : "close";
            return string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"action":"{{action}}","symbol":"{{DayTicks.Symbol}}","price":{{Text(price)}},"quantity":2,"id":"n{{_count}}"}""");
        }
    }
}
