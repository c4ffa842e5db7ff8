namespace StreamRecorder.Ingest.Files;

/// <summary>A recorded file has a row that cannot be used. Names file and line (of a JSON list: the element).</summary>
public sealed class InputFileException(string file, long line, string reason) : Exception($"{file}, line {line}: {reason}");
