using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// From the raw body of an alert to the canonical <see cref="Signal"/>, or to what is wrong with it. Tells JSON and the text dialects apart by the body alone.
/// Pure: the same bytes and time give the same result. Never throws for what a body holds, and copies nothing into a sentence but the values of known
/// fields, so that secrets in a body stay there. Asked from any thread.
/// </summary>
public sealed class WebhookParser(SymbolTable symbols)
{
    /// <param name="body">As it arrived.</param>
    /// <param name="receivedAt">Arrival, µs: places one-digit years when the alert names no time.</param>
    /// <param name="keyHeader">The Idempotency-Key header, if any; an <c>id</c> field goes before it.</param>
    public bool TryParse(
        ReadOnlySpan<byte> body, long receivedAt, string? keyHeader, [NotNullWhen(true)] out Signal? signal, [NotNullWhen(false)] out Refusal? refusal) =>
        TryParse(body, receivedAt, keyHeader, out signal, out refusal, out _);

    /// <param name="body">As it arrived.</param>
    /// <param name="receivedAt">Arrival, µs.</param>
    /// <param name="keyHeader">The Idempotency-Key header, if any.</param>
    /// <param name="signal">What it says.</param>
    /// <param name="refusal">Or what is wrong with it.</param>
    /// <param name="gist">What could be understood all the same.</param>
    public bool TryParse(
        ReadOnlySpan<byte> body, long receivedAt, string? keyHeader,
        [NotNullWhen(true)] out Signal? signal, [NotNullWhen(false)] out Refusal? refusal, [NotNullWhen(false)] out SignalGist? gist)
    {
        var draft = new SignalDraft();
        Read(body, draft);
        var key = string.IsNullOrWhiteSpace(keyHeader) ? null : keyHeader.Trim();
        signal = draft.Refusal is null ? new SignalRules(draft, symbols, receivedAt).Resolve(key, BodyHash.Of(body)) : null;
        refusal = signal is null ? draft.Refusal! : null;
        gist = signal is null ? draft.Gist(symbols, receivedAt, key) : null;
        return signal is not null;
    }

    private static void Read(ReadOnlySpan<byte> body, SignalDraft draft)
    {
        if (body.Length > IngestLimits.BodyBytesMax)
        {
            draft.Refuse(Rejection.BodyTooLarge.Because($"It has {body.Length} bytes."));
            return;
        }
        if (body.StartsWith("\uFEFF"u8)) body = body["\uFEFF"u8.Length..];
        body = body.Trim(" \t\r\n"u8);
        if (body.IsEmpty) draft.Refuse(Rejection.BodyEmpty.Because("Send the alert's message in the body."));
        else if (body.Contains((byte)0)) draft.Refuse(Rejection.BodyUnreadable.Because("The body holds NUL bytes: it is binary, or UTF-16. Send UTF-8."));
        else if (!Utf8.IsValid(body)) draft.Refuse(Rejection.BodyUnreadable.Because("The body is not UTF-8."));
        else if (body[0] is (byte)'{' or (byte)'[') JsonBody.Read(body, draft);
        else if (!body.Contains((byte)'=')) draft.Refuse(Rejection.BodyUnreadable.Because("It is neither JSON nor made of name=value pairs."));
        else if (body.Contains((byte)';')) KeyValueBody.Read(body, draft);
        else AutoViewBody.Read(body, draft);
    }
}
