using System.Text.Json;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Load.Processes;

namespace StreamRecorder.Load.Restarting;

/// <summary>How one came to a state: the time, the memory that the process then holds, and what must be the same for all.</summary>
internal sealed record Arrival(double Seconds, long ResidentBytes, long Sequence, int Open)
{
    public static Arrival Of(TimeSpan time, Engine.StateMachine state)
    {
        // What was needed on the way is not what the service holds.
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return new Arrival(time.TotalSeconds, Environment.WorkingSet, state.Sequence, state.Open.Count);
    }

    public Task SayAsync(TextWriter answers) => answers.WriteLineAsync(JsonSerializer.Serialize(this));

    public static async Task<Arrival> OfChildAsync(Role role)
    {
        var child = Child.Start(role);
        await using (child.ConfigureAwait(false)) return JsonSerializer.Deserialize<Arrival>(await child.OutputAsync().ConfigureAwait(false))!;
    }
}

/// <summary>Opens database and journal of a directory and recovers, as a start does.</summary>
public sealed record StartUp(string Directory, int PositionsMax) : Role
{
    public override Task PlayAsync(TextReader orders, TextWriter answers)
    {
        Service service = null!;
        var time = Service.Timed(() =>
        {
            service = new Service(Directory, PositionsMax);
            service.Recover();
        });
        using (service) return Arrival.Of(time, service.State).SayAsync(answers);
    }
}

/// <summary>Makes the same inputs and applies them, nothing read and nothing written.</summary>
public sealed record ApplyAll(int Positions, long Count) : Role
{
    public override Task PlayAsync(TextReader orders, TextWriter answers)
    {
        using var state = Service.NewState(Positions);
        var inputs = new Inputs(state.Symbols, Positions, Count);
        var outputs = new List<Output>();
        var time = Service.Timed(() =>
        {
            for (var sequence = 1L; sequence <= inputs.Count; sequence++)
            {
                outputs.Clear();
                state.Apply(sequence, Inputs.TimeOf(sequence), inputs.Of(sequence), outputs);
            }
        });
        return Arrival.Of(time, state).SayAsync(answers);
    }
}
