using System.Text.Json;

namespace StreamRecorder.Host.Start;

/// <summary>
/// DIR/service.json: there while a service runs, so that command-line verbs find it.
/// After a kill it stays behind; readers therefore ask whether the service answers.
/// </summary>
public sealed record ServiceFile(int Pid, IReadOnlyList<string> Urls, IReadOnlyList<string> ManagementUrls)
{
    private static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public void Write(string root) => DataDirectory.WriteSecret(DataDirectory.ServiceFileIn(root), JsonSerializer.Serialize(this, Form) + "\n");

    /// <summary>Null when there is none, or none that can be read.</summary>
    public static ServiceFile? Read(string root)
    {
        try
        {
            return JsonSerializer.Deserialize<ServiceFile>(File.ReadAllText(DataDirectory.ServiceFileIn(root)), Form);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public static void Remove(string root) => File.Delete(DataDirectory.ServiceFileIn(root));
}
