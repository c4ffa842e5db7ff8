using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Host.Demo;

/// <summary>
/// Buys dips of the micro Nasdaq, buys more while it falls, and sells all a
/// little above the average: many entries, one position. Speaks the native form.
/// </summary>
internal sealed class DcaScalper : SampleStrategy
{
    private const int DipTicks = 8;
    private const int AddTicks = 10;
    private const int ProfitTicks = 6;
    private const int StopTicks = 60;
    private const int EntriesMax = 4;

    private long _high = long.MinValue;
    private long _lastEntry;
    private long _entrySum;
    private int _entries;

    public override string Name => "scalper";

    public override string Summary => "buys dips of MNQ, averages down up to 4 times, sells all above its average";

    public override int Contract => 0;

    public override string? Next(long price, long at)
    {
        _high = Math.Max(_high, price);
        if (_entries == 0) return price <= _high - DipTicks * Plan.TickSize ? Buy(price, at) : null;
        var average = _entrySum / _entries;
        if (price >= average + ProfitTicks * Plan.TickSize || price <= average - StopTicks * Plan.TickSize) return Close(price, at);
        return _entries < EntriesMax && price <= _lastEntry - AddTicks * Plan.TickSize ? Buy(price, at) : null;
    }

    private string Buy(long price, long at)
    {
        _entries++;
        _entrySum += price;
        _lastEntry = price;
        var (time, what) = (Timestamp.Format(at), $"entry {_entries}");
        return $$"""{"action":"buy","symbol":"{{Plan.Continuous}}","price":{{Fixed9.Format(price)}},"quantity":1,"time":"{{time}}","comment":"{{what}}"}""";
    }

    private string Close(long price, long at)
    {
        _entries = 0;
        _entrySum = 0;
        _high = price;
        return $$"""{"action":"close","symbol":"{{Plan.Continuous}}","price":{{Fixed9.Format(price)}},"time":"{{Timestamp.Format(at)}}"}""";
    }
}
