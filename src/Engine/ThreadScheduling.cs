using System.Runtime.InteropServices;

namespace StreamRecorder.Engine;

/// <summary>How Linux gives the calling thread its turns on a CPU; neither call needs a privilege. On other systems nothing happens.</summary>
public static partial class ThreadScheduling
{
    /// <summary>The shortest slice that the system grants (ns).</summary>
    internal const ulong ShortestSlice = 100_000;

    private const uint TimeSharing = 0;
    private const int NicenessMax = 19;

    /// <summary>
    /// Threads that this one starts have the usual slice again: else the workers of the pool, which the runtime starts from any thread, would have
    /// the short one.
    /// </summary>
    private const ulong NotInherited = 1;

    /// <summary>How long the calling thread runs at most before another one gets its turn (ns); 0: the system does not say.</summary>
    internal static ulong Slice => TryGet(out var attributes) ? attributes.Runtime : 0;

    /// <summary>0 usually; the higher, the smaller a share of a busy CPU the calling thread gets.</summary>
    public static int Niceness => TryGet(out var attributes) ? attributes.Nice : 0;

    /// <summary>
    /// Shortens the calling thread's slice; false when the system has no such thing, or does not let us. The thread gets no larger share, but its
    /// turn comes sooner: when it wakes it takes over from one with a longer slice at once, instead of waiting for that slice's end (6.12 and later).
    /// </summary>
    public static bool TryShortenSlice()
    {
        // Read first: what else is set for this thread, as its niceness, stays as it is.
        if (!TryGet(out var attributes) || attributes.Policy != TimeSharing) return false;
        attributes.Runtime = ShortestSlice;
        attributes.Flags |= NotInherited;
        return Set(Call!.Value, 0, attributes, 0) == 0;
    }

    /// <summary>
    /// Lets other threads go first where both want a CPU, by so much more niceness; false when the system does not let us. For good, and for every
    /// thread that this one starts: only the privileged may take it back. So it is for a thread that starts no workers of the pool, as whoever queues
    /// work does.
    /// </summary>
    public static bool TryGiveWay(int by)
    {
        if (!TryGet(out var attributes) || attributes.Policy != TimeSharing) return false;
        attributes.Nice = Math.Min(NicenessMax, attributes.Nice + by);
        // The system's slice; a value of our own would stay even if that changed.
        attributes.Runtime = 0;
        return Set(Call!.Value, 0, attributes, 0) == 0;
    }

    private static nint? Call => OperatingSystem.IsLinux() ? NumberOf(RuntimeInformation.ProcessArchitecture) : null;

    private static bool TryGet(out Attributes attributes)
    {
        attributes = default;
        return Call is { } call && Get(call + 1, 0, out attributes, Attributes.Bytes, 0) == 0;
    }

    /// <summary>Of <c>sched_setattr</c>, for which not every C library has a function; <c>sched_getattr</c> is the next.</summary>
    private static nint? NumberOf(Architecture machine) => machine switch
    {
        Architecture.X64 => 314,
        Architecture.Arm64 => 274,
        _ => null,
    };

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Set(nint call, int thread, in Attributes attributes, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Get(nint call, int thread, out Attributes attributes, uint bytes, uint flags);

    /// <summary>The system's <c>struct sched_attr</c>, first version.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public const uint Bytes = 48;

        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
