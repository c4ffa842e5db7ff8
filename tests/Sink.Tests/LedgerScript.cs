using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Sink.Tests;

/// <summary>Bodies of all kinds for the ledger, from a seed.</summary>
internal static class LedgerScript
{
    private static readonly string[] Bodies = ["{\"action\":\"buy\"}", "", "s=MNQ1! b=long", "ü\n\"", new string('x', 4000)];

    /// <summary>As many bodies as asked for, of recorders 1 to 3, a second apart, and what they come to in order.</summary>
    public static List<LedgerEntry> AddBodies(this Script script, int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 3; i++) script.Recorder($"r{i}");
        for (var i = 0; i < count; i++)
        {
            script.After(random.Next(3) * 1_000_000);
            if (random.Next(3) == 0) script.Tick(script.MnqDec, 25600 + i);
            AddBody(script, random);
        }
        return script.Entries();
    }

    public static List<LedgerEntry> Entries(this Script script) =>
        [.. script.Groups.SelectMany(group => group.Outputs.Select(output => LedgerEntry.Of(group, output))).OfType<LedgerEntry>()];

    private static void AddBody(Script script, Random random)
    {
        var recorder = random.Next(1, 4);
        var receipt = new Receipt(Encoding.UTF8.GetBytes(Bodies[random.Next(Bodies.Length)]), random.Next(2) == 0, script.Now);
        switch (random.Next(4))
        {
            case 0:
                script.Apply(new SignalNoted(recorder, SignalAnswer.Refused(Rejection.ActionUnknown.Because("\"dance\" is not known.", "action")))
                {
                    Gist = new SignalGist
                    {
                        Symbol = "mnq",
                        Price = -1,
                        Key = "k",
                        Brackets = new Brackets([new(BracketKind.TakeProfitPrice, 25_600_250_000_000), new(BracketKind.TrailStep, -1)]),
                    },
                    BodyHash = (UInt128)random.Next(1, 9),
                    Receipt = receipt,
                });
                break;
            case 1:
                var first = new SignalAnswer
                { Status = SignalStatus.Duplicate, Sequence = 4, Effect = Effect.Reversed, PositionId = 4, ClosedPositionId = 3 };
                script.Apply(new SignalNoted(recorder, first) { Receipt = receipt });
                break;
            case 2:
                script.Buy(recorder, 1, 25600, receipt: receipt);
                break;
            default:
                script.Close(recorder, 25601, receipt: receipt);
                break;
        }
    }
}
