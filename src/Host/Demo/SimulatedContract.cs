namespace StreamRecorder.Host.Demo;

/// <summary>What a simulated contract is. Prices E9.</summary>
/// <param name="Root">Root of the instrument table.</param>
/// <param name="TickSize">Its tick size.</param>
/// <param name="Start">Price at the beginning; the walk stays near it.</param>
/// <param name="ActiveMonths">Letters of the months that are traded; none: ticks come under the continuous symbol.</param>
internal sealed record ContractPlan(string Root, long TickSize, long Start, string ActiveMonths)
{
    private const string MonthLetters = "FGHJKMNQUVXZ";

    /// <summary>What signals of a chart name.</summary>
    public string Continuous => Root + "1!";

    /// <summary>What ticks are sent under: the contract that expires next, counting this month's.</summary>
    public string TickSymbol(DateTime today)
    {
        if (ActiveMonths.Length == 0) return Continuous;
        for (var month = new DateTime(today.Year, today.Month, 1); ; month = month.AddMonths(1))
        {
            var letter = MonthLetters[month.Month - 1];
            if (ActiveMonths.Contains(letter))
                return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Root}{letter}{month.Year:D4}");
        }
    }
}

/// <summary>
/// One contract's walk: single ticks up and down, now and then with a trend, and bursts in which
/// prices run and ticks come a hundred times as fast. Whole ticks and whole microseconds only.
/// </summary>
internal sealed class SimulatedContract
{
    private const int CalmWaitLeast = 1_000;
    private const int CalmWaitGreatest = 25_000;
    private const int BurstWaitLeast = 50;
    private const int BurstWaitGreatest = 900;

    /// <summary>Farthest from the start, in ticks: then the walk turns round.</summary>
    private const int Reach = 800;

    private readonly SeededRandom _random;
    private int _offset;
    private int _trend;
    private int _trendLeft;
    private int _burstLeft;

    public SimulatedContract(ContractPlan plan, ulong seed)
    {
        Plan = plan;
        _random = new SeededRandom(seed);
        At = _random.Between(CalmWaitLeast, CalmWaitGreatest);
    }

    public ContractPlan Plan { get; }

    /// <summary>µs from the beginning to the present tick.</summary>
    public long At { get; private set; }

    public long Price => Plan.Start + _offset * Plan.TickSize;

    public int Size { get; private set; } = 1;

    public bool IsBurst => _burstLeft > 0;

    public void MoveNext()
    {
        if (_trendLeft-- <= 0) TurnTrend();
        if (_burstLeft > 0) _burstLeft--;
        else if (_random.OneIn(2500)) StartBurst();
        At += IsBurst ? _random.Between(BurstWaitLeast, BurstWaitGreatest) : _random.Between(CalmWaitLeast, CalmWaitGreatest);
        Size = _random.Between(1, IsBurst ? 20 : 5);
        _offset += Step();
    }

    private void TurnTrend()
    {
        _trendLeft = _random.Between(40, 400);
        _trend = _offset > Reach ? -1 : _offset < -Reach ? 1 : _random.Between(-1, 1);
    }

    private void StartBurst()
    {
        _burstLeft = _random.Between(200, 900);
        _trendLeft = _burstLeft;
        _trend = _offset > 0 == _random.OneIn(4) ? 1 : -1;
    }

    /// <summary>−1, 0 or 1 tick; with a trend one time in five the trend's way.</summary>
    private int Step() => _trend != 0 && _random.OneIn(5) ? _trend : _random.Between(-1, 1);
}
