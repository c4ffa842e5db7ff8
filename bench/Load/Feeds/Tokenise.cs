using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using StreamRecorder.Load.Processes;

namespace StreamRecorder.Load.Feeds;

/// <summary>
/// The rival of NDJSON over HTTP: one thread that walks with a <see cref="Utf8JsonReader"/>
/// over the tokens of the same bytes in memory, without a network and without looking at any.
/// </summary>
public sealed record Tokenise : Role
{
    public override async Task PlayAsync(TextReader orders, TextWriter answers)
    {
        var (body, lines) = TickStream.Ndjson();
        while (await orders.ReadLineAsync().ConfigureAwait(false) is { } order)
        {
            var time = TimeSpan.FromSeconds(double.Parse(order, CultureInfo.InvariantCulture));
            var started = Stopwatch.GetTimestamp();
            long done = 0;
            for (; Stopwatch.GetElapsedTime(started) < time; done++) Walk(body);
            await answers.WriteLineAsync(
                (done * lines / Stopwatch.GetElapsedTime(started).TotalSeconds).ToString("R", CultureInfo.InvariantCulture)).ConfigureAwait(false);
        }
    }

    private static void Walk(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read())
        {
        }
    }
}
