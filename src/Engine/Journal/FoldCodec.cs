using StreamRecorder.Engine.Feeds;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Engine.Journal;

/// <summary>The fields of inputs that carry ticks; part of <see cref="InputCodec"/>.</summary>
internal sealed class FoldCodec(SymbolTable symbols)
{
    public static void Write(RecordWriter writer, FeedFold fold)
    {
        writer.Int32(fold.Folds.Count);
        foreach (var ticks in fold.Folds) Write(writer, ticks);
        writer.Int32(fold.Marks.Count);
        foreach (var mark in fold.Marks)
        {
            writer.Text(mark.Name);
            writer.Int64(mark.Sequence);
        }
    }

    public FeedFold ReadFeedFold(ref RecordReader reader)
    {
        var folds = new TickFold[reader.Int32()];
        for (var i = 0; i < folds.Length; i++) folds[i] = Read(ref reader);
        var marks = new FeedMark[reader.Int32()];
        for (var i = 0; i < marks.Length; i++) marks[i] = new FeedMark(reader.Text(), reader.Int64());
        return new FeedFold(folds, marks);
    }

    public static void Write(RecordWriter writer, TickFold fold)
    {
        writer.Symbol(fold.Symbol);
        writer.Int64(fold.Ticks.Count);
        writer.Int64(fold.Ticks.First);
        writer.Int64(fold.Ticks.FirstAt);
        writer.Int64(fold.Ticks.Last);
        writer.Int64(fold.Ticks.LastAt);
        writer.Int64(fold.Ticks.Min);
        writer.Int64(fold.Ticks.MinAt);
        writer.Int64(fold.Ticks.Max);
        writer.Int64(fold.Ticks.MaxAt);
        writer.Int64(fold.Ticks.Drop);
        writer.Int64(fold.Ticks.Rise);
        writer.Int64(fold.Ticks.NewestAt);
    }

    public TickFold Read(ref RecordReader reader) => new(reader.Symbol(symbols), new Excursion
    {
        Count = reader.Int64(),
        First = reader.Int64(),
        FirstAt = reader.Int64(),
        Last = reader.Int64(),
        LastAt = reader.Int64(),
        Min = reader.Int64(),
        MinAt = reader.Int64(),
        Max = reader.Int64(),
        MaxAt = reader.Int64(),
        Drop = reader.Int64(),
        Rise = reader.Int64(),
        NewestAt = reader.Int64(),
    });
}
