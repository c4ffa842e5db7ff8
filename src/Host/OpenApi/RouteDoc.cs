using Microsoft.OpenApi;

namespace StreamRecorder.Host.OpenApi;

/// <summary>One field of a body, an answer or a query string. <paramref name="Fields"/>: of an object, or of those in an array.</summary>
public sealed record FieldDoc(string Name, JsonSchemaType Type, string Text, string? Format = null, IReadOnlyList<FieldDoc>? Fields = null)
{
    public static FieldDoc String(string name, string text) => new(name, JsonSchemaType.String, text);

    public static FieldDoc Time(string name, string text) => new(name, JsonSchemaType.String, text, "date-time");

    public static FieldDoc Decimal(string name, string text) => new(name, JsonSchemaType.Number, text, "decimal");

    public static FieldDoc Whole(string name, string text) => new(name, JsonSchemaType.Integer, text, "int64");

    public static FieldDoc Flag(string name, string text) => new(name, JsonSchemaType.Boolean, text);

    public static FieldDoc Object(string name, string text, params IReadOnlyList<FieldDoc> fields) =>
        new(name, JsonSchemaType.Object, text, null, fields);

    public static FieldDoc List(string name, string text, params IReadOnlyList<FieldDoc> fields) =>
        new(name, JsonSchemaType.Array, text, null, fields);
}

/// <summary>
/// What a route does, for /openapi/v1.json. Attached to the endpoint; the handlers read their input by hand, so nothing can be derived.
/// </summary>
public sealed record RouteDoc(string Tag, string Summary)
{
    public IReadOnlyList<FieldDoc> Path { get; init; } = [];
    public IReadOnlyList<FieldDoc> Query { get; init; } = [];
    public IReadOnlyList<FieldDoc>? Body { get; init; }

    /// <summary>Set instead of <see cref="Body"/> when the body is not one JSON object.</summary>
    public string? BodyTypes { get; init; }
    public int Status { get; init; } = StatusCodes.Status200OK;
    public IReadOnlyList<FieldDoc> Answer { get; init; } = [];

    /// <summary>Statuses of refusals that are particular to the route.</summary>
    public IReadOnlyList<int> Refusals { get; init; } = [];
}
