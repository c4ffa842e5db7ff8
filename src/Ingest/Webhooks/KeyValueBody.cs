using System.Text;
using StreamRecorder.Engine;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// Reads CrossTrade's text into a draft: <c>name=value;</c> pairs, one command a body. A second <c>key</c> or <c>command</c> begins a second command.
/// A last pair that no <c>;</c> closes may be cut off in its value, so it is not taken.
/// </summary>
internal static class KeyValueBody
{
    public static void Read(ReadOnlySpan<byte> body, FieldTable table, SignalDraft draft)
    {
        var keys = new KeysSeen(body.Length);
        try
        {
            foreach (var range in body.Split((byte)';'))
            {
                var pair = body[range].Trim(" \t\r\n"u8);
                if (!pair.IsEmpty && !TakePair(pair, table, ref keys, draft)) return;
            }
            if (!body.EndsWith(";"u8))
                draft.Overrule(Rejection.BodyUnreadable.Because("The last pair is not closed by a semicolon: the text may be cut off."));
        }
        finally
        {
            keys.Dispose();
        }
    }

    /// <summary>False when the rest is not worth reading.</summary>
    private static bool TakePair(ReadOnlySpan<byte> pair, FieldTable table, ref KeysSeen keys, SignalDraft draft)
    {
        var equals = pair.IndexOf((byte)'=');
        if (equals <= 0)
        {
            draft.Overrule(Rejection.BodyUnreadable.Because("The text is not made of name=value; pairs."));
            return false;
        }
        var name = pair[..equals].TrimEnd(" \t"u8);
        if (keys.Add(0, name) is var seen and not KeysSeen.Result.New)
        {
            draft.Overrule(Refusal(name, seen));
            return false;
        }
        draft.Take(table.Find(name), name, pair[(equals + 1)..]);
        return true;
    }

    private static Refusal Refusal(ReadOnlySpan<byte> name, KeysSeen.Result seen)
    {
        if (seen == KeysSeen.Result.TooMany) return Rejection.BodyUnreadable.Because($"The body has more than {IngestLimits.KeysMax} pairs.");
        var beginsCommand = Ascii.EqualsIgnoreCase(name, "key") || Ascii.EqualsIgnoreCase(name, "command");
        return beginsCommand
            ? Rejection.CommandsSeveral.Because("A second command begins in the text; send them one by one.")
            : Rejection.DuplicateKey.Because($"\"{SignalDraft.Shown(name)}\" is given twice.");
    }
}
