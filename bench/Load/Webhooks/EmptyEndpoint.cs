using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StreamRecorder.Load.Processes;

namespace StreamRecorder.Load.Webhooks;

/// <summary>
/// The rival of webhooks: Kestrel with one route that reads the body to its end and answers 200
/// with nothing in it. No logging, no middleware: the least that an endpoint on this server can do.
/// </summary>
public sealed record EmptyEndpoint : Role
{
    public override async Task PlayAsync(TextReader orders, TextWriter answers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var app = builder.Build();
        await using (app.ConfigureAwait(false))
        {
            app.Urls.Add("http://127.0.0.1:0");
            app.UseRouting();
            app.MapPost("/webhook/{token}", AnswerAsync);
            await app.StartAsync().ConfigureAwait(false);
            await answers.WriteLineAsync(app.Urls.First()).ConfigureAwait(false);
            await orders.ReadToEndAsync().ConfigureAwait(false);
        }
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        for (var isWhole = false; !isWhole;)
        {
            var read = await body.ReadAsync().ConfigureAwait(false);
            isWhole = read.IsCompleted;
            body.AdvanceTo(read.Buffer.End);
        }
        context.Response.ContentLength = 0;
    }
}
