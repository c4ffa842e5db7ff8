using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Signals;

/// <summary>
/// The contract's section 2 as tables. Held is signed; a case reads "held, signal → exit quantity and reason, then entry (signed)". The default
/// quantity is 5, so that it shows where it is used.
/// </summary>
public sealed class SignalMeaningTests
{
    private const long AlertAt = 1000;
    private static readonly Symbol Symbol = Symbols();

    [Theory]
    // Same side and flat: every mode enters.
    [InlineData(OnOpposite.Auto, 0, "buy", 2, "+2")]
    [InlineData(OnOpposite.Auto, 0, "sell", null, "-5")]
    [InlineData(OnOpposite.Close, 3, "buy", 2, "+2")]
    [InlineData(OnOpposite.Reverse, -3, "sell", null, "-5")]
    [InlineData(OnOpposite.Net, -3, "sell", 1, "-1")]
    // Opposite, auto: with a quantity like net, without one like close.
    [InlineData(OnOpposite.Auto, 3, "sell", 2, "exit 2 opposite")]
    [InlineData(OnOpposite.Auto, 3, "sell", 3, "exit 3 opposite")]
    [InlineData(OnOpposite.Auto, 3, "sell", 4, "exit 3 opposite, -1")]
    [InlineData(OnOpposite.Auto, 3, "sell", null, "exit 3 opposite")]
    [InlineData(OnOpposite.Auto, -3, "buy", null, "exit 3 opposite")]
    [InlineData(OnOpposite.Auto, -3, "buy", 10, "exit 3 opposite, +7")]
    // Close: all of it, nothing else.
    [InlineData(OnOpposite.Close, 3, "sell", 1, "exit 3 opposite")]
    [InlineData(OnOpposite.Close, -3, "buy", 9, "exit 3 opposite")]
    // Reverse: close all, open the signal's quantity.
    [InlineData(OnOpposite.Reverse, 3, "sell", 1, "exit 3 opposite, -1")]
    [InlineData(OnOpposite.Reverse, -3, "buy", null, "exit 3 opposite, +5")]
    // Net: reduce; what is left over opens the other side.
    [InlineData(OnOpposite.Net, 3, "sell", null, "exit 3 opposite, -2")]
    [InlineData(OnOpposite.Net, -7, "buy", null, "exit 5 opposite")]
    [InlineData(OnOpposite.Net, 3, "sell", 3, "exit 3 opposite")]
    public void BuyAndSell_EveryMode_FollowIt(OnOpposite mode, int held, string action, int? quantity, string expected) =>
        Assert.Equal(expected, Decide(held, Of(action) with { Quantity = E9(quantity) }, mode));

    /// <summary>PickMyTrade's table, with what a netting account makes of an order before which nothing is closed.</summary>
    [Theory]
    // Closes first, adds nothing: both sides close and open anew.
    [InlineData(true, false, 3, "sell", 1, "exit 3 opposite, -1")]
    [InlineData(true, false, -3, "buy", null, "exit 3 opposite, +5")]
    [InlineData(true, false, 3, "buy", 1, "exit 3 signal, +1")]
    [InlineData(true, false, -3, "sell", null, "exit 3 signal, -5")]
    // Closes first, may add.
    [InlineData(true, true, 3, "sell", 1, "exit 3 opposite, -1")]
    [InlineData(true, true, 3, "buy", 1, "+1")]
    [InlineData(true, null, 3, "sell", 1, "exit 3 opposite, -1")]
    [InlineData(true, null, 3, "buy", 1, "+1")]
    // Nothing is closed first.
    [InlineData(false, true, 3, "sell", 1, "exit 1 opposite")]
    [InlineData(false, true, 3, "sell", 4, "exit 3 opposite, -1")]
    [InlineData(false, true, 3, "sell", null, "exit 3 opposite, -2")]
    [InlineData(false, true, 3, "buy", 1, "+1")]
    [InlineData(false, false, 3, "sell", 1, "exit 1 opposite")]
    [InlineData(false, false, 3, "buy", 1, "ignored held")]
    [InlineData(null, false, -3, "sell", 1, "ignored held")]
    // Flat: there is nothing to treat.
    [InlineData(true, false, 0, "sell", 1, "-1")]
    [InlineData(false, false, 0, "buy", null, "+5")]
    public void BuyAndSell_OfAnAlertThatSaysWhatToClose_FollowItInAnyMode(
        bool? closesOpposite, bool? mayAdd, int held, string action, int? quantity, string expected)
    {
        foreach (var mode in Enum.GetValues<OnOpposite>())
            Assert.Equal(
                expected, Decide(held, Of(action) with { Quantity = E9(quantity), ClosesOpposite = closesOpposite, MayAdd = mayAdd }, mode));
    }

