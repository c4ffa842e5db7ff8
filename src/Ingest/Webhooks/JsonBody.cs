using System.Buffers;
using System.Text.Json;
using StreamRecorder.Engine;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// Reads a JSON body into a draft: one object, or a list of exactly one. Known fields are taken wherever the table has them (<c>order.amount</c>);
/// all others are only checked for keys given twice. The body is valid UTF-8 already.
/// </summary>
internal ref struct JsonBody
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = IngestLimits.JsonDepthMax };

    /// <summary>Between <c>{{</c> and <c>}}</c> may be a sender's secret: with these it is no placeholder.</summary>
    private static readonly SearchValues<byte> NoPlaceholder = SearchValues.Create("{}:=,;'\r\n"u8);

    private readonly FieldTable _table;
    private readonly SignalDraft _draft;
    private Utf8JsonReader _reader;
    private KeysSeen _keys;
    private byte[]? _unescaped;

    /// <summary>Dotted path of the object being read, and its length at each depth; −1 where nothing known can be (inside lists).</summary>
    private readonly Span<byte> _path;
    private readonly Span<int> _pathLengths;
    private readonly Span<int> _owners;
    private int _depth;
    private int _objects;

    private JsonBody(ReadOnlySpan<byte> body, FieldTable table, SignalDraft draft, Span<byte> path, Span<int> pathLengths, Span<int> owners)
    {
        _table = table;
        _draft = draft;
        _reader = new Utf8JsonReader(body, Options);
        _keys = new KeysSeen(body.Length);
        _path = path;
        _pathLengths = pathLengths;
        _owners = owners;
    }

    public static void Read(ReadOnlySpan<byte> body, FieldTable table, SignalDraft draft)
    {
        const int depths = IngestLimits.JsonDepthMax + 1;
        var reader =
            new JsonBody(body, table, draft, stackalloc byte[IngestLimits.FieldNameBytesMax], stackalloc int[depths], stackalloc int[depths]);
        try
        {
            reader.ReadRoot();
        }
        catch (JsonException fault)
        {
            draft.Overrule(Unreadable(body, fault));
        }
        catch (InvalidOperationException)
        {
            // The reader throws this for \u escapes that are no characters.
            draft.Overrule(Rejection.BodyUnreadable.Because("A \\u escape in the JSON stands for no character."));
        }
        finally
        {
            reader.Dispose();
        }
    }

    public readonly void Dispose()
    {
        _keys.Dispose();
        if (_unescaped is not null) ArrayPool<byte>.Shared.Return(_unescaped);
    }

    private static Refusal Unreadable(ReadOnlySpan<byte> body, JsonException fault)
    {
        // "quantity": {{strategy.order.contracts}} is the usual reason, and hard to see in a position.
        var start = body.IndexOf("{{"u8);
        var length = start < 0 ? -1 : body[start..].IndexOf("}}"u8);
        if (length > 0 && length < IngestLimits.ShownLengthMax && !body.Slice(start + 2, length - 2).ContainsAny(NoPlaceholder))
            return Rejection.PlaceholderUnresolved.Because($"The JSON still holds {SignalDraft.Shown(body.Slice(start, length + 2))}.");
        return Rejection.BodyUnreadable.Because($"The JSON breaks at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.");
    }

    private void ReadRoot()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.StartArray) ReadList();
        else if (_reader.TokenType == JsonTokenType.StartObject) ReadObject();
        else _draft.Refuse(Rejection.BodyUnreadable.Because("The JSON is no object."));

        // Whatever follows makes the reader throw; blanks do not.
        while (_reader.Read())
        {
        }
    }

    private void ReadList()
    {
        var count = 0;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            if (_reader.TokenType == JsonTokenType.StartObject && count == 1) ReadObject();
            else _reader.Skip();
        }
        if (count > 1) _draft.Overrule(Rejection.CommandsSeveral.Because($"The list has {count} elements; send them one by one."));
        else if (_objects == 0) _draft.Refuse(Rejection.BodyUnreadable.Because("The list holds no signal."));
    }

    /// <summary>Reads to the end of the object that just began, and what is nested in it.</summary>
    private void ReadObject()
    {
        var end = _reader.CurrentDepth;
        Enter(0);
        while (_reader.Read() && !(_reader.TokenType == JsonTokenType.EndObject && _reader.CurrentDepth == end))
        {
            switch (_reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    ReadProperty();
                    break;
                case JsonTokenType.StartObject:
                    Enter(-1);
                    break;
                case JsonTokenType.EndObject:
                    _depth--;
                    break;
            }
        }
        _depth--;
    }

    private void Enter(int pathLength)
    {
        _depth++;
        _pathLengths[_depth] = pathLength;
        _owners[_depth] = ++_objects;
    }

    private void ReadProperty()
    {
        var name = Text();
        var seen = _keys.Add(_owners[_depth], name);
        if (seen == KeysSeen.Result.Duplicate) _draft.Refuse(Rejection.DuplicateKey.Because($"\"{SignalDraft.Shown(name)}\" is given twice."));
        if (seen == KeysSeen.Result.TooMany) _draft.Refuse(Rejection.BodyUnreadable.Because($"The body has more than {IngestLimits.KeysMax} keys."));
        var pathLength = Extend(name);
        var known = pathLength < 0 ? null : _table.Find(_path[..pathLength]);
        _reader.Read();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                if (known is not null) _draft.TakeStructure(known);
                Enter(pathLength);
                break;
            case JsonTokenType.StartArray:
                if (known is not null) _draft.TakeStructure(known);
                break;
            default:
                if (pathLength >= 0 && (known is not null || _draft.Reads is not null) && _reader.TokenType != JsonTokenType.Null)
                    _draft.Take(known, _path[..pathLength], Text());
                break;
        }
    }

    /// <summary>Puts the name behind the present object's path; −1 when that can be no known field.</summary>
    private readonly int Extend(ReadOnlySpan<byte> name)
    {
        var length = _pathLengths[_depth];
        if (length < 0 || name.IsEmpty || length + 1 + name.Length > _path.Length) return -1;
        if (length > 0) _path[length++] = (byte)'.';
        name.CopyTo(_path[length..]);
        return length + name.Length;
    }

    /// <summary>The present name or scalar, without escapes. Valid until the next call.</summary>
    private ReadOnlySpan<byte> Text()
    {
        if (!_reader.ValueIsEscaped) return _reader.ValueSpan;
        _unescaped ??= ArrayPool<byte>.Shared.Rent(IngestLimits.BodyBytesMax);
        if (_unescaped.Length < _reader.ValueSpan.Length) throw new JsonException();
        return _unescaped.AsSpan(0, _reader.CopyString(_unescaped));
    }
}
