using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace StreamRecorder.Tests.Shared;

/// <summary>
/// A real file system of a few MB, so that "disk full" is what the kernel says and
/// nothing else. The test skips, saying so, where none may be mounted (it needs root).
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private SmallDisk(string root) => Root = root;

    public string Root { get; }

    private string Filler => Path.Combine(Root, "filler");

    public static SmallDisk Mount(int megabytes)
    {
        var root = Directory.CreateTempSubdirectory("small-disk-").FullName;
        if (OperatingSystem.IsLinux()
            && Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "none", root))
            return new SmallDisk(root);
        Directory.Delete(root);
        Assert.Skip("No small disk can be mounted here: mount -t tmpfs needs root.");
        throw new UnreachableException();
    }

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = ChunkBytes; size > 0;)
        {
            try
            {
                file.Write(new byte[size]);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        // Lazily: a child of the test that hangs must not keep the mount for ever.
        Run("umount", "--lazy", Root);
        Directory.Delete(Root);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
