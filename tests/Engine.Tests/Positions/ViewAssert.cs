using System.Reflection;
using StreamRecorder.Engine.Positions;
using Xunit;

namespace StreamRecorder.Engine.Tests.Positions;

/// <summary>Equality of all figures, naming those that differ.</summary>
internal static class ViewAssert
{
    private static readonly PropertyInfo[] Figures = typeof(PositionView).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    public static void Equal(PositionView expected, PositionView actual)
    {
        if (expected == actual) return;
        var differences = Figures.Where(f => !Equals(f.GetValue(expected), f.GetValue(actual)))
            .Select(f => $"{f.Name}: expected {f.GetValue(expected) ?? "null"}, is {f.GetValue(actual) ?? "null"}");
        Assert.Fail($"position {expected.Id}: {string.Join("; ", differences)}");
    }

    public static void Equal(IReadOnlyList<PositionView> expected, IReadOnlyList<PositionView> actual)
    {
        Assert.Equal(expected.Select(v => v.Id), actual.Select(v => v.Id));
        for (var i = 0; i < expected.Count; i++) Equal(expected[i], actual[i]);
    }
}
