using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StreamRecorder.Naive;

/// <summary>Writes random but repeatable signals that suit a file of ticks: at its times and between them, near its prices.</summary>
public sealed class MakeSignals
{
    private readonly List<Tick> _ticks;
    private readonly List<Symbol> _symbols;
    private readonly SplitMix64 _random;
    private readonly int _recorders;
    private readonly bool _modeMix;

    /// <param name="modeMix">Every kind of signal; without it only buy, sell and close with price and quantity.</param>
    public MakeSignals(
        IReadOnlyList<Tick> ticks, IReadOnlyList<string> symbols, InstrumentTable table, int recorders, int seed, bool modeMix)
    {
        if (ticks.Count == 0 || symbols.Count == 0 || recorders < 1) throw new ArgumentException("signals need ticks, symbols and recorders");
        _ticks = ticks.OrderBy(tick => tick.Now).ToList();
        _symbols = symbols.Select(text => Known(text, ticks[0].OwnTime, table)).ToList();
        _random = new SplitMix64((ulong)seed);
        _recorders = recorders;
        _modeMix = modeMix;
    }

    /// <summary>The lines, sorted by time.</summary>
    public IEnumerable<string> Lines(int count)
    {
        var drafts = new List<Draft>();
        while (drafts.Count < count)
            drafts.Add(NextDraft(drafts.LastOrDefault()));
        return drafts.OrderBy(draft => draft.Time).Select(Write).ToList();
    }

    private sealed record Draft(int TickIndex, long Time, string Recorder, Symbol Symbol, Dictionary<string, string> Fields);

    private static Symbol Known(string text, long time, InstrumentTable table) =>
        Symbol.Parse(text, time, table) ?? throw new ArgumentException($"unknown symbol {text}");

    // Now and then a second signal of the same recorder, symbol and moment: the rules for equal time stamps want to be reached.
    private Draft NextDraft(Draft? before)
    {
        var index = _random.Below(_ticks.Count);
        var symbol = _random.Pick(_symbols);
        var draft = new Draft(index, TimeNear(index), "r" + Digits(1 + _random.Below(_recorders)), symbol, Fields());
        if (_modeMix && before is not null && _random.OneIn(8)) draft = before with { Fields = draft.Fields };
        if (!draft.Fields.Remove("no_price")) draft.Fields["price"] = PriceNear(draft.TickIndex, draft.Symbol).ToDecimal(Limits.Decimals);
        return draft;
    }

    private long TimeNear(int index)
    {
        var time = _ticks[index].Now;
        var gap = index + 1 < _ticks.Count ? _ticks[index + 1].Now - time : 0;
        return gap > 0 && _random.OneIn(2) ? time + _random.Below((int)Math.Min(gap, int.MaxValue)) : time;
    }

    private Fraction PriceNear(int index, Symbol symbol)
    {
        var same = _ticks.FindLastIndex(index, tick => Prices(tick.Symbol, symbol));
        var before = same >= 0 ? _ticks[same] : _ticks.Find(tick => Prices(tick.Symbol, symbol));
        var near = (before?.Price ?? 100) + _random.Below(7) * symbol.Instrument.TickSize - 3 * symbol.Instrument.TickSize;
        var offGrid = new Fraction(_random.Below(2_000_000_000) - 1_000_000_000, 1_000_000_000);
        return (_random.OneIn(8) ? near + offGrid * symbol.Instrument.TickSize : near).RoundHalfEven(Limits.Decimals);
    }

    private static bool Prices(Symbol ticked, Symbol wanted) =>
        wanted.Kind == SymbolKind.Continuous ? ticked.Instrument.Root == wanted.Instrument.Root : ticked.Name == wanted.Name;

    private Dictionary<string, string> Fields()
    {
        var kind = _random.Below(_modeMix ? 16 : 5);
        if (!_modeMix) return kind == 4 ? new() { ["action"] = "close" } : Order();
        return kind switch
        {
            < 4 => Order(),
            4 => SaysWhatToClose(Order()),
            5 => SaysWhatToClose(new() { ["action"] = BuyOrSell() }),
            6 => new(Order()) { ["no_price"] = "" },
            7 => new() { ["action"] = _random.Pick("close", "flat", "flatten"), ["quantity"] = Quantity() },
            8 => MaybeShare(new() { ["action"] = "exit" }),
            9 => MaybeShare(new() { ["action"] = _random.Pick("close_long", "close_short", "exit_long", "exit_short") }),
            10 => MaybeQuantity(new() { ["action"] = _random.Pick("reverse", "add") }),
            11 or 12 => Target(),
            13 => SignedTarget(),
            14 => MaybeQuantity(new() { ["action"] = BuyOrSell(), ["sentiment"] = Sentiment() }),
            _ => SideAloneOrCancel(),
        };
    }

