using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Sink;

/// <summary>A price (E9) at a moment.</summary>
public readonly record struct PricePoint(long At, long Price)
{
    public Amount Amount => Amount.FromFixed9(Price);
}

/// <summary>
/// Down-samples a known number of points while they pass: each stretch gives its least and greatest in the order of time, so that no spike vanishes
/// from a chart. First and last point always stay. Pure.
/// </summary>
internal sealed class PricePath(long count, int pointsMax)
{
    private readonly List<PricePoint> _points = [];
    private readonly long _stretches = (pointsMax - 2) / 2;
    private long _index;
    private long _stretch = -1;
    private PricePoint _min;
    private PricePoint _max;

    public void Add(long at, long price)
    {
        var point = new PricePoint(at, price);
        var index = _index++;
        // A snapshot added between counting and reading goes with the last point.
        if (count <= pointsMax || index == 0 || index >= count - 1)
        {
            EndStretch();
            if (index < count || _points.Count == 0) _points.Add(point);
            else _points[^1] = point;
            return;
        }
        var stretch = index * _stretches / count;
        if (stretch != _stretch)
        {
            EndStretch();
            (_stretch, _min, _max) = (stretch, point, point);
            return;
        }
        if (price < _min.Price) _min = point;
        if (price > _max.Price) _max = point;
    }

    public List<PricePoint> Points()
    {
        EndStretch();
        return _points;
    }

    private void EndStretch()
    {
        if (_stretch < 0) return;
        var (first, second) = _min.At <= _max.At ? (_min, _max) : (_max, _min);
        _points.Add(first);
        if (second != first) _points.Add(second);
        _stretch = -1;
    }
}
