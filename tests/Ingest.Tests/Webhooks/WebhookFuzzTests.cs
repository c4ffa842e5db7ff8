using System.Text;
using StreamRecorder.Ingest.Webhooks;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

/// <summary>Mutated bodies of the shared lists: whatever comes, there is a signal or a refusal with a sentence, never an exception.</summary>
public sealed class WebhookFuzzTests
{
    private const int Rounds = 20_000;
    private const int Seed = 20251204;

    private static readonly byte[][] Pieces =
        [.. new[] { "{", "}", "[", "]", "\"", ":", ",", ";", "=", "|", "\n", "{{", "}}", "\\u0000", "\\ud800", "null", "1e999", "-", "0", "\uFEFF", "é" }.Select(Encoding.UTF8.GetBytes)];

    [Fact]
    public void Body_Mutated_IsASignalOrARefusal()
    {
        var parser = new WebhookParser(Table.Symbols());
        var bodies = Payloads.Valid.Select(v => v.Body).Concat(Payloads.Invalid.Select(i => i.Body)).Select(Encoding.UTF8.GetBytes).ToArray();
        var random = new Random(Seed);
        var signals = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var body = Mutate(bodies[random.Next(bodies.Length)], random);
            var isSignal = parser.TryParse(body, Table.Arrival, null, out var signal, out var refusal);
            Assert.True(isSignal ? signal is not null && refusal is null : signal is null && refusal!.Detail.Length > 0, $"seed {Seed}, round {round}");
            if (isSignal) signals++;
        }

        // A fuzzer that only ever hits the first check proves nothing.
        Assert.InRange(signals, Rounds / 50, Rounds / 2);
    }

    private static byte[] Mutate(byte[] body, Random random)
    {
        var bytes = body.ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(4))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                default:
                    var from = random.Next(bytes.Count + 1);
                    bytes.InsertRange(at, bytes.GetRange(from, Math.Min(random.Next(20), bytes.Count - from)));
                    break;
            }
        }
        return [.. bytes];
    }
}
