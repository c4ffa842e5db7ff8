namespace StreamRecorder.Sink;

/// <summary>The database cannot be read or written for the moment (locked, disk failing, too many readers): trying again may work. A 503.</summary>
public sealed class DatabaseUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The file is not what was written: damaged, of another program, or replaced under the service. Nothing may be written to it.</summary>
public sealed class DatabaseDamagedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The file was written by a newer version of the program.</summary>
public sealed class DatabaseVersionException(string message) : Exception(message);
