using StreamRecorder.Engine.Journal;
using StreamRecorder.Sink;

namespace StreamRecorder.Host.Verify;

/// <summary>What a backup holds.</summary>
public readonly record struct BackupReport(long Sequence, long Bytes);

/// <summary>
/// A consistent copy of the database in one file, with the service running or stopped. Appears under its name only when it is
/// whole, checked and on stable storage. The journal is not copied: put back beside it, the copy catches up at the next start.
/// </summary>
public sealed class Backup(string directory)
{
    public BackupReport Write(string file)
    {
        var target = Path.GetFullPath(file);
        if (File.Exists(target) || Directory.Exists(target)) throw new IOException($"{target} exists already; a backup never replaces a file.");
        var fresh = target + ".tmp";
        // Left behind by a backup that was interrupted.
        File.Delete(fresh);
        try
        {
            var state = DatabaseCopy.Write(Path.Combine(Path.GetFullPath(directory), "stream_recorder.db"), fresh);
            var bytes = new FileInfo(fresh).Length;
            File.Move(fresh, target, overwrite: false);
            DirectoryDisk.SyncDirectory(Path.GetDirectoryName(target)!);
            return new BackupReport(state.Sequence, bytes);
        }
        catch
        {
            File.Delete(fresh);
            throw;
        }
    }
}
