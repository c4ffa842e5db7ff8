using System.Runtime.InteropServices;

namespace StreamRecorder.Engine;

/// <summary>
/// How long the calling thread runs on a CPU at most before another one gets its turn. A thread with a short slice gets no larger share, but its
/// turn comes sooner: when it wakes it takes over from one with a longer slice at once, instead of waiting for that slice's end (Linux 6.12 and
/// later; elsewhere nothing happens).
/// </summary>
internal static partial class ThreadSlice
{
    /// <summary>The shortest that the system grants (ns).</summary>
    public const ulong Shortest = 100_000;

    private const uint TimeSharing = 0;

    /// <summary>
    /// Threads that this one starts have the usual slice again: else the workers of the pool, which the runtime starts from any thread, would have
    /// the short one.
    /// </summary>
    private const ulong NotInherited = 1;

    /// <summary>The calling thread's slice (ns); 0: the system has no such thing, or does not say.</summary>
    public static ulong Current => TryGet(out var attributes) ? attributes.Runtime : 0;

    /// <summary>Shortens the calling thread's slice; false when the system has no such thing, or does not let us.</summary>
    public static bool TryShorten()
    {
        // Read first: what else is set for this thread, as its niceness, stays as it is.
        if (!TryGet(out var attributes) || attributes.Policy != TimeSharing) return false;
        attributes.Runtime = Shortest;
        attributes.Flags |= NotInherited;
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
