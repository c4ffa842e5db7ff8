using System.Globalization;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.OpenApi;

namespace StreamRecorder.Host.Web;

/// <summary>What the maps of routes share.</summary>
public static class Routes
{
    public static IEndpointConventionBuilder Get(
        this IEndpointRouteBuilder routes, string pattern, KeyScope scope, RouteDoc doc, Func<HttpContext, Task<IResult>> handler) =>
        routes.Add(HttpMethods.Get, pattern, scope, doc, handler);

    public static IEndpointConventionBuilder Post(
        this IEndpointRouteBuilder routes, string pattern, KeyScope scope, RouteDoc doc, Func<HttpContext, Task<IResult>> handler) =>
        routes.Add(HttpMethods.Post, pattern, scope, doc, handler);

    public static IEndpointConventionBuilder Put(
        this IEndpointRouteBuilder routes, string pattern, KeyScope scope, RouteDoc doc, Func<HttpContext, Task<IResult>> handler) =>
        routes.Add(HttpMethods.Put, pattern, scope, doc, handler);

    public static IEndpointConventionBuilder Patch(
        this IEndpointRouteBuilder routes, string pattern, KeyScope scope, RouteDoc doc, Func<HttpContext, Task<IResult>> handler) =>
        routes.Add(HttpMethods.Patch, pattern, scope, doc, handler);

    public static IEndpointConventionBuilder Delete(
        this IEndpointRouteBuilder routes, string pattern, KeyScope scope, RouteDoc doc, Func<HttpContext, Task<IResult>> handler) =>
        routes.Add(HttpMethods.Delete, pattern, scope, doc, handler);

    /// <summary>A whole number in the path; null when it is none, which is a thing that is not there.</summary>
    public static long? Id(this HttpContext context, string name = "id") =>
        long.TryParse(context.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    public static string Text(this HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    public static IResult Problem(Refusal refusal) => new ProblemAnswer(refusal);

    public static IResult Missing(string what) => Problem(Rejection.NotFound.Because($"There is no {what} with this id."));

    /// <summary>A route with the scope that its key needs and its description.</summary>
    private static IEndpointConventionBuilder Add(
        this IEndpointRouteBuilder routes, string method, string pattern, KeyScope scope, RouteDoc doc, Func<HttpContext, Task<IResult>> handler) =>
        routes.MapMethods(pattern, [method], async context =>
        {
            var result = await handler(context).ConfigureAwait(false);
            await result.ExecuteAsync(context).ConfigureAwait(false);
        }).WithMetadata(new NeedsScope(scope)).Describe(doc);
}
