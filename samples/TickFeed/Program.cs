using System.Globalization;
using StreamRecorder.TickFeed;

// STREAMRECORDER_KEY=… dotnet run --project samples/TickFeed -- ws://127.0.0.1:8080/ticks/ws my-feed < ticks.csv
// Lines of symbol,price or symbol,price,time (ISO 8601); without a time it is now. Ends when everything is on the service's disk.
if (args is not [var url, var name] || Environment.GetEnvironmentVariable("STREAMRECORDER_KEY") is not { Length: > 0 } key)
{
    await Console.Error.WriteLineAsync("usage: STREAMRECORDER_KEY=KEY TickFeed ws://HOST:PORT/ticks/ws NAME < LINES");
    return 2;
}
try
{
    await using var client = new FeedClient(new Uri(url), key, name);
    client.Broken = what => Console.Error.WriteLine("No connection, trying again: " + what);
    client.Acknowledged = ack => Console.WriteLine(ack);
    while (await ReadBatchAsync() is { Count: > 0 } batch) await client.SendAsync(batch);
    await client.FlushAsync();
    return 0;
}
catch (Exception wrong) when (wrong is FeedRefusedException or FormatException or ArgumentException)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 1;
}

// What is there, up to a full batch: a slow source's lines go at once.
static async Task<List<FeedTick>> ReadBatchAsync()
{
    var batch = new List<FeedTick>();
    while (batch.Count < FeedFrames.TicksPerFrame && (batch.Count == 0 || Console.In.Peek() >= 0) && await Console.In.ReadLineAsync() is { } line)
        batch.Add(Parse(line.Split(',')));
    return batch;
}

static FeedTick Parse(string[] cells) => new(
    cells[0],
    decimal.Parse(cells[1], NumberStyles.Number, CultureInfo.InvariantCulture),
    cells.Length > 2 ? DateTimeOffset.Parse(cells[2], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : DateTimeOffset.UtcNow);
