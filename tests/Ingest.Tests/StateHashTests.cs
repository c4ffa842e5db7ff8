using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Recorders;
using Xunit;

namespace StreamRecorder.Ingest.Tests;

/// <summary>The hash of the state tells each kind of change that a refused body must not make, and is the same when there is none.</summary>
public sealed class StateHashTests
{
    private const string Buy = """{"action":"buy","symbol":"MNQZ2025","price":25600,"quantity":1}""";
    private const string Flat = """
        {"action":"sell","symbol":"ESZ2025","price":6800,"market_position":"flat","market_position_size":0,"time":"2025-12-04T15:00:00Z"}
        """;

    private static readonly Dictionary<string, Func<Service, Task>> Changes = new()
    {
        ["opened"] = s => s.SignalAsync("""{"action":"sell","symbol":"GCZ2025","price":4200,"quantity":1}"""),
        ["added"] = s => s.SignalAsync(Buy),
        ["closed"] = s => s.SignalAsync("""{"action":"exit","symbol":"MNQZ2025","price":25601,"quantity":1}"""),
        ["closed by hand"] = s => s.DoAsync(new ClosePosition(s.OpenIds.Single(), 25600 * Fixed9.One)),
        ["target held already"] = s => s.SignalAsync(Flat.Replace("15:00:00", "15:00:01")),
        ["ignored"] = s => s.SignalAsync("""{"action":"cancel","symbol":"MNQZ2025"}"""),
        ["key remembered"] = s => s.SignalAsync("""{"action":"close","symbol":"CLF2026","price":60,"id":"a"}"""),
        ["tick"] = s => s.TicksAsync("""{"symbol":"MNQZ2025","price":25598}"""),
        ["tick of a contract that nobody holds"] = s => s.TicksAsync("""{"symbol":"GCZ2025","price":4200}"""),
        ["settings"] = s => s.DoAsync(new ChangeRecorder(1, settings => settings with { DefaultQuantity = 2 * Fixed9.One })),
        ["recorder"] = s => s.DoAsync(new AddRecorder(new RecorderSettings { Name = "other" }, new RecorderToken("t", Secret.Hash("other"), 0))),
        ["token"] = s => s.DoAsync(new AddToken(1, new RecorderToken("second", Secret.Hash("second"), 0))),
        ["API key"] = s => s.DoAsync(new AddApiKey(new ApiKey("reader", KeyScope.Read, Secret.Hash("reader"), 0))),
        ["instrument"] = s => s.DoAsync(new SetInstruments([new Instrument("QQQQ", "TEST", "Q", Fixed9.One, Fixed9.One, "USD")], fromFiles: false)),
        ["front contract"] = s => s.DoAsync(new SetFrontContracts([new FrontContract("MNQ", "MNQH2026", 1)], fromFile: false)),
        ["feed"] = s => s.DoAsync(new OpenFeed(new FeedSession("websocket", "desk"))),
    };

    public static TheoryData<string> Kinds => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Hash_AfterAChange_IsAnother(string kind)
    {
        await using var service = await StartAsync();
        var before = await service.HashAsync();
        await Changes[kind](service);
        Assert.NotEqual(before, await service.HashAsync());
    }

    [Theory]
    [InlineData("""{"action":"bu""")]
    [InlineData("""{"action":"buy","symbol":"NOBODY","price":1}""")]
    [InlineData("""{"action":"buy","symbol":"ESZ2025","quantity":1}""")]
    [InlineData("""{"action":"add","symbol":"ESZ2025","price":6800}""")]
    public async Task Hash_AfterARefusedBody_IsTheSame(string body)
    {
        await using var service = await StartAsync();
        var before = await service.HashAsync();
        Assert.InRange((await service.SignalAsync(body)).Status, 400, 499);
        Assert.Equal(before, await service.HashAsync());
    }

    /// <summary>One position open, one symbol flat again, and a price known.</summary>
    private static async Task<Service> StartAsync()
    {
        var service = await Service.StartAsync();
        await service.TicksAsync("""{"symbol":"MNQZ2025","price":25600}""");
        await service.SignalAsync(Buy);
        await service.SignalAsync(Flat);
        return service;
    }
}