    [Fact]
    public void TargetAndClosing_OfAnAlertThatSaysWhatToClose_MeanTheSame()
    {
        var said = Of("sell") with { Quantity = E9(1), ClosesOpposite = true, MayAdd = false };
        Assert.Equal("exit 1 target", Decide(3, said with { TargetPosition = E9(2) }));
        Assert.Equal("exit 1 opposite", Decide(3, said with { TargetSide = Side.Short }));
        Assert.Equal("exit 2 signal", Decide(3, said with { Action = SignalAction.Exit, Quantity = E9(2) }));
        Assert.Equal("exit 1 opposite", Decide(3, Of("sell") with { Quantity = E9(1), MayAdd = false }, OnOpposite.Net));
    }

    [Theory]
    [InlineData(0, "add", 1, "refused position_missing")]
    [InlineData(2, "add", 1, "+1")]
    [InlineData(-2, "add", null, "-5")]
    [InlineData(0, "reverse", 1, "refused position_missing")]
    [InlineData(2, "reverse", null, "exit 2 signal, -2")]
    [InlineData(-2, "reverse", 7, "exit 2 signal, +7")]
    [InlineData(2, "cancel", 1, "ignored cancel")]
    [InlineData(0, "none", 1, "refused action_missing")]
    public void AddReverseCancel_AnyMode_MeanTheSame(int held, string action, int? quantity, string expected)
    {
        foreach (var mode in Enum.GetValues<OnOpposite>())
            Assert.Equal(expected, Decide(held, Of(action) with { Quantity = E9(quantity) }, mode));
    }

    [Theory]
    [InlineData(0, "closeall", null, "ignored flat")]
    [InlineData(3, "closeall", 1, "exit 3 signal")]
    [InlineData(-3, "closeall", null, "exit 3 signal")]
    [InlineData(0, "exit", 1, "ignored flat")]
    [InlineData(3, "exit", 2, "exit 2 signal")]
    [InlineData(3, "exit", 9, "exit 3 signal")]
    [InlineData(-3, "exit", null, "exit 3 signal")]
    [InlineData(3, "closelong", 1, "exit 1 signal")]
    [InlineData(3, "closelong", null, "exit 3 signal")]
    [InlineData(-3, "closelong", 1, "ignored other_side")]
    [InlineData(0, "closelong", 1, "ignored flat")]
    [InlineData(-3, "closeshort", 2, "exit 2 signal")]
    [InlineData(-3, "closeshort", null, "exit 3 signal")]
    [InlineData(3, "closeshort", null, "ignored other_side")]
    public void Closing_AnyMode_TakesEverythingOrAtMostTheQuantity(int held, string action, int? quantity, string expected)
    {
        foreach (var mode in Enum.GetValues<OnOpposite>())
            Assert.Equal(expected, Decide(held, Of(action) with { Quantity = E9(quantity) }, mode));
    }

