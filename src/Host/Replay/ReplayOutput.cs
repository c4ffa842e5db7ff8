namespace StreamRecorder.Host.Replay;

/// <summary>Prints the positions of a finished replay.</summary>
internal static class ReplayOutput
{
    public static void Write(Stream output, ReplayFormat format, ReplayRun replay)
    {
        switch (format)
        {
            case ReplayFormat.Json:
                ReplayJson.Write(output, replay.Positions);
                break;
            case ReplayFormat.Csv:
                ReplayCsv.Write(output, replay.Positions);
                break;
            default:
                ReplayTable.Write(output, replay.Positions, replay.Instruments);
                break;
        }
    }
}
