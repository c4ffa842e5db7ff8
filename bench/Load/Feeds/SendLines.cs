using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using StreamRecorder.Load.Processes;

namespace StreamRecorder.Load.Feeds;

/// <summary>
/// Sends NDJSON in one request as fast as it is taken: each order is a number of seconds,
/// each answer the ticks a second until the server has answered that all are durable.
/// </summary>
public sealed record SendLines(Uri Server, string Key) : Role
{
    public override bool IsLoad => true;

    public override async Task PlayAsync(TextReader orders, TextWriter answers)
    {
        var (body, lines) = TickStream.Ndjson();
        using var client = new HttpClient { BaseAddress = Server, Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        while (await orders.ReadLineAsync().ConfigureAwait(false) is { } order)
        {
            using var content = new Repeated(body, TimeSpan.FromSeconds(double.Parse(order, CultureInfo.InvariantCulture)));
            var started = Stopwatch.GetTimestamp();
            using var answer = await client.PostAsync(new Uri("/ticks", UriKind.Relative), content).ConfigureAwait(false);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
            var accepted = answer.IsSuccessStatusCode ? JsonElement.Parse(text).GetProperty("accepted").GetInt64() : 0;
            if (accepted != content.Count * lines) throw new InvalidOperationException($"of {content.Count * lines} ticks: {text}");
            await answers.WriteLineAsync((accepted / seconds).ToString("R", CultureInfo.InvariantCulture)).ConfigureAwait(false);
        }
    }

    private sealed class Repeated(byte[] body, TimeSpan time) : HttpContent
    {
        public long Count { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var started = Stopwatch.GetTimestamp();
            for (; Stopwatch.GetElapsedTime(started) < time; Count++) await stream.WriteAsync(body).ConfigureAwait(false);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
