using StreamRecorder.Load.Reporting;

namespace StreamRecorder.Load;

/// <summary>What a scenario runs with: its size, room on disk, and turns for its contenders.</summary>
public sealed class Bench(Size size, string directory, Action<string> progress)
{
    private int _directories;

    public Size Size { get; } = size;

    /// <summary>A fresh directory below the one that is removed in the end.</summary>
    public string NewDirectory(string name) =>
        Directory.CreateDirectory(Path.Combine(directory, $"{name}-{Interlocked.Increment(ref _directories)}")).FullName;

    /// <summary>The same with another size.</summary>
    public Bench With(Size other) => new(other, NewDirectory(other.Name), progress);

    public void Say(string what) => progress(what);

    /// <summary>
    /// Lets the contenders take turns, so that whatever else the machine does strikes all alike; each first one
    /// of a round is another, because the first may have the cleaner machine. Rates and latencies are medians
    /// over the rounds; the ratio is the median of the rounds' ratios to the last contender, the rival.
    /// </summary>
    public async Task<IReadOnlyList<Row>> AlternateAsync(params IReadOnlyList<Contender> contenders)
    {
        var rounds = new List<Sample[]>();
        for (var round = 0; round < Size.Rounds; round++)
        {
            var samples = new Sample[contenders.Count];
            for (var turn = 0; turn < contenders.Count; turn++)
            {
                var i = (round + turn) % contenders.Count;
                Say($"round {round + 1} of {Size.Rounds}: {contenders[i].Name}");
                samples[i] = await contenders[i].MeasureAsync().ConfigureAwait(false);
            }
            rounds.Add(samples);
        }
        return [.. contenders.Select((contender, i) => Row.Of(contender.Name, [.. rounds.Select(r => r[i])], [.. rounds.Select(r => r[^1].Rate)]))];
    }
}