    private Dictionary<string, string> Order() => new() { ["action"] = BuyOrSell(), ["quantity"] = Quantity() };

    private Dictionary<string, string> SaysWhatToClose(Dictionary<string, string> fields)
    {
        if (_random.OneIn(2)) fields["reverse_order_close"] = _random.Pick("true", "false", "1", "0");
        if (_random.OneIn(2)) fields["duplicate_position_allow"] = _random.Pick("true", "false", "1", "0");
        return fields;
    }

    private Dictionary<string, string> MaybeQuantity(Dictionary<string, string> fields)
    {
        if (_random.OneIn(2)) fields["quantity"] = Quantity();
        return fields;
    }

    private Dictionary<string, string> MaybeShare(Dictionary<string, string> fields)
    {
        if (!_random.OneIn(3)) return MaybeQuantity(fields);
        fields["quantity"] = _random.Pick("50", "33.3", "100", "0.5", "250");
        fields["quantityType"] = "percent_of_position";
        return fields;
    }

    private Dictionary<string, string> Target()
    {
        var side = _random.Pick("long", "short", "long", "short", "flat");
        var fields = Order();
        fields["market_position"] = side;
        fields["market_position_size"] = side == "flat" ? "0" : Quantity();
        if (_random.OneIn(2)) fields["prev_market_position"] = _random.Pick("flat", "long", "short");
        if (_random.OneIn(2) && fields.TryGetValue("prev_market_position", out var before))
            fields["prev_market_position_size"] = before == "flat" ? "0" : Quantity();
        return fields;
    }

    private Dictionary<string, string> SignedTarget()
    {
        var fields = new Dictionary<string, string> { ["position_size"] = _random.Pick("", "-") + Quantity() };
        if (_random.OneIn(6)) fields["position_size"] = "0";
        if (_random.OneIn(2)) fields["action"] = BuyOrSell();
        return fields;
    }

    private Dictionary<string, string> SideAloneOrCancel()
    {
        if (_random.OneIn(4)) return new() { ["action"] = "cancel" };
        return MaybeQuantity(new() { [_random.Pick("sentiment", "market_position")] = _random.Pick("long", "short", "flat") });
    }

    private string Sentiment() => _random.Pick("long", "short", "bullish", "bearish", "long", "short", "bullish", "flat");

    private string BuyOrSell() => _random.Pick("buy", "sell");

    private string Quantity()
    {
        if (!_random.OneIn(4)) return Digits(1 + _random.Below(4));
        var quantity = _random.OneIn(2) ? new Fraction(1 + _random.Below(39), 8) : new Fraction(1 + _random.Below(2_000_000_000), 1_000_000_000);
        return quantity.ToDecimal(Limits.Decimals);
    }

    private string Write(Draft draft)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            WriteTime(json, draft.Time);
            json.WriteString("recorder", draft.Recorder);
            json.WriteString("symbol", Alias(draft.Symbol));
            foreach (var (name, value) in draft.Fields)
                WriteField(json, name, value);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private void WriteTime(Utf8JsonWriter json, long time)
    {
        if (_random.OneIn(4)) json.WriteNumber("time", time);
        else json.WriteString("time", Moment.Format(time));
    }

    // Numbers may come as strings, so some do.
    private void WriteField(Utf8JsonWriter json, string name, string value)
    {
        json.WritePropertyName(name);
        if (Fraction.Parse(value) is null || _random.OneIn(8)) json.WriteStringValue(value);
        else json.WriteRawValue(value);
    }

    private string Alias(Symbol symbol)
    {
        var root = symbol.Instrument.Root;
        return symbol.Kind switch
        {
            SymbolKind.Continuous when symbol.IsFrontMonth => _random.Pick(symbol.Name, root, "@" + root, "/" + root, "ANY:" + symbol.Name),
            SymbolKind.Dated => DatedAlias(symbol.Name[..^4], symbol.Name[^4..]),
            _ => _random.Pick(symbol.Name, "ANY:" + symbol.Name, symbol.Name.ToLowerInvariant()),
        };
    }

    private string DatedAlias(string stem, string year)
    {
        var month = "FGHJKMNQUVXZ".IndexOf(stem[^1], StringComparison.Ordinal) + 1;
        var spaced = $"{stem[..^1]} {month.ToString("00", CultureInfo.InvariantCulture)}-{year[2..]}";
        return _random.Pick(stem + year, stem + year[2..], stem + year[3..], spaced, "ANY:" + stem + year);
    }

    private static string Digits(int number) => number.ToString(CultureInfo.InvariantCulture);
}
