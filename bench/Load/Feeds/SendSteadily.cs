using System.Diagnostics;
using System.Globalization;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Load.Processes;
using StreamRecorder.Load.Running;
using StreamRecorder.TickFeed;

namespace StreamRecorder.Load.Feeds;

/// <summary>
/// A frame each millisecond with ticks of the <see cref="Contracts"/>, as long as the other side takes them: each order is a number of seconds,
/// each answer the ticks that were sent, all of them durable by then.
/// </summary>
public sealed record SendSteadily(int Port, string Key, int TicksPerSecond) : Role
{
    private const int FramesPerSecond = 1000;

    public override bool IsLoad => true;

    public override async Task PlayAsync(TextReader orders, TextWriter answers)
    {
        var frames = Frames();
        for (var round = 0; await orders.ReadLineAsync().ConfigureAwait(false) is { } order; round++)
        {
            using var feed = await FeedSocket.ConnectAsync(Port, Key, $"steady-{round}", Contracts.Names).ConfigureAwait(false);
            var (started, count) = (Stopwatch.GetTimestamp(), double.Parse(order, CultureInfo.InvariantCulture) * FramesPerSecond);
            while (feed.Sent < count)
            {
                Pause.Until(started + feed.Sent * (Stopwatch.Frequency / FramesPerSecond));
                await feed.SendAsync(frames[(int)(feed.Sent % frames.Count)]).ConfigureAwait(false);
            }
            await feed.CloseAsync().ConfigureAwait(false);
            var ticks = feed.Sent * (TicksPerSecond / FramesPerSecond);
            if (feed.Accepted != ticks) throw new InvalidOperationException($"of {ticks} ticks {feed.Accepted} were accepted");
            await answers.WriteLineAsync(ticks.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
        }
    }

    private List<byte[]> Frames()
    {
        var now = DateTimeOffset.UtcNow;
        return
        [
            .. Enumerable.Range(0, Contracts.Prices * TicksPerSecond / FramesPerSecond)
                .Select(i => new FeedTick(Contracts.Names[i % Contracts.Names.Count], (decimal)Contracts.PriceAt(i) / Fixed9.One, now))
                .Chunk(TicksPerSecond / FramesPerSecond)
                .Select(ticks => FeedFrames.Ticks(ticks, Contracts.PlaceOf)),
        ];
    }
}
