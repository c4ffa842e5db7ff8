using System.Diagnostics;
using System.Globalization;
using StreamRecorder.Load.Processes;

namespace StreamRecorder.Load.Feeds;

/// <summary>
/// Sends binary frames as fast as they are taken: each order is a number of seconds, each answer the ticks a second from the first
/// byte until the other side has closed.
/// </summary>
/// <param name="IsAcknowledged">The other side says what it accepted, which must be all: what is refused costs it less.</param>
public sealed record SendFrames(int Port, string Key, bool IsAcknowledged) : Role
{
    private readonly IReadOnlyList<byte[]> _frames = TickStream.Binary();

    public override bool IsLoad => true;

    public override async Task PlayAsync(TextReader orders, TextWriter answers)
    {
        for (var round = 0; await orders.ReadLineAsync().ConfigureAwait(false) is { } order; round++)
        {
            var rate = await SendAsync(
                $"load-{round}", TimeSpan.FromSeconds(double.Parse(order, CultureInfo.InvariantCulture))).ConfigureAwait(false);
            await answers.WriteLineAsync(rate.ToString("R", CultureInfo.InvariantCulture)).ConfigureAwait(false);
        }
    }

    private async Task<double> SendAsync(string name, TimeSpan time)
    {
        using var feed = await FeedSocket.ConnectAsync(Port, Key, name, TickStream.Symbols).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time) await feed.SendAsync(_frames[(int)(feed.Sent % _frames.Count)]).ConfigureAwait(false);
        await feed.CloseAsync().ConfigureAwait(false);
        var (ticks, seconds) = (feed.Sent * TickStream.TicksPerFrame, Stopwatch.GetElapsedTime(started).TotalSeconds);
        if (IsAcknowledged && feed.Accepted != ticks) throw new InvalidOperationException($"of {ticks} ticks {feed.Accepted} were accepted");
        return ticks / seconds;
    }
}