    [Theory]
    [InlineData(4, 50, "exit 2 signal")]
    [InlineData(-4, 30, "exit 1 signal")]
    [InlineData(3, 100, "exit 3 signal")]
    [InlineData(3, 250, "exit 3 signal")]
    [InlineData(3, 33, "refused quantity_too_small")]
    [InlineData(0, 50, "ignored flat")]
    public void ExitOfAShare_OfFutures_IsOfWholeContracts(int held, int percent, string expected) =>
        Assert.Equal(expected, Decide(held, Of("exit") with { ExitPercent = E9(percent) }));

    [Fact]
    public void ExitOfAShare_OfSpot_IsRoundedDownToTheLastDecimal()
    {
        var spot = new Symbol(1, "AAPL", "AAPL", SymbolKind.Spot, 0);
        Assert.Equal("exit 0.33 signal", Decide(1, Of("exit") with { Symbol = spot, ExitPercent = E9(33) }));
        Assert.Equal("exit 2.333333331 signal", Decide(7, Of("closelong") with { Symbol = spot, ExitPercent = 33_333_333_300 }));
        Assert.Equal("refused quantity_too_small", Decide(1, Of("exit") with { Symbol = spot, ExitPercent = 99 }));
    }

    [Theory]
    [InlineData("buy", 0, 2, 2, Flags.None)]
    [InlineData("sell", 1, 2, -1, Flags.None)]
    [InlineData("sell", 1, 1, -1, Flags.Inconsistent)]
    [InlineData("buy", 0, 1, 2, Flags.Inconsistent)]
    [InlineData("buy", 2, 1, 1, Flags.Inconsistent)]
    [InlineData("none", 0, 1, 2, Flags.None)]
    [InlineData("buy", null, 1, 2, Flags.None)]
    [InlineData("buy", 0, null, 2, Flags.None)]
    public void Target_ThatDoesNotAddUp_IsFlagged(string action, int? before, int? quantity, int target, Flags expected)
    {
        var signal = Of(action) with { PreviousPosition = E9(before), Quantity = E9(quantity), TargetPosition = E9(target) };
        var position = new Position { Quantity = E9(before) ?? 0 };
        Assert.Equal(expected, SignalMeaning.FlagsOf(signal, position));
        Assert.Equal(expected | Flags.BracketsUnread, SignalMeaning.FlagsOf(signal with { HasUnreadBrackets = true }, position));
    }

    /// <summary>An alert that was lost or is late shows in what the next one says was held before it.</summary>
    [Theory]
    [InlineData(2, "buy", 2, 1, 3, Flags.None)]
    [InlineData(1, "buy", 2, 1, 3, Flags.Inconsistent)]
    [InlineData(0, "sell", 2, 1, 1, Flags.Inconsistent)]
    [InlineData(-2, "sell", 2, 1, 1, Flags.Inconsistent)]
    [InlineData(1, "none", 2, null, 3, Flags.Inconsistent)]
    // Flat before is told by sync.
    [InlineData(1, "buy", 0, 1, 1, Flags.None)]
    [InlineData(1, "buy", null, 1, 3, Flags.None)]
    // Without a target nothing is made good.
    [InlineData(1, "buy", 2, 1, null, Flags.None)]
    public void Target_AfterAnotherPositionThanIsHeld_IsFlagged(int held, string action, int? before, int? quantity, int? target, Flags expected)
    {
        var signal = Of(action) with { PreviousPosition = E9(before), Quantity = E9(quantity), TargetPosition = E9(target) };
        Assert.Equal(expected, SignalMeaning.FlagsOf(signal, new Position { Quantity = E9(held) ?? 0 }));
    }

    [Theory]
    [InlineData(3, "sell", 1, "exit 3 signal")]
    [InlineData(-3, "buy", null, "exit 3 signal")]
    [InlineData(0, "sell", 1, "ignored flat")]
    [InlineData(3, "none", null, "exit 3 signal")]
    [InlineData(3, "closeshort", null, "exit 3 signal")]
    public void FlatSide_WhateverTheAction_ClosesEverything(int held, string action, int? quantity, string expected) =>
        Assert.Equal(expected, Decide(held, Of(action) with { TargetSide = Side.Flat, Quantity = E9(quantity) }));

