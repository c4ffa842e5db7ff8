using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Sink;

/// <summary>
/// Moments as text, the last few remembered: one fill's time stands in a dozen columns, and formatting it each time was a tenth of the writer's
/// work. One thread.
/// </summary>
internal sealed class TimeText
{
    private const int Slots = 16;

    private readonly (long At, string? Text)[] _recent = new (long At, string? Text)[Slots];

    public string Of(long at)
    {
        ref var slot = ref _recent[(int)((ulong)at % Slots)];
        if (slot.At == at && slot.Text is { } text) return text;
        slot = (at, Timestamp.Format(at));
        return slot.Text;
    }

    public string? Of(long? at) => at is { } known ? Of(known) : null;
}
