using StreamRecorder.Engine.Journal;
using static System.FormattableString;

namespace StreamRecorder.Host.Verify;

/// <summary>Where a record stands in the journal. Its file is looked up only when it is shown.</summary>
internal readonly record struct Place(JournalInspection Journal, long Address, long Sequence)
{
    public override string ToString() => Invariant($"{Journal.FileOf(Address)}, address {Address}, sequence {Sequence}");
}
