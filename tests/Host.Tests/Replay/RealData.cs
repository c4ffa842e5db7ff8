namespace StreamRecorder.Host.Tests.Replay;

/// <summary>Files of <c>shared/data</c>, a directory beside the project or above it. Without it a test is skipped.</summary>
internal static class RealData
{
    public static string Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", name);
            if (File.Exists(path)) return path;
        }
        Assert.Skip($"shared/data/{name} is in no directory above the tests");
        return "";
    }
}
