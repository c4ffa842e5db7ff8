using System.Net.Http.Headers;
using Microsoft.Extensions.Logging.Abstractions;
using StreamRecorder.Host.Start;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Lifecycle;

/// <summary>Somebody sets the system's clock while the service runs.</summary>
public sealed class ClockTests
{
    [Fact]
    public void SteadyTime_ClockSetBackAndForward_NeverGoesBack()
    {
        var clock = new SetClock();
        var steady = new SteadyTime(clock);
        var first = steady.GetUtcNow();
        clock.By = TimeSpan.FromDays(-1);
        Assert.InRange(steady.GetUtcNow() - first, TimeSpan.Zero, TimeSpan.FromHours(1));
        clock.By = TimeSpan.FromDays(1);
        var ahead = steady.GetUtcNow();
        Assert.InRange(ahead - first, TimeSpan.FromHours(23), TimeSpan.FromHours(25));
        clock.By = TimeSpan.Zero;
        Assert.Equal(ahead, steady.GetUtcNow());
    }

    [Fact]
    public async Task Service_ClockSetADay_TakesSignalsAndTicksAsBefore()
    {
        var directory = Directory.CreateTempSubdirectory("host-test-").FullName;
        var clock = new SetClock();
        await using (var service = await Service.StartAsync(TestService.OptionsFor(directory), clock, NullLoggerFactory.Instance))
        {
            using var client = new HttpClient { BaseAddress = new Uri(service.Urls[0]) };
            var key = await File.ReadAllTextAsync(DataDirectory.AdminKeyIn(directory), TestContext.Current.CancellationToken);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
            var hook = (await PostAsync(client, "/api/recorders", """{"name":"a"}""")).Json.GetProperty("webhook_path").GetString()!;
            foreach (var days in new[] { 0, -1, 1, 0 })
            {
                clock.By = TimeSpan.FromDays(days);
                Assert.Equal(200, (await PostAsync(client, hook, """{"action":"buy","symbol":"MNQ1!","price":25600,"quantity":1}""")).Status);
                var ticks = (await PostAsync(client, "/ticks", """{"symbol":"MNQ1!","price":25590}""")).Json;
                Assert.Equal((1, 0), (ticks.GetProperty("accepted").GetInt32(), ticks.GetProperty("late").GetInt32()));
            }
            Assert.False(service.Faulted.IsCompleted);
        }
        Directory.Delete(directory, recursive: true);
    }

    private static async Task<Answer> PostAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return new Answer(answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer);
    }

    /// <summary>The system's, set forward or back; durations are not touched by it.</summary>
    private sealed class SetClock : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + By;
    }
}
