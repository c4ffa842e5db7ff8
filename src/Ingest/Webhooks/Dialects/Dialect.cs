namespace StreamRecorder.Ingest.Webhooks.Dialects;

/// <summary>
/// One sender's names for the canonical fields. To add a sender: copy the file of a similar one, write
/// its names, add it to <see cref="FieldTable"/>. Names are case-insensitive; a nested field is written
/// with dots (<c>order.amount</c>). A name means the same in every dialect: no dialect has to be chosen.
/// </summary>
/// <param name="Name">How its makers call it.</param>
/// <param name="Fields">Its names; other fields of its messages are left alone.</param>
/// <param name="ZeroMark">If a message has this field, 0 as price or quantity means "not used" in it.</param>
public sealed record Dialect(string Name, IReadOnlyList<(string Name, Field Field)> Fields, string? ZeroMark = null);
