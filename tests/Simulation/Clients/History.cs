using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Simulation;

/// <summary>What happens, decided by the seed alone: alerts of all kinds and modes, ticks, commands and queries.</summary>
internal sealed class History(Random random, Client client, Model model, SimClock clock)
{
    /// <summary>A planted fault: the journal is told that the database has everything.</summary>
    public bool TruncatesAnything { get; set; }

    private int _orders;
    private int _names;

    /// <summary>What every service begins with.</summary>
    public void Begin(SimProcess process)
    {
        client.Send(new SetInstruments(Contract.Instruments, fromFiles: true) { ReceivedAt = clock.Micros }, process);
        foreach (var mode in Enum.GetValues<OnOpposite>()) AddRecorder(process, mode);
    }

    public void Act(SimProcess process, SimDatabase database)
    {
        switch (random.Next(TruncatesAnything ? 140 : 100))
        {
            case < 38:
                SendTicks(process);
                break;
            case < 71:
                SendOrder(process);
                break;
            case < 81 when client.Resendable.Count > 0:
                client.Send(client.Resendable[random.Next(client.Resendable.Count)], process, clock.Micros);
                break;
            case < 85:
                client.Send(new OpenPositionsQuery(new OpenFilter { Limit = int.MaxValue }) { ReceivedAt = clock.Micros }, process);
                break;
            case < 91:
                SendCommand(process);
                break;
            default:
                var durable = TruncatesAnything ? long.MaxValue : database.File.ReadStateAfresh().Sequence;
                client.Send(new TruncateJournal(durable) { ReceivedAt = clock.Micros }, process);
                break;
        }
    }

    private void SendTicks(SimProcess process)
    {
        var batch = TickBatch.Rent(process.Session, clock.Micros);
        model.Market.BeginBatch();
        for (var part = random.Next(1, 3); part > 0; part--)
        {
            var contract = random.Next(40) == 0 ? Contract.Es : Contract.Ticked[random.Next(Contract.Ticked.Length)];
            for (var count = random.Next(1, 12); count > 0; count--)
            {
                var tick = new Tick(contract.In(process.Symbols).Id, Price(), clock.Micros - random.Next(0, 6_000_000));
                batch.Ticks[batch.Count++] = tick;
                model.Market.Send(contract, tick.Price, tick.At);
            }
        }
        if (random.Next(3) == 0)
        {
            batch.Durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            client.Expect(model.Market.BatchesSent, batch.Durable);
        }
        process.Offer(batch);
    }

    private void SendOrder(SimProcess process)
    {
        var action = (SignalAction)random.Next(1, 10);
        if (random.Next(2) == 0) action = random.Next(2) == 0 ? SignalAction.Buy : SignalAction.Sell;
        var speaks = random.Next(6);
        var key = random.Next(100) < 65 ? Key() : null;
        var order = new Order
        {
            Id = ++_orders,
            RecorderId = RandomRecorder(),
            Contract = Contract.Traded[random.Next(Contract.Traded.Length)],
            Action = action,
            Quantity = random.Next(4) == 0 ? null : random.Next(1, 60) * Fixed9.One / 10,
            Price = random.Next(8) == 0 ? null : Price(),
            Target = speaks == 0 ? random.Next(-3, 4) * Fixed9.One : null,
            TargetSide = speaks == 1 ? (Side)random.Next(-1, 2) : null,
            WasFlat = speaks == 0 && random.Next(4) == 0,
            At = clock.Micros - (random.Next(4) == 0 ? random.Next(0, 3_000_000) : 0),
            Key = key,
        };
        client.Send(order, process, clock.Micros);
    }

    /// <summary>Mostly a new one; sometimes one that another body had already.</summary>
    private string Key() =>
        "key" + (random.Next(15) == 0 ? random.Next(1, _orders + 2) : _orders + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void SendCommand(SimProcess process)
    {
        var id = RandomRecorder();
        switch (random.Next(10))
        {
            case 0:
                AddRecorder(process, (OnOpposite)random.Next(4));
                break;
            case 1:
                client.Send(new RemoveRecorder(id) { ReceivedAt = clock.Micros }, process);
                break;
            case 2:
                client.Send(
                    new AddToken(id, new RecorderToken("t" + ++_names, Secret.Hash("t" + _names), clock.Micros)) { ReceivedAt = clock.Micros },
                    process);
                break;
            case 3:
                var open = model.Book.Places.Where(p => p.Value.Open is not null).Select(p => p.Value.Open!.Id).ToArray();
                var position = open.Length == 0 ? 1 : open[random.Next(open.Length)];
                client.Send(new ClosePosition(position, random.Next(2) == 0 ? null : Price()) { ReceivedAt = clock.Micros }, process);
                break;
            case 4:
                client.Send(
                    new AddApiKey(new ApiKey("k" + ++_names, KeyScope.Feed, Secret.Hash("k" + _names), clock.Micros)) { ReceivedAt = clock.Micros },
                    process);
                break;
            case 5:
                client.Send(new RevokeApiKey("k" + random.Next(_names + 1)) { ReceivedAt = clock.Micros }, process);
                break;
            case 6:
                SetTables(process);
                break;
            case 7:
                var broken = Contract.Ticked[random.Next(Contract.Ticked.Length)].In(process.Symbols).Id;
                client.Send(new LoseContracts([broken]) { ReceivedAt = clock.Micros }, process);
                break;
            default:
                var (mode, enabled, own) = ((OnOpposite)random.Next(4), random.Next(4) != 0, random.Next(4) != 0);
                var commission = random.Next(4) * Fixed9.One / 4;
                client.Send(
                    new ChangeRecorder(id, s => s with
                    {
                        OnOpposite = mode,
                        Enabled = enabled,
                        Commission = commission,
                        FillPrice = own ? FillPrice.Signal : FillPrice.Tick,
                    })
                    { ReceivedAt = clock.Micros }, process);
                break;
        }
    }

    /// <summary>Of a root that nobody trades: the model knows nothing of tables, the state's hash does.</summary>
    private void SetTables(SimProcess process)
    {
        var instrument = new Instrument("CL", "NYMEX", "Crude oil", Fixed9.One / 100, random.Next(1, 20) * Fixed9.One, "USD");
        client.Send(new SetInstruments([instrument], random.Next(2) == 0) { ReceivedAt = clock.Micros }, process);
        var front = new FrontContract("CL", random.Next(2) == 0 ? "CLZ2025" : "CLF2026", (clock.Micros / Timestamp.Second) * Timestamp.Second);
        client.Send(new SetFrontContracts([front], random.Next(2) == 0) { ReceivedAt = clock.Micros }, process);
    }

    private void AddRecorder(SimProcess process, OnOpposite mode)
    {
        var name = "R" + ++_names;
        var settings = new RecorderSettings { Name = name, OnOpposite = mode, Commission = random.Next(3) * Fixed9.One / 4 };
        client.Send(new AddRecorder(settings, new RecorderToken("first", Secret.Hash(name), clock.Micros)) { ReceivedAt = clock.Micros }, process);
    }

    private long RandomRecorder()
    {
        var ids = model.Recorders.Keys.ToArray();
        return ids.Length == 0 ? 1 : ids[random.Next(ids.Length)];
    }

    private long Price() => (25_000 + random.Next(-400, 400)) * Fixed9.One / 4;
}
