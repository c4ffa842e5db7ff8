using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.Json;

namespace StreamRecorder.Host.Api;

/// <summary>Recorders and tokens as JSON. Tokens are known by hash only, so their text can be in no answer but the one that makes them.</summary>
public static class RecorderJson
{
    public static void WriteFields(Utf8JsonWriter json, Recorder recorder)
    {
        var settings = recorder.Settings;
        json.WriteNumber("id", recorder.Id);
        json.WriteString("name", settings.Name);
        json.WriteString("on_opposite", Words.Of(settings.OnOpposite));
        PositionJson.Write(json, "default_quantity", Amount.FromFixed9(settings.DefaultQuantity));
        PositionJson.Write(json, "duplicate_window", Seconds(settings.DuplicateWindow));
        PositionJson.Write(json, "price_max_age", Seconds(settings.PriceMaxAge));
        json.WriteString("fill_price", Words.Of(settings.FillPrice));
        PositionJson.Write(json, "max_age", Seconds(settings.MaxAge));
        PositionJson.Write(json, "commission", Amount.FromFixed9(settings.Commission));
        PositionJson.Write(json, "drawdown_limit", settings.DrawdownLimit is { } limit ? Amount.FromFixed9(limit) : null);
        json.WritePropertyName("field_mapping");
        if (settings.FieldMapping is { } mapping) json.WriteRawValue(mapping);
        else json.WriteNullValue();
        json.WriteBoolean("enabled", settings.Enabled);
        PositionJson.WriteTime(json, "created_at", recorder.CreatedAt);
        json.WriteStartArray("tokens");
        foreach (var token in recorder.Tokens)
        {
            json.WriteStartObject();
            json.WriteString("label", token.Label);
            PositionJson.WriteTime(json, "created_at", token.CreatedAt);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>A new token, shown this once.</summary>
    public static void WriteToken(Utf8JsonWriter json, string token)
    {
        json.WriteString("token", token);
        json.WriteString("webhook_path", "/webhook/" + token);
    }

    private static Amount Seconds(long micros) => Amount.FromFixed9(micros * (Fixed9.One / Timestamp.Second));
}
