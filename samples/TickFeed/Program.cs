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
    client.Acknowledged = ack => Console.WriteLine(ack);
    return await new LineFeed(client, Console.In, Console.Error).RunAsync();
}
catch (Exception wrong) when (wrong is FormatException or ArgumentException)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 1;
}