    [Theory]
    [InlineData(0, "none", Side.Long, 2, "+2")]
    [InlineData(0, "none", Side.Short, null, "-5")]
    [InlineData(3, "none", Side.Long, 2, "+2")]
    [InlineData(3, "none", Side.Short, 2, "exit 2 opposite")]
    [InlineData(3, "none", Side.Short, 9, "exit 3 opposite")]
    [InlineData(-3, "none", Side.Long, null, "exit 3 opposite")]
    [InlineData(3, "sell", Side.Long, 1, "exit 1 opposite")]
    [InlineData(3, "sell", Side.Long, 9, "exit 3 opposite")]
    [InlineData(0, "buy", Side.Long, 1, "+1")]
    [InlineData(0, "sell", Side.Long, 1, "ignored flat")]
    [InlineData(-3, "sell", Side.Long, 1, "ignored other_side")]
    [InlineData(-3, "buy", Side.Short, 1, "exit 1 opposite")]
    [InlineData(2, "exit", Side.Long, 1, "exit 1 signal")]
    // An add is towards the side too: a position on the other one is reduced, and while flat it opens.
    [InlineData(2, "add", Side.Long, 1, "+1")]
    [InlineData(2, "add", Side.Short, 1, "exit 1 opposite")]
    [InlineData(-2, "add", Side.Long, 9, "exit 2 opposite")]
    [InlineData(0, "add", Side.Long, 1, "+1")]
    public void SideWithoutSize_AnyMode_NeverCrossesZero(int held, string action, Side side, int? quantity, string expected)
    {
        foreach (var mode in Enum.GetValues<OnOpposite>())
            Assert.Equal(expected, Decide(held, Of(action) with { TargetSide = side, Quantity = E9(quantity) }, mode));
    }

    [Theory]
    [InlineData(-2, Side.Long, 3, "exit 2 signal, +3")]
    [InlineData(2, Side.Short, null, "exit 2 signal, -2")]
    [InlineData(2, Side.Long, 3, "ignored at_target")]
    [InlineData(0, Side.Short, null, "-5")]
    public void ReverseToASide_AnyMode_EndsThere(int held, Side side, int? quantity, string expected)
    {
        foreach (var mode in Enum.GetValues<OnOpposite>())
            Assert.Equal(expected, Decide(held, Of("reverse") with { TargetSide = side, Quantity = E9(quantity) }, mode));
    }

    [Theory]
    [InlineData(0, 2, "+2")]
    [InlineData(0, -2, "-2")]
    [InlineData(0, 0, "ignored at_target")]
    [InlineData(2, 2, "ignored at_target")]
    [InlineData(2, 5, "+3")]
    [InlineData(-2, -5, "-3")]
    [InlineData(5, 2, "exit 3 target")]
    [InlineData(-5, -2, "exit 3 target")]
    [InlineData(5, 0, "exit 5 target")]
    [InlineData(5, -2, "exit 5 target, -2")]
    [InlineData(-5, 2, "exit 5 target, +2")]
    public void TargetWithSize_AnyModeActionAndQuantity_IsReachedByTheDifference(int held, int target, string expected)
    {
        foreach (var mode in Enum.GetValues<OnOpposite>())
            foreach (var action in (string[])["none", "buy", "sell", "add", "reverse", "closeall"])
                Assert.Equal(expected, Decide(held, Of(action) with { TargetPosition = target * Fixed9.One, Quantity = E9(77) }, mode));
    }

