using System.Globalization;

namespace StreamRecorder.TickFeed;

/// <summary>
/// Lines of text to the service, and on the way what there is to tell of them: the program without its console. A line that is
/// not understood counts alone, as in every format of the service: the rest is sent.
/// </summary>
public sealed class LineFeed(FeedClient client, TextReader lines, TextWriter told)
{
    /// <summary>Digits that a decimal holds without rounding.</summary>
    private const int PriceLengthMax = 28;

    /// <summary>Rejected ticks that are told one by one; as many as the service names at once.</summary>
    private const int RejectionsMax = 10;

    private int _lineNumber;
    private int _rejectionCount;
    private int _exitCode;

    /// <summary>Ends when everything is on the service's disk, or the service refuses the feed. 1 if something is missing there, else 0.</summary>
    public async Task<int> RunAsync()
    {
        client.Broken = what => told.WriteLine("No connection, trying again: " + what);
        client.Rejected = Tell;
        try
        {
            while (await ReadAsync() is { Count: > 0 } batch) await client.SendAsync(batch);
            await client.FlushAsync();
        }
        catch (FeedRefusedException refused)
        {
            Fail(refused.Message);
        }
        if (client.RejectedCount > 0) Fail($"The service rejected {client.RejectedCount} ticks.");
        return _exitCode;
    }

    private void Tell(FeedRejection rejection)
    {
        if (_rejectionCount++ < RejectionsMax) told.WriteLine($"batch {rejection.Sequence}, tick {rejection.Line}: {rejection.Reason}");
    }

    /// <summary>None: at the end.</summary>
    private async Task<List<FeedTick>> ReadAsync()
    {
        // A console holds whoever reads it until a line comes; a feed that is refused meanwhile ends without it.
        var reading = Task.Run(Read);
        if (await Task.WhenAny(reading, client.Running) != reading) await client.Running;
        return await reading;
    }

    /// <summary>What is there, up to a full batch: a slow source's lines go at once.</summary>
    private List<FeedTick> Read()
    {
        var batch = new List<FeedTick>();
        while (batch.Count < FeedFrames.TicksPerFrame && (batch.Count == 0 || lines.Peek() >= 0) && lines.ReadLine() is { } line)
        {
            _lineNumber++;
            if (line.Length == 0) continue;
            if (FaultOf(line, out var tick) is { } fault) Fail($"line {_lineNumber}: {fault}");
            else batch.Add(tick);
        }
        return batch;
    }

    /// <summary>Why a line is no tick; null: it is.</summary>
    private static string? FaultOf(string line, out FeedTick tick)
    {
        tick = default;
        var cells = line.Split(',');
        if (cells.Length < 2) return "this is neither symbol,price nor symbol,price,time";
        if (cells[1].Length > PriceLengthMax || !decimal.TryParse(cells[1], NumberStyles.Number, CultureInfo.InvariantCulture, out var price))
            return $"the price is not a number of at most {PriceLengthMax} digits";
        var time = DateTimeOffset.UtcNow;
        if (cells.Length > 2 && !DateTimeOffset.TryParse(cells[2], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
            return "the time is not ISO 8601";
        tick = new FeedTick(cells[0], price, time);
        return FeedFrames.FaultOf(tick);
    }

    private void Fail(string why)
    {
        _exitCode = 1;
        told.WriteLine(why);
    }
}
