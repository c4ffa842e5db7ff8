namespace StreamRecorder.Simulation;

/// <summary>Where a truncation stands that has moved the journal's begin: each is a moment for a crash.</summary>
internal enum TruncationStage
{
    None,

    /// <summary>No slot on the medium knows of it.</summary>
    Begun,

    /// <summary>One slot does, the other names the begin before.</summary>
    OneSlot,

    /// <summary>Both do; files below are still there.</summary>
    FilesLeft,

    /// <summary>The files are gone.</summary>
    Done,
}
