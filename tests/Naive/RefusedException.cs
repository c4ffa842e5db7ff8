namespace StreamRecorder.Naive;

/// <summary>A line that cannot be taken: it is counted, said on stderr, and changes nothing. One loop catches it.</summary>
public sealed class RefusedException : Exception
{
    public RefusedException(string message)
        : base(message)
    {
    }

    public RefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public RefusedException()
    {
    }
}
