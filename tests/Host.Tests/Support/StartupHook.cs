using System.Runtime.CompilerServices;

/// <summary>
/// Runs within the real program before it begins, when a test names this assembly in <c>DOTNET_STARTUP_HOOKS</c>: to plant what the program itself
/// has not. The runtime looks for this name, without a namespace.
/// </summary>
#pragma warning disable CA1050
internal static class StartupHook
#pragma warning restore CA1050
{
    private const string Planted = "STREAMRECORDER_PLANTED";

    /// <summary>Bytes of survivors: with them each full collection has something to do.</summary>
    private const int Survivors = 20_000;

    /// <summary>Pieces between two full collections that stop everything.</summary>
    private const int PiecesPerCollection = 20_000;

    /// <summary>What a child process needs to have <paramref name="what"/> planted: <c>unobserved</c> or <c>garbage</c>.</summary>
    public static Dictionary<string, string> Plant(string what) => new()
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
        [Planted] = what,
    };

    public static void Initialize()
    {
        switch (Environment.GetEnvironmentVariable(Planted))
        {
            case "unobserved":
                Fail();
                break;
            case "garbage":
                new Thread(MakeGarbage) { IsBackground = true, Name = "garbage" }.Start();
                break;
        }
    }

    /// <summary>Its task is nobody's when this returns.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fail()
    {
        var failed = Task.FromException(new InvalidOperationException("planted"));
        GC.KeepAlive(failed);
    }

    /// <summary>As fast as it can: small pieces, some of which live long enough to be moved, and full collections that stop all threads.</summary>
    private static void MakeGarbage()
    {
        var kept = new byte[Survivors][];
        for (var i = 0; ; i++)
        {
            kept[i % Survivors] = new byte[1000 + i % 7 * 100];
            if (i % PiecesPerCollection == 0) GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        }
    }
}
