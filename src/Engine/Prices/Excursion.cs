using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamRecorder.Engine.Prices;

/// <summary>
/// All that a stretch of prices can mean to a position that did not change during it: first, last, least and greatest price with the times they
/// were first reached, the greatest fall and rise, and the count. A monoid: <c>default</c> is the identity and <see cref="Combine"/> is
/// associative (both proved by property tests). Prices are E9, times µs; a fall or rise is at most 9.2e18 and fits a long because |price| ≤ 4.6e18.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct Excursion
{
    /// <summary>Number of ticks; 0 makes all other fields meaningless (and zero).</summary>
    public long Count;
    public long First;
    public long FirstAt;
    public long Last;
    public long LastAt;
    public long Min;
    public long MinAt;
    public long Max;
    public long MaxAt;

    /// <summary>Greatest fall from an earlier price to a later one, ≥ 0.</summary>
    public long Drop;

    /// <summary>Greatest rise from an earlier price to a later one, ≥ 0.</summary>
    public long Rise;

    /// <summary>Greatest of the ticks' own times: later ticks are judged late by it.</summary>
    public long NewestAt;

    public readonly bool IsEmpty => Count == 0;

    public static Excursion Of(long price, long at) => new()
    {
        Count = 1,
        First = price,
        FirstAt = at,
        Last = price,
        LastAt = at,
        Min = price,
        MinAt = at,
        Max = price,
        MaxAt = at,
        NewestAt = at,
    };

    /// <summary>One more tick at the end: the same as combining with <see cref="Of"/>, without building it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Observe(long price, long at)
    {
        if (Count == 0 || (ulong)(price - Inert.Low) > Inert.Width) Widen(price, at, isFirst: Count == 0);
        Count++;
        Last = price;
        LastAt = at;
        if (at > NewestAt || Count == 1) NewestAt = at;
    }

    /// <summary>
    /// Prices that would widen nothing: from the greatest less the greatest fall up to the
    /// least plus the greatest rise, both within the extremes. Not for an empty stretch.
    /// </summary>
    internal readonly (long Low, ulong Width) Inert => (Max - Drop, (ulong)(Min + Rise - (Max - Drop)));

    /// <summary>What a price means to extremes, drop and rise; <see cref="Extend"/> must follow before anything else is asked.</summary>
    internal void Widen(long price, long at, bool isFirst)
    {
        if (isFirst)
        {
            (Min, MinAt, Max, MaxAt, Drop, Rise) = (price, at, price, at, 0, 0);
            (First, FirstAt) = (price, at);
            return;
        }
        if (price < Min)
        {
            Min = price;
            MinAt = at;
        }
        else if (price > Max)
        {
            Max = price;
            MaxAt = at;
        }
        if (Max - price > Drop) Drop = Max - price;
        if (price - Min > Rise) Rise = price - Min;
    }

    /// <summary>What so many ticks mean to all else: the last of them, and the newest time so far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Extend(long count, long last, long lastAt, long newest)
    {
        Count += count;
        Last = last;
        LastAt = lastAt;
        NewestAt = newest;
    }

    /// <summary>This stretch followed by <paramref name="next"/>.</summary>
    public void Append(in Excursion next)
    {
        if (next.Count == 0) return;
        if (Count == 0)
        {
            this = next;
            return;
        }
        // Falls and rises across the seam first, while Min and Max are still this stretch's own.
        Drop = Math.Max(Math.Max(Drop, next.Drop), Max - next.Min);
        Rise = Math.Max(Math.Max(Rise, next.Rise), next.Max - Min);
        Count += next.Count;
        Last = next.Last;
        LastAt = next.LastAt;
        NewestAt = Math.Max(NewestAt, next.NewestAt);
        if (next.Min < Min)
        {
            Min = next.Min;
            MinAt = next.MinAt;
        }
        if (next.Max > Max)
        {
            Max = next.Max;
            MaxAt = next.MaxAt;
        }
    }

    public static Excursion Combine(in Excursion left, in Excursion right)
    {
        var result = left;
        result.Append(right);
        return result;
    }
}