    [Theory]
    [InlineData(3, 2, "exit 3 sync, +2 sync")]
    [InlineData(3, 3, "exit 3 sync, +3 sync")]
    [InlineData(3, -1, "exit 3 sync, -1 sync")]
    [InlineData(-3, 0, "exit 3 sync")]
    [InlineData(0, 2, "+2")]
    [InlineData(0, 0, "ignored at_target")]
    public void Target_OfAnAlertThatSaysFlatBefore_ClosesOursFirst(int held, int target, string expected)
    {
        var signal = Of("buy") with { TargetPosition = target * Fixed9.One };
        Assert.Equal(expected, Decide(held, signal with { WasFlat = true }));
        Assert.Equal(expected, Decide(held, signal with { PreviousPosition = 0 }));
    }

    [Theory]
    [InlineData(-1, "buy", 2, "ignored stale")]
    [InlineData(0, "buy", 2, "+2")]
    [InlineData(1, "sell", 2, "+2")]
    [InlineData(null, "sell", 2, "+2")]
    public void Target_OlderThanAnAppliedAlert_IsStale(int? offset, string action, int target, string expected) =>
        Assert.Equal(expected, Decide(0, Of(action) with { TargetPosition = target * Fixed9.One, At = AlertAt + offset }));

    [Theory]
    // A sell never opens or increases a long, nor a buy a short.
    [InlineData(0, "sell", 2, "ignored same_time flagged")]
    [InlineData(2, "sell", 3, "ignored same_time flagged")]
    [InlineData(-2, "sell", 1, "ignored same_time flagged")]
    [InlineData(3, "sell", 2, "exit 1 target")]
    [InlineData(3, "sell", -1, "exit 3 target, -1")]
    [InlineData(0, "buy", -2, "ignored same_time flagged")]
    [InlineData(-2, "buy", -3, "ignored same_time flagged")]
    [InlineData(2, "buy", -1, "ignored same_time flagged")]
    [InlineData(-3, "buy", -2, "exit 1 target")]
    [InlineData(-3, "buy", 0, "exit 3 target")]
    [InlineData(0, "none", 2, "+2")]
    public void Target_AtTheTimeOfAnAppliedAlert_NeverGoesAgainstItsAction(int held, string action, int target, string expected) =>
        Assert.Equal(expected, Decide(held, Of(action) with { TargetPosition = target * Fixed9.One, At = AlertAt }));

    [Fact]
    public void OldAlert_WithoutATarget_IsAppliedAsEver() => Assert.Equal("+1", Decide(0, Of("buy") with { Quantity = E9(1), At = 1 }));

    private static long? E9(int? quantity) => quantity * Fixed9.One;

    private static Signal Of(string action) => new() { Symbol = Symbol, Action = Enum.Parse<SignalAction>(action, ignoreCase: true) };

    private static string Decide(int held, Signal signal, OnOpposite mode = OnOpposite.Auto)
    {
        var position = new Position { Quantity = held * Fixed9.One, Side = (Side)Math.Sign(held), Id = held == 0 ? 0 : 7, AlertAt = AlertAt };
        return Text(SignalMeaning.Decide(position, signal, mode, 5 * Fixed9.One));
    }

    private static string Text(Decision decision)
    {
        if (decision.Refusal is not null) return $"refused {decision.Refusal.Kind.Label}";
        if (decision.Ignored != IgnoreReason.None)
            return $"ignored {Words.Of(decision.Ignored)}{(decision.Flags.HasFlag(Flags.SameTime) ? " flagged" : "")}";
        var parts = new List<string>();
        if (decision.ExitQuantity > 0) parts.Add($"exit {Fixed9.Format(decision.ExitQuantity)} {Words.Of(decision.ExitReason)}");
        var flag = decision.Flags.HasFlag(Flags.Sync) ? " sync" : "";
        if (decision.EnterQuantity > 0) parts.Add($"{(decision.EnterSide == Side.Long ? "+" : "-")}{Fixed9.Format(decision.EnterQuantity)}{flag}");
        return string.Join(", ", parts);
    }

    private static Symbol Symbols()
    {
        using var rig = new EngineRig(positionsMax: 1).WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
        return rig.Symbol("MNQZ2025");
    }
}
