using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host.OpenApi;

/// <summary>Turns the <see cref="RouteDoc"/> of each endpoint into its operation of /openapi/v1.json.</summary>
public static class Description
{
    private const string Problem = "application/problem+json";

    private static readonly FieldDoc[] ProblemFields =
    [
        FieldDoc.String("type", "urn:streamrecorder:problem:… with the reason"),
        FieldDoc.String("title", "What kind of refusal it is"),
        FieldDoc.Whole("status", "The status code"),
        FieldDoc.String("detail", "What exactly was wrong"),
        FieldDoc.String("reason", "A short word for programs"),
        FieldDoc.String("field", "The field to blame, if there is one"),
    ];

    /// <summary>The generator lists endpoints that carry a method; what the method says of itself is replaced by the description.</summary>
    private static readonly MethodInfo Listed = ((RequestDelegate)AnyHandler).Method;

    public static TBuilder Describe<TBuilder>(this TBuilder endpoint, RouteDoc doc) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(doc, Listed);

    public static void AddDescription(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info =
                new OpenApiInfo { Title = "StreamRecorder", Version = "v1", Description = "Positions recorded from trading signals and ticks." };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
            {
                ["key"] = new OpenApiSecurityScheme
                { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key: Authorization: Bearer KEY" },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<RouteDoc>().LastOrDefault() is { } doc)
                Fill(operation, doc, metadata.OfType<NeedsScope>().LastOrDefault(), context.Document);
            return Task.CompletedTask;
        });
    });

    private static void Fill(OpenApiOperation operation, RouteDoc doc, NeedsScope? scope, OpenApiDocument? document)
    {
        operation.Summary = doc.Summary;
        operation.Tags = new HashSet<OpenApiTagReference> { new(doc.Tag, document) };
        operation.Parameters =
            [.. doc.Path.Select(p => Parameter(p, ParameterLocation.Path)), .. doc.Query.Select(p => Parameter(p, ParameterLocation.Query))];
        if (doc.BodyTypes is { } types)
            operation.RequestBody =
                new OpenApiRequestBody { Content = types.Split(';').ToDictionary(t => t, _ => new OpenApiMediaType(), StringComparer.Ordinal) };
        else if (doc.Body is { } body)
            operation.RequestBody = new OpenApiRequestBody { Content = Content("application/json", body) };
        operation.Responses = new OpenApiResponses
        {
            [Text(doc.Status)] =
                new OpenApiResponse { Description = "Done", Content = doc.Answer.Count > 0 ? Content("application/json", doc.Answer) : null },
        };
        foreach (var status in RefusalsOf(doc, scope))
            operation.Responses[Text(status)] = new OpenApiResponse { Description = Meaning(status), Content = Content(Problem, ProblemFields) };
        if (scope is not null)
            operation.Security =
                [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [Engine.Words.Of(scope.Scope)] }];
    }

    /// <summary>Those of the route, and those that every route of its sort has.</summary>
    private static IEnumerable<int> RefusalsOf(RouteDoc doc, NeedsScope? scope)
    {
        int[] ofKeys = scope is null ? [] : [401, 403];
        int[] ofBodies = doc.Body is null ? [] : [413];
        return doc.Refusals.Concat(ofKeys).Concat(ofBodies).Append(503).Distinct().Order();
    }

    private static string Meaning(int status) => status switch
    {
        400 => "Not understood; detail says why",
        401 => "No valid key",
        403 => "Not with this key, or not from this address",
        404 => "There is no such thing",
        409 => "Contradicts what is there",
        413 => "The body is too large",
        415 => "Not a media type or encoding that is taken",
        422 => "Understood, but impossible",
        426 => "Only as a WebSocket",
        429 => "Too many; see Retry-After",
        503 => "Not stored, or not known to be; send it again after Retry-After",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "a refusal without a meaning"),
    };

    private static OpenApiParameter Parameter(FieldDoc field, ParameterLocation place) =>
        new() { Name = field.Name, In = place, Required = place == ParameterLocation.Path, Description = field.Text, Schema = Schema(field) };

    private static Dictionary<string, OpenApiMediaType> Content(string type, IReadOnlyList<FieldDoc> fields) =>
        new(StringComparer.Ordinal) { [type] = new OpenApiMediaType { Schema = Object(fields) } };

    private static OpenApiSchema Object(IReadOnlyList<FieldDoc> fields) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = PropertiesOf(fields),
    };

    private static Dictionary<string, IOpenApiSchema> PropertiesOf(IReadOnlyList<FieldDoc> fields) =>
        fields.ToDictionary(f => f.Name, f => (IOpenApiSchema)Schema(f), StringComparer.Ordinal);

    private static OpenApiSchema Schema(FieldDoc field) => new()
    {
        Type = field.Type,
        Format = field.Format,
        Description = field.Text,
        Properties = field.Type == JsonSchemaType.Object ? PropertiesOf(field.Fields ?? []) : null,
        Items = field.Type != JsonSchemaType.Array ? null : field.Fields is { Count: > 0 } fields
            ? Object(fields)
            : new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static Task AnyHandler(HttpContext context) => Task.CompletedTask;

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
