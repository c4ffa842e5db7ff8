using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>How a body is written.</summary>
internal enum BodyForm : byte
{
    Json,
    NameValue,
    AutoView,
}

/// <summary>
/// From the raw body of an alert to the canonical <see cref="Signal"/>, or to what is wrong with it. Tells JSON and the text
/// dialects apart by the body alone. Pure: the same bytes and time give the same result. Never throws for what a body holds, and
/// copies nothing into a sentence but the values of known fields, so that secrets in a body stay there. Asked from any thread.
/// </summary>
public sealed class WebhookParser(SymbolTable symbols)
{
    /// <param name="body">As it arrived.</param>
    /// <param name="receivedAt">Arrival, µs: places one-digit years when the alert names no time.</param>
    /// <param name="keyHeader">The Idempotency-Key header, if any; an <c>id</c> field goes before it.</param>
    /// <param name="signal">What it says.</param>
    /// <param name="refusal">Or what is wrong with it.</param>
    public bool TryParse(
        ReadOnlySpan<byte> body, long receivedAt, string? keyHeader, [NotNullWhen(true)] out Signal? signal,
        [NotNullWhen(false)] out Refusal? refusal) =>
        TryParse(body, receivedAt, keyHeader, null, out signal, out refusal, out _);

    /// <param name="body">As it arrived.</param>
    /// <param name="receivedAt">Arrival, µs.</param>
    /// <param name="keyHeader">The Idempotency-Key header, if any.</param>
    /// <param name="fieldMapping">The recorder's own names, as its settings have them; null: none.</param>
    /// <param name="signal">What it says.</param>
    /// <param name="refusal">Or what is wrong with it.</param>
    /// <param name="gist">What could be understood all the same.</param>
    /// <param name="reads">Gets what each field was taken for; null: nobody asks.</param>
    public bool TryParse(
        ReadOnlySpan<byte> body, long receivedAt, string? keyHeader, string? fieldMapping, [NotNullWhen(true)] out Signal? signal,
        [NotNullWhen(false)] out Refusal? refusal, [NotNullWhen(false)] out SignalGist? gist, List<FieldRead>? reads = null)
    {
        var tables = FieldTables.Of(fieldMapping);
        var draft = new SignalDraft { ActionWords = tables.ActionWords, Reads = reads };
        Read(body, tables, draft);
        var key = string.IsNullOrWhiteSpace(keyHeader) ? null : keyHeader.Trim();
        signal = draft.Refusal is null ? new SignalRules(draft, symbols, receivedAt).Resolve(key, BodyHash.Of(body)) : null;
        refusal = signal is null ? draft.Refusal! : null;
        gist = signal is null ? draft.Gist(symbols, receivedAt, key) : null;
        return signal is not null;
    }

    /// <summary>The form of a body by its look alone; null: it is none that is read.</summary>
    internal static BodyForm? FormOf(ReadOnlySpan<byte> body)
    {
        body = body.TrimStart("\uFEFF \t\r\n"u8);
        if (body.IsEmpty) return null;
        if (body[0] is (byte)'{' or (byte)'[') return BodyForm.Json;
        if (!body.Contains((byte)'=')) return null;
        return body.Contains((byte)';') ? BodyForm.NameValue : BodyForm.AutoView;
    }

    private static void Read(ReadOnlySpan<byte> body, FieldTables tables, SignalDraft draft)
    {
        if (body.Length > IngestLimits.BodyBytesMax)
        {
            draft.Refuse(Rejection.BodyTooLarge.Because($"It has {body.Length} bytes."));
            return;
        }
        if (body.StartsWith("\uFEFF"u8)) body = body["\uFEFF"u8.Length..];
        body = body.Trim(" \t\r\n"u8);
        if (body.IsEmpty) draft.Refuse(Rejection.BodyEmpty.Because("Send the alert's message in the body."));
        else if (body.Contains((byte)0))
            draft.Refuse(Rejection.BodyUnreadable.Because("The body holds NUL bytes: it is binary, or UTF-16. Send UTF-8."));
        else if (!Utf8.IsValid(body)) draft.Refuse(Rejection.BodyUnreadable.Because("The body is not UTF-8."));
        else if (FormOf(body) is not { } form) draft.Refuse(Rejection.BodyUnreadable.Because("It is neither JSON nor made of name=value pairs."));
        else if (form == BodyForm.Json) JsonBody.Read(body, tables.Json, draft);
        else if (form == BodyForm.NameValue) KeyValueBody.Read(body, tables.KeyValue, draft);
        else AutoViewBody.Read(body, tables.AutoView, draft);
    }
}
