using System.Buffers;
using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Ingest.Webhooks.Dialects;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// The JSON that explains a body: what was read, the signal, what it would do. Values
/// of fields that mean nothing here are not shown: a secret may be among them.
/// </summary>
internal sealed class TestAnswer(
    Recorder recorder, BodyForm? form, IReadOnlyList<FieldRead> reads, Signal? signal, Refusal? refusal, SignalPreview? preview)
{
    private const int Ok = 200;
    private Utf8JsonWriter _json = null!;

    private Refusal? Refused => refusal ?? preview?.Answer.Refusal;

    public void Write(IBufferWriter<byte> buffer)
    {
        using var json = new Utf8JsonWriter(buffer);
        _json = json;
        json.WriteStartObject();
        json.WriteString("recorder", recorder.Name);
        json.WriteString(
            "form", form switch { BodyForm.Json => "json", BodyForm.NameValue => "name_value", BodyForm.AutoView => "autoview", _ => null });
        WriteTexts("dialects", Dialects());
        WriteReads();
        WriteSignal();
        WritePosition();
        json.WriteNumber("would_answer", Refused?.Kind.Status ?? Ok);
        WriteOutcome();
        WriteTexts("warnings", Warnings());
        json.WriteEndObject();
    }

    /// <summary>Those that know the most of the names read.</summary>
    private IEnumerable<string> Dialects()
    {
        if (form == BodyForm.AutoView) return [AutoViewDialect.TextOnly.Name];
        var names = reads.Where(r => r.Field is not null).Select(r => r.Name).ToList();
        var known = FieldTable.Dialects.Select(
            d => (d.Name, Count: d.Fields.Count(f => names.Contains(f.Name, StringComparer.OrdinalIgnoreCase)))).ToList();
        var most = known.Max(k => k.Count);
        return most == 0 ? [] : known.Where(k => k.Count == most).Select(k => k.Name);
    }

    private void WriteReads()
    {
        _json.WriteStartArray("fields");
        foreach (var read in reads.Where(r => r.Field is not null))
        {
            _json.WriteStartObject();
            _json.WriteString("name", read.Name);
            _json.WriteString("means", FieldMapping.NameOf(read.Field!.Value));
            _json.WriteString("value", read.Value);
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
        WriteTexts("unknown_fields", reads.Where(r => r.Field is null).Select(r => r.Name));
    }

    private void WriteSignal()
    {
        if (signal is null)
        {
            _json.WriteNull("signal");
            return;
        }
        _json.WriteStartObject("signal");
        _json.WriteString("symbol", signal.Symbol == Symbol.None ? null : signal.Symbol.Name);
        _json.WriteString("action", JsonNamingPolicy.SnakeCaseLower.ConvertName(signal.Action.ToString()));
        Number("target_position", signal.TargetPosition);
        _json.WriteString("target_side", signal.TargetSide is { } side ? Words.Of(side) : null);
        Number("previous_position", signal.PreviousPosition);
        Number("quantity", signal.Quantity);
        Number("exit_percent", signal.ExitPercent);
        Truth("closes_opposite", signal.ClosesOpposite);
        Truth("may_add", signal.MayAdd);
        Number("price", signal.Price);
        _json.WriteString("time", signal.At is { } at ? Timestamp.Format(at) : null);
        _json.WriteBoolean("has_firing_time", signal.HasFiringTime);
        _json.WriteString("id", signal.Key);
        _json.WriteString("label", signal.Label);
        Number("max_age", signal.MaxAge * (Fixed9.One / Timestamp.Second));
        _json.WriteStartObject("brackets");
        foreach (var level in signal.Brackets ?? Enumerable.Empty<Bracket>()) Number(Words.Of(level.Kind), level.Value);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void WritePosition()
    {
        _json.WriteString("contract", preview?.Contract);
        Number("price", preview?.Price);
        _json.WriteString("price_source", preview?.Price is null ? null : Words.Of(preview.PriceSource));
        if (preview?.Position is not { } view)
        {
            _json.WriteNull("position");
            return;
        }
        _json.WriteStartObject("position");
        _json.WriteString("side", Words.Of(view.Side));
        Raw("quantity", view.TotalQuantity.ToString());
        Raw("avg_entry_price", view.AvgEntryPrice.ToString());
        _json.WriteEndObject();
    }

    private void WriteOutcome()
    {
        _json.WriteStartObject("answer");
        var answer = preview?.Answer;
        _json.WriteString("status", Refused is null ? Words.Of(answer!.Status) : Words.Of(SignalStatus.Refused));
        _json.WriteString("effect", Words.Of(answer?.Effect ?? Effect.None));
        Number("held_after", preview?.HeldAfter);
        _json.WriteString("reason", Refused?.Kind.Label ?? (answer!.Reason == IgnoreReason.None ? null : Words.Of(answer.Reason)));
        _json.WriteString("detail", Refused is null ? null : $"{Refused.Kind.Title} {Refused.Detail}");
        _json.WriteString("field", Refused?.Field);
        WriteTexts("flags", Words.Of(answer?.Flags ?? Flags.None));
        _json.WriteEndObject();
    }

    private IEnumerable<string> Warnings()
    {
        if (!recorder.Settings.Enabled) yield return "The recorder is paused: its signals are kept as ignored.";
        if (signal is null) yield break;
        if (signal.At is null) yield return "The alert has no time of its own: late or swapped ones cannot be told. Add \"timenow\":\"{{timenow}}\".";
        else if (!signal.HasFiringTime)
            yield return "Its time may be the bar's, which is the same for all alerts of a bar. "
                + "{{timenow}} in the field timenow is the time of firing.";
        if (signal.Price is null) yield return "It has no price: the symbol's last tick is taken, if it is fresh enough.";
        if (signal.Key is null && signal.Label is not null)
            yield return "Order ids and comments are labels, never keys: they are the same for every trade.";
        if (signal.TargetPosition is null && signal.Action is SignalAction.Buy or SignalAction.Sell)
            yield return "It does not say where the strategy stands afterwards; a lost alert "
                + "stays unnoticed. Add market_position and market_position_size.";
        if ((signal.ClosesOpposite ?? signal.MayAdd) is not null && (signal.TargetPosition is not null || signal.TargetSide is not null))
            yield return "It names where the strategy stands afterwards; that decides, not what it says of closing or adding to what is held.";
        if (preview?.Contract is null && signal.Symbol.Kind == SymbolKind.Continuous)
            yield return "No contract is known for the symbol: a position opened now has no ticks "
                + "until one is. Send ticks, or name the front contract.";
        if (signal.Brackets is not null) yield return "Take-profit and stop-loss levels are kept with the signal and do not act.";
        if (signal.HasUnreadBrackets) yield return "A take-profit or stop-loss is no number and is left out.";
    }

    private void WriteTexts(string name, IEnumerable<string> texts)
    {
        _json.WriteStartArray(name);
        foreach (var text in texts) _json.WriteStringValue(text);
        _json.WriteEndArray();
    }

    private void Number(string name, long? e9)
    {
        if (e9 is { } value) Raw(name, Fixed9.Format(value));
        else _json.WriteNull(name);
    }

    private void Truth(string name, bool? value)
    {
        if (value is { } said) _json.WriteBoolean(name, said);
        else _json.WriteNull(name);
    }

    private void Raw(string name, string number)
    {
        _json.WritePropertyName(name);
        _json.WriteRawValue(number);
    }
}
