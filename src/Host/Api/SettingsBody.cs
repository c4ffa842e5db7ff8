using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.Web;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Host.Api;

/// <summary>A recorder's settings as a body gives them: checked for range; what is absent stays as it is. A limit that is null is none.</summary>
public sealed class SettingsBody
{
    private readonly string? _name;
    private readonly OnOpposite? _onOpposite;
    private readonly long? _defaultQuantity;
    private readonly long? _duplicateWindow;
    private readonly long? _priceMaxAge;
    private readonly FillPrice? _fillPrice;
    private readonly long? _maxAge;
    private readonly long? _commission;
    private readonly long? _drawdownLimit;
    private readonly bool _hasNoDrawdownLimit;
    private readonly (bool IsGiven, string? Text) _fieldMapping;
    private readonly bool? _enabled;

    private SettingsBody(RequestBody body, bool needsName)
    {
        _name = Label.Read(body, "name", isNeeded: needsName);
        if (body.Text("on_opposite") is { } mode)
        {
            if (Words.TryParse(mode, out OnOpposite known)) _onOpposite = known;
            else body.Refuse(Rejection.FieldInvalid, "on_opposite must be auto, close, reverse or net.", "on_opposite");
        }
        _defaultQuantity = body.Number("default_quantity", 1, Fixed9.QuantityMax);
        _duplicateWindow = body.Seconds("duplicate_window");
        _priceMaxAge = body.Seconds("price_max_age");
        if (body.Text("fill_price") is { } price)
        {
            if (Words.TryParse(price, out FillPrice known)) _fillPrice = known;
            else body.Refuse(Rejection.FieldInvalid, "fill_price must be signal or tick.", "fill_price");
        }
        _maxAge = body.Seconds("max_age");
        _commission = body.Number("commission", 0, Fixed9.PriceMax);
        _drawdownLimit = body.Number("drawdown_limit", 1, Fixed9.PriceMax);
        _hasNoDrawdownLimit = body.IsNull("drawdown_limit");
        if (body.Element("field_mapping") is { } mapping)
        {
            var (text, refusal) = FieldMapping.TryRead(mapping);
            _fieldMapping = (true, text);
            if (refusal is not null) body.Refuse(refusal.Kind, refusal.Detail, refusal.Field);
        }
        _enabled = body.Flag("enabled");
    }

    public static (SettingsBody Settings, Refusal? Refusal) Read(RequestBody body, bool needsName)
    {
        var settings = new SettingsBody(body, needsName);
        return (settings, body.Finish());
    }

    public RecorderSettings New() => ApplyTo(new RecorderSettings { Name = _name! });

    public RecorderSettings ApplyTo(RecorderSettings old) => old with
    {
        Name = _name ?? old.Name,
        OnOpposite = _onOpposite ?? old.OnOpposite,
        DefaultQuantity = _defaultQuantity ?? old.DefaultQuantity,
        DuplicateWindow = _duplicateWindow ?? old.DuplicateWindow,
        PriceMaxAge = _priceMaxAge ?? old.PriceMaxAge,
        FillPrice = _fillPrice ?? old.FillPrice,
        MaxAge = _maxAge ?? old.MaxAge,
        Commission = _commission ?? old.Commission,
        DrawdownLimit = _hasNoDrawdownLimit ? null : _drawdownLimit ?? old.DrawdownLimit,
        FieldMapping = _fieldMapping.IsGiven ? _fieldMapping.Text : old.FieldMapping,
        Enabled = _enabled ?? old.Enabled,
    };
}
