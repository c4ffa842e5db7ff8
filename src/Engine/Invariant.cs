using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace StreamRecorder.Engine;

/// <summary>A broken promise of our own code. Nothing may go on after it: the loop ends the process.</summary>
public sealed class InvariantException(string message) : Exception(message);

/// <summary>Checks that stay on in Release and stop the process.</summary>
internal static class Invariant
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Holds([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        if (!condition) Broken(what);
    }

    [DoesNotReturn, MethodImpl(MethodImplOptions.NoInlining)]
    public static void Broken(string what) => throw new InvariantException("invariant broken: " + what);
}
