using OpenTelemetry.Exporter.Prometheus;
using Xunit;

namespace StreamRecorder.Prometheus.Tests;

/// <summary>Spelling of instruments, units and tags.</summary>
public sealed class PrometheusNameTests
{
    [Theory]
    [InlineData("requests", "", "requests")]
    [InlineData("http.server.duration", "s", "http_server_duration_seconds")]
    [InlineData("ack_seconds", "s", "ack_seconds")]
    [InlineData("a..b--c", "", "a_b_c")]
    [InlineData("job:rate", "", "job:rate")]
    [InlineData("9lives", "", "_lives")]
    [InlineData("größe", "", "gr_e")]
    [InlineData("", "", "_")]
    [InlineData("memory", "By", "memory_bytes")]
    [InlineData("speed", "m/s", "speed_meters_per_second")]
    [InlineData("rate", "{request}/s", "rate_per_second")]
    [InlineData("inbox_depth", "{message}", "inbox_depth")]
    [InlineData("ratio", "1", "ratio")]
    [InlineData("share", "%", "share_percent")]
    [InlineData("odd", "foo.bar", "odd_foo_bar")]
    [InlineData("open", "{unclosed", "open_unclosed")]
    public void OfMetric_Gauge_HasSoundNameAndUnit(string name, string unit, string expected)
        => Assert.Equal(expected, PrometheusName.OfMetric(name, unit, isCounter: false, isTotalWanted: true));

    [Theory]
    [InlineData("ticks", "", "ticks_total")]
    [InlineData("ticks_total", "", "ticks_total")]
    [InlineData("journal_bytes_total", "By", "journal_bytes_total")]
    [InlineData("journal", "By", "journal_bytes_total")]
    [InlineData("dotnet.process.cpu.time", "s", "dotnet_process_cpu_time_seconds_total")]
    public void OfMetric_Counter_EndsInTotalOnce(string name, string unit, string expected)
        => Assert.Equal(expected, PrometheusName.OfMetric(name, unit, isCounter: true, isTotalWanted: true));

    [Fact]
    public void OfMetric_TotalNotWanted_LeavesCounterAsItIs() =>
        Assert.Equal("ticks", PrometheusName.OfMetric("ticks", "", isCounter: true, isTotalWanted: false));

    [Theory]
    [InlineData("symbol", "symbol")]
    [InlineData("http.route", "http_route")]
    [InlineData("a:b", "a_b")]
    [InlineData("1st", "_st")]
    public void OfLabel_AnyKey_IsSound(string key, string expected) => Assert.Equal(expected, PrometheusName.OfLabel(key));
}
