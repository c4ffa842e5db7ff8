using StreamRecorder.Engine;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>Reads AutoView's text into a draft: blank-separated <c>letter=value</c> pairs, one command a line or between bars.</summary>
internal static class AutoViewBody
{
    public static void Read(ReadOnlySpan<byte> body, FieldTable table, SignalDraft draft)
    {
        var commands = 0;
        foreach (var range in body.SplitAny("|\n"u8))
        {
            var command = body[range].Trim(" \t\r"u8);
            if (command.IsEmpty) continue;
            commands++;
            if (commands > 1) continue;
            ReadCommand(command, table, draft);
        }
        if (commands > 1 && draft.Refusal?.Kind != Rejection.BodyUnreadable)
            draft.Overrule(Rejection.CommandsSeveral.Because($"The text has {commands} commands; send them one by one."));
    }

    private static void ReadCommand(ReadOnlySpan<byte> command, FieldTable table, SignalDraft draft)
    {
        var keys = new KeysSeen(command.Length);
        try
        {
            foreach (var range in command.SplitAny(" \t"u8))
            {
                var pair = command[range];
                if (!pair.IsEmpty && !TakePair(pair, table, ref keys, draft)) return;
            }
        }
        finally
        {
            keys.Dispose();
        }
    }

    private static bool TakePair(ReadOnlySpan<byte> pair, FieldTable table, ref KeysSeen keys, SignalDraft draft)
    {
        var equals = pair.IndexOf((byte)'=');
        var seen = equals <= 0 ? KeysSeen.Result.TooMany : keys.Add(0, pair[..equals]);
        if (seen == KeysSeen.Result.TooMany)
            draft.Overrule(Rejection.BodyUnreadable.Because("The text is not made of blank-separated letter=value pairs."));
        else if (seen == KeysSeen.Result.Duplicate)
            draft.Refuse(Rejection.DuplicateKey.Because($"\"{SignalDraft.Shown(pair[..equals])}\" is given twice."));
        else
            draft.Take(table.Find(pair[..equals]), pair[..equals], pair[(equals + 1)..]);
        return seen == KeysSeen.Result.New;
    }
}
