using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StreamRecorder.Load.Reporting;

/// <summary>All results of a run and what they were made with; the JSON and the Markdown of it.</summary>
public sealed record Report(string Machine, string Runtime, string Commit, string Size, DateTime At, IReadOnlyList<Result> Results)
{
    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static readonly IReadOnlyList<string> Columns =
        ["contender", "rate", "least … greatest", "ratio", "p50", "p90", "p99", "p99.9", "p99.99", "max"];

    public async Task WriteAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "load.json"), JsonSerializer.Serialize(this, Form) + "\n").ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(directory, "load.md"), Markdown()).ConfigureAwait(false);
    }

    /// <summary>The cells of a row under <see cref="Columns"/>; durations in µs or ms.</summary>
    public static IReadOnlyList<string> Cells(Row row) =>
    [
        row.Contender, Number(row.Rate), $"{Number(row.RateMin)} … {Number(row.RateMax)}", row.Ratio.ToString("0.000", CultureInfo.InvariantCulture),
        Time(row.Latency?.P50), Time(row.Latency?.P90), Time(row.Latency?.P99), Time(row.Latency?.P999), Time(row.Latency?.P9999),
        Time(row.Latency?.Max),
    ];

    /// <summary>What else was seen of a row: "refused 0, server µs/request 31.2"; empty when nothing.</summary>
    public static string Notes(Row row) => string.Join(", ", row.Notes.Select(n => $"{n.Key} {Number(n.Value)}"));

    public string Markdown()
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture, $"Machine: {Machine}. Runtime: {Runtime}. Commit: {Commit}. Size: {Size}. {At:yyyy-MM-dd HH:mm} UTC.\n");
        foreach (var result in Results)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {result.Scenario}\n\nBeside {result.Rival}; rates in {result.Unit}.\n\n");
            text.Append('|').AppendJoin('|', Columns).Append("|\n|").Insert(text.Length, "---|", Columns.Count).Append('\n');
            foreach (var row in result.Rows) text.Append('|').AppendJoin('|', Cells(row)).Append("|\n");
            text.Append('\n');
            foreach (var row in result.Rows.Where(r => r.Notes.Count > 0))
                text.Append(CultureInfo.InvariantCulture, $"- {row.Contender}: {Notes(row)}\n");
            foreach (var finding in result.Findings)
                text.Append(
                    CultureInfo.InvariantCulture, $"- {(finding.Holds ? "holds" : "**does not hold**")}: {finding.Asked}; found {finding.Found}\n");
        }
        return text.ToString();
    }

    private static string Time(double? microseconds) => microseconds switch
    {
        null => "",
        >= 1000 => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000:0.00} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{microseconds:0.0} µs"),
    };

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "#,##0" : "0.##", CultureInfo.InvariantCulture).Replace(',', ' ');
}
