namespace StreamRecorder.Grafana.Tests.Live;

/// <summary>What Prometheus said to one expression: an error, or whether there was a finite value now and over the last seconds.</summary>
internal sealed record ExpressionFinding(LiveExpression Expression, string? Error, bool HasData)
{
    public override string ToString() => $"{Expression.Where}: {Error ?? (HasData ? "it has data" : "it has no data")}: {Expression.Text}";
}

/// <summary>Asks a Prometheus expressions as panels and rules ask them.</summary>
internal static class ExpressionCheck
{
    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<ExpressionFinding>> AskAsync(
        PrometheusServer server, IEnumerable<LiveExpression> expressions, CancellationToken cancellation)
    {
        var findings = new List<ExpressionFinding>();
        foreach (var expression in expressions) findings.Add(await AskAsync(server, expression, cancellation));
        return findings;
    }

    public static async Task<ExpressionFinding> AskAsync(PrometheusServer server, LiveExpression expression, CancellationToken cancellation)
    {
        var now = await server.QueryAsync(expression.Text, cancellation);
        var range = await server.QueryRangeAsync(expression.Text, Shown, cancellation);
        return new ExpressionFinding(expression, now.Error ?? range.Error, now.HasFinite && range.HasFinite);
    }

    /// <summary>
    /// Asks until nothing is wrong, each time after some more scrapes: a busy machine may
    /// miss some, what is wrong in itself stays wrong. Returns the last findings on all.
    /// </summary>
    public static async Task<IReadOnlyList<ExpressionFinding>> SettleAsync(
        PrometheusServer server, IReadOnlyList<LiveExpression> expressions, Predicate<ExpressionFinding> isWrong, Func<Task> waitAsync,
        CancellationToken cancellation)
    {
        const int RetriesMax = 5;
        var findings = (await AskAsync(server, expressions, cancellation)).ToDictionary(finding => finding.Expression);
        for (int again = 0; again < RetriesMax && findings.Values.Any(finding => isWrong(finding)); again++)
        {
            await waitAsync();
            foreach (var wrong in findings.Values.Where(finding => isWrong(finding)).ToList())
                findings[wrong.Expression] = await AskAsync(server, wrong.Expression, cancellation);
        }
        return [.. findings.Values];
    }
}
