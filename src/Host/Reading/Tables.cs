using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Host.Reading;

/// <summary>
/// Reads of the tables that the engine replaces as a whole (recorders, keys, instruments,
/// front contracts). Any thread; each answer waits until what it shows is committed.
/// </summary>
public sealed class Tables(StateMachine state, EngineClient engine)
{
    public Task<Reply<RecorderDirectory>> DirectoryAsync() => engine.LookAsync(() => state.Directory);

    public Task<Reply<InstrumentTable>> InstrumentsAsync() => engine.LookAsync(() => state.Instruments);

    public Task<Reply<FrontContractTable>> FrontContractsAsync() => engine.LookAsync(() => state.FrontContracts);
}
