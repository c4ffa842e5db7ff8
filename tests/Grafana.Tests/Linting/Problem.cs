namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>What a rule found, where.</summary>
internal sealed record Problem(string Rule, string Dashboard, string Panel, string Message)
{
    public override string ToString() => $"{Dashboard}: {(Panel.Length > 0 ? Panel + ": " : "")}{Message} [{Rule}]";
}
