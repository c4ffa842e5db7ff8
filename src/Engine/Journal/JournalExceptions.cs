namespace StreamRecorder.Engine.Journal;

/// <summary>
/// What the disk holds cannot be the journal that was written: the start is refused and nothing was changed. The message names file, address
/// and sequence.
/// </summary>
public sealed class JournalDamagedException : Exception
{
    public JournalDamagedException() : this("the journal is damaged") { }

    public JournalDamagedException(string message) : base(message) { }

    public JournalDamagedException(string message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>
/// A write or a commit failed or hung: nothing after the committed sequence is safe, and the process must stop. The cause is the inner
/// exception where it is known.
/// </summary>
public sealed class JournalFailedException : Exception
{
    public JournalFailedException() : this("the journal failed") { }

    public JournalFailedException(string message) : base(message) { }

    public JournalFailedException(string message, Exception? innerException) : base(message, innerException) { }
}
