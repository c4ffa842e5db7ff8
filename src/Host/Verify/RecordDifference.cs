using System.Globalization;
using System.Reflection;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Host.Verify;

/// <summary>Compares two records field for field and says where they differ. Ids that belong to a process are left out, as in the database.</summary>
internal static class RecordDifference
{
    // Every field of the types, so that one that is added later is compared too.
    private static readonly FieldInfo[] PositionFields =
        [.. Fields<Position>().Where(f => f.Name is not (nameof(Position.ContractId) or nameof(Position.EpochId)))];
    private static readonly FieldInfo[] ExcursionFields = Fields<Excursion>();

    /// <summary>Null when they are the same.</summary>
    public static string? Of(in Position stored, in Position expected) =>
        PositionCodec.Write(stored).AsSpan().SequenceEqual(PositionCodec.Write(expected)) ? null : Named(PositionFields, stored, expected);

    /// <summary>Null when they are the same.</summary>
    public static string? Of(in Excursion stored, in Excursion expected) => Named(ExcursionFields, stored, expected);

    private static string? Named(FieldInfo[] fields, object stored, object expected)
    {
        var different = fields.Where(f => !Equals(f.GetValue(stored), f.GetValue(expected))).ToList();
        return different.Count == 0
            ? null
            : string.Join(", ", different.Select(f => $"{f.Name} {Shown(f.GetValue(stored))} instead of {Shown(f.GetValue(expected))}"));
    }

    private static string Shown(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static FieldInfo[] Fields<T>() => typeof(T).GetFields(BindingFlags.Public | BindingFlags.Instance);
}
