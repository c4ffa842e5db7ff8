namespace StreamRecorder.TickFeed;

/// <summary>Pauses between tries: twice as long each time up to 10 s, a random half of it, so that many clients do not come back at once.</summary>
internal sealed class BackOff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private TimeSpan _next = First;

    public void Reset() => _next = First;

    public async Task PauseAsync(CancellationToken cancel)
    {
        var pause = _next * (0.5 + Random.Shared.NextDouble() / 2);
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        await Task.Delay(pause, cancel).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
    }
}
