namespace StreamRecorder.Host.Start;

/// <summary>The service cannot start, for a reason that its one sentence gives. No stack trace helps the reader.</summary>
public class StartException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Another service or verb has the data directory.</summary>
public sealed class DirectoryLockedException(string message, Exception inner) : StartException(message, inner);
