using Framegate.Proxy.Engine.Repetitions;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Which order a caller gets the answer of.</summary>
public sealed class OrderTableTests
{
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);
    private static readonly ContentKey s_key = new("local", 1, 2);
    private readonly JumpingTime _time = new();
    private readonly List<string> _ended = [];
    private readonly List<string> _removed = [];
    private readonly OrderTable<string> _table;
    private int _orders;

    public OrderTableTests() => _table = new OrderTable<string>(100, _time) { Ended = _ended.Add, Removed = _removed.Add };

    [Fact]
    public void Enter_TheFirstIsStillThere_IsAnOrderOfItsOwn()
    {
        var (_, _) = Ask();
        var (second, _) = Ask();

        Assert.True(second.IsFirst);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Enter_TheFirstHasHungUp_TakesItsOrderOver(bool noticed)
    {
        var (first, caller) = Ask();
        caller.IsGone = true;
        if (noticed)
        {
            first.Dispose();
        }

        var (second, _) = Ask();
        first.Dispose();

        Assert.False(second.IsFirst);
        Assert.Equal("order 1", await second.Begun);
        second.Answered();
        Assert.Equal(["order 1"], _ended);
        Assert.Equal(0, _table.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Enter_TheAnswerWasSentAndNotRead_TakesItsOrderOver(bool noticed)
    {
        var (first, caller) = Ask(new TestCaller { ShowsWhetherRead = true, Notices = noticed });
        first.Answered();
        Assert.Equal(["order 1"], _ended);
        caller.HasNotRead = true;

        var (second, _) = Ask();
        Assert.Equal((false, "order 1"), (second.IsFirst, await second.Begun));
        second.Answered();
        Assert.True(Ask().Turn.IsFirst);
    }

    [Fact]
    public void Enter_TheAnswerWasSentAndNothingSpeaksAgainstItsBeingRead_IsAnOrderOfItsOwn()
    {
        var callers = Enumerable.Range(0, 3).Select(_ => Ask(new TestCaller { ShowsWhetherRead = true })).ToList();
        callers.ForEach(c => c.Turn.Answered());
        Assert.True(callers.TrueForAll(c => c.Turn.IsFirst));
        Assert.Equal(0, _table.Count);
        Assert.Null(_table.Return(s_key, "order 1", new TestCaller()));

        // Whoever says that it repeats itself waits with those who wait, if anybody does.
        var said = _table.Enter(s_key, new TestCaller(), s_window, isRepetition: true);
        Assert.True(said.IsFirst);
    }

    [Fact]
    public void Give_ItsCallerHasGone_IsGivenOnce_AndIsNobodysHereFromThenOn()
    {
        var (turn, caller) = Ask();
        Assert.Equal((null, false), _table.Give(s_key, s_window));
        caller.IsGone = true;
        Assert.Equal(("order 1", false), _table.Give(s_key, s_window));
        Assert.Equal((null, false), _table.Give(s_key, s_window));
        Assert.True(Ask().Turn.IsFirst);

        // It was not answered, only given away.
        turn.Dispose();
        Assert.Empty(_ended);
    }

    [Fact]
    public void Give_NotKnownYetWhatWasBegun_IsPending()
    {
        var caller = new TestCaller();
        using var turn = _table.Enter(s_key, caller, s_window, isRepetition: false);
        caller.IsGone = true;
        Assert.Equal((null, true), _table.Give(s_key, s_window));
        turn.Begin("order 1");
        Assert.Equal(("order 1", false), _table.Give(s_key, s_window));
    }

    [Fact]
    public async Task Restore_AnOrderThatIsThere_IsNotDoubled()
    {
        var (_, caller) = Ask();
        _table.Restore(s_key, "order 1", _time.GetUtcNow());
        Assert.True(Ask().Turn.IsFirst);
        caller.IsGone = true;
        var (joined, _) = Ask();
        Assert.Equal("order 1", await joined.Begun);
    }

    [Fact]
    public void Enter_CallersCameForMore_AreNotLookedAtAgain()
    {
        var callers = Enumerable.Range(0, 50).Select(_ =>
        {
            var (turn, caller) = Ask(new TestCaller { ShowsWhetherRead = true });
            turn.Answered();
            caller.IsKnownToHaveRead = true;
            return caller;
        }).ToList();

        Assert.True(Ask().Turn.IsFirst);
        var looks = callers.Sum(c => c.Looks);
        Assert.True(Ask().Turn.IsFirst);
        Assert.Equal(0, looks);

        // Their time comes as any other's.
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(Ask().Turn.IsFirst);
        Assert.Equal(50, _ended.Count);
    }

    [Theory]
    [InlineData(true, 60, true)]
    [InlineData(true, 310, false)]
    [InlineData(false, 6, false)]
    public async Task Enter_LongAfterAnAnswerThatWasNotRead_IsJoinedWithinTheWindow(bool notRead, int seconds, bool joins)
    {
        var (first, caller) = Ask(new TestCaller { ShowsWhetherRead = true, Notices = true });
        first.Answered();
        caller.HasNotRead = notRead;
        _time.Advance(TimeSpan.FromSeconds(seconds));

        var (second, _) = Ask();
        Assert.Equal(joins, !second.IsFirst);
        Assert.Equal(joins ? "order 1" : "order 2", await second.Begun);
    }

    /// <summary>What a table holds is what its answers take.</summary>
    [Theory]
    [InlineData(false, 4, 2)]
    [InlineData(true, 60, 300)]
    public void Removed_AnAnsweredOrder_OnlyOnceNobodyCanGetItAnyMore(bool notRead, int held, int more)
    {
        var (first, caller) = Ask(new TestCaller { ShowsWhetherRead = true, Notices = true });
        first.Answered();
        caller.HasNotRead = notRead;
        Assert.Equal(["order 1"], _ended);

        _time.Advance(TimeSpan.FromSeconds(held));
        Other();
        Assert.Empty(_removed);

        _time.Advance(TimeSpan.FromSeconds(more));
        Other();
        Assert.Equal(["order 1"], _removed);

        void Other() => _table.Enter(new ContentKey("local", 7, 7), new TestCaller(), s_window, isRepetition: false).Withdraw();
    }

    [Fact]
    public void Removed_AnOrderThatServed_AtOnce()
    {
        Ask().Turn.Answered();
        Assert.Equal(["order 1"], _removed);

        Ask().Turn.Dispose();
        Ask().Turn.Answered();
        Assert.Equal(["order 1", "order 2"], _removed);

        var (third, caller) = Ask(new TestCaller { ShowsWhetherRead = true });
        third.Answered();
        caller.IsKnownToHaveRead = true;
        Assert.Equal(["order 1", "order 2"], _removed);
        Ask();
        Assert.Equal(["order 1", "order 2", "order 3"], _removed);
    }

    [Fact]
    public async Task Enter_ThreeOrdersWereLost_EachGoesToOneRepetition()
    {
        var callers = Enumerable.Range(0, 3).Select(_ => Ask().Caller).ToList();
        callers.ForEach(c => c.IsGone = true);

        var repeated = Enumerable.Range(0, 3).Select(_ => Ask().Turn).ToList();
        var (fourth, _) = Ask();

        Assert.Equal(["order 1", "order 2", "order 3"], (await Task.WhenAll(repeated.Select(t => t.Begun))).Select(o => o!));
        Assert.True(fourth.IsFirst);
    }

    [Fact]
    public void Enter_AfterTheAnswer_IsAnOrderOfItsOwn()
    {
        var (first, caller) = Ask();
        first.Answered();
        caller.IsGone = true;
        first.Dispose();

        Assert.True(Ask().Turn.IsFirst);
        Assert.Equal(["order 1"], _ended);
    }

    [Fact]
    public void Enter_TheFirstHangsUpWithItsAnswer_IsAnOrderOfItsOwn()
    {
        var (first, caller) = Ask();
        first.Answering();
        caller.IsGone = true;

        Assert.True(Ask().Turn.IsFirst);
        first.Answered();
        Assert.Equal(["order 1"], _ended);
    }

    /// <summary>A connection that breaks in the middle of the last bytes, also one that tells nothing more, as a proxy's.</summary>
    [Fact]
    public async Task Enter_TheConnectionBrokeWhileTheAnswerWasSent_TakesItsOrderOver()
    {
        var (first, caller) = Ask();
        first.Answering();
        (caller.IsGone, caller.IsBroken) = (true, true);
        first.Answered();

        Assert.Empty(_ended);
        Assert.Equal("order 1", await Ask().Turn.Begun);
    }

    /// <summary>An answer of many pieces, as of events, goes on after its caller.</summary>
    [Fact]
    public async Task Enter_TheConnectionBrokeAndTheAnswerGoesOn_TakesItsOrderOver()
    {
        var (first, caller) = Ask();
        first.Answering();
        (caller.IsGone, caller.IsBroken) = (true, true);
        var (second, _) = Ask();
        first.Answering();
        first.Answered();

        Assert.False(second.IsFirst);
        Assert.Equal("order 1", await second.Begun);
        second.Answered();
        Assert.Equal(["order 1"], _ended);
        Assert.True(Ask().Turn.IsFirst);
    }

    /// <summary>Between two pieces of a stream a client that gives up closes its side, which no write has noticed yet. Who has the whole of a short answer may do the same.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Enter_TheSideIsClosedWhileAnAnswerIsSent_TakesTheOrderOfAStreamAlone(bool isStream)
    {
        var (first, caller) = Ask();
        first.Answering(isStream);
        caller.IsGone = true;
        var (second, _) = Ask();

        Assert.Equal(isStream, !second.IsFirst);
        first.Answered();
        Assert.Equal(isStream ? "order 1" : "order 2", await second.Begun);
    }

    /// <summary>The last piece was written to one that had gone: nobody has it, however well the write went.</summary>
    [Fact]
    public async Task Answered_TheCallerLeftBeforeTheLastPiece_TheOrderIsLeftToWhoAsksAgain()
    {
        var (first, caller) = Ask();
        first.Begin("order 1");
        first.Answering(moreMayCome: true);
        caller.IsGone = true;
        first.Answering(moreMayCome: true);

        Assert.False(first.AnsweredOne());
        first.Answered();
        var (second, _) = Ask();

        Assert.False(second.IsFirst);
        Assert.Equal("order 1", await second.Begun);
    }

    [Fact]
    public async Task Answered_TheCallerLeftAndAnotherTookOver_TheOrderStaysForTheOther()
    {
        var (first, caller) = Ask();
        first.Begin("order 1");
        first.Answering(moreMayCome: true);
        caller.IsGone = true;
        var (second, other) = Ask();
        first.Answering(moreMayCome: true);
        first.Answered();
        other.IsGone = true;
        second.Dispose();
        var (third, _) = Ask();

        Assert.False(third.IsFirst);
        Assert.Equal("order 1", await third.Begun);
    }

    [Fact]
    public async Task Enter_TheFirstHungUpBeforeItsAnswer_TakesItsOrderOver()
    {
        var (first, caller) = Ask();
        caller.IsGone = true;
        first.Answering();
        first.Answered();

        Assert.Equal("order 1", await Ask().Turn.Begun);
    }

    [Fact]
    public async Task Enter_TheAnswerWasUncertain_GetsItAgainAndAgain()
    {
        Ask().Turn.Answered(uncertain: true);

        for (var i = 0; i < 3; i++)
        {
            var (again, _) = Ask();
            Assert.Equal("order 1", await again.Begun);
            again.Answered(uncertain: true);
        }

        Assert.Empty(_ended);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(1, true)]
    public void Enter_AtTheEndOfTheWindow_ItIsOver(int seconds, bool isFirst)
    {
        Ask().Turn.Dispose();
        _time.Advance(s_window + TimeSpan.FromSeconds(seconds));

        Assert.Equal(isFirst, Ask().Turn.IsFirst);
        Assert.Equal(1, _table.Count);
    }

    [Theory]
    [InlineData("somebody else", 2)]
    [InlineData("local", 3)]
    public void Enter_AnotherClientOrContent_IsAnOrderOfItsOwn(string client, int low)
    {
        Ask().Turn.Dispose();

        Assert.True(_table.Enter(new ContentKey(client, 1, (UInt128)low), new TestCaller(), s_window, isRepetition: false).IsFirst);
    }

    [Fact]
    public async Task Enter_TheCallerSaysThatItRepeatsItself_ItsFirstTryNeedNotBeGone()
    {
        Ask();
        var gone = Ask().Caller;
        gone.IsGone = true;

        // What was lost comes first.
        Assert.Equal("order 2", await Ask(isRepetition: true).Turn.Begun);
        Assert.Equal("order 1", await Ask(isRepetition: true).Turn.Begun);
    }

    [Fact]
    public async Task Enter_TheFirstComesLaterThanItsRepetition_IsNoOrderOfItsOwn()
    {
        Ask();
        var overtaken = _table.Enter(s_key, new TestCaller { IsGone = true }, s_window, isRepetition: false);

        Assert.Equal("order 1", await overtaken.Begun);
    }

    [Fact]
    public async Task Dispose_NothingWasBegun_WhoWaitsForItIsLetGo()
    {
        var caller = new TestCaller();
        var first = _table.Enter(s_key, caller, s_window, isRepetition: false);
        caller.IsGone = true;
        var (second, _) = Ask();
        first.Dispose();

        Assert.Null(await second.Begun);
        second.Withdraw();
        Assert.True(Ask().Turn.IsFirst);
    }

    [Fact]
    public async Task Return_TheCallerNamesItsOrder_ItIsNotLeftToAnother()
    {
        Ask().Turn.Dispose();

        Assert.NotNull(_table.Return(s_key, "order 1", new TestCaller()));
        Assert.Null(_table.Return(s_key, "order 2", new TestCaller()));
        Assert.Equal("order 2", await Ask().Turn.Begun);
    }

    [Fact]
    public async Task Restore_AnOrderOfAnEarlierProcess_IsTakenOver()
    {
        _table.Restore(s_key, "lost", _time.GetUtcNow());

        Assert.Equal("lost", await Ask().Turn.Begun);
    }

    [Fact]
    public void Dispose_MoreThanAreKept_TheOldestGo()
    {
        for (var i = 0; i < 250; i++)
        {
            var turn = _table.Enter(new ContentKey("local", 7, (UInt128)i), new TestCaller(), s_window, isRepetition: false);
            turn.Begin($"{i}");
            turn.Dispose();
        }

        Assert.Equal(100, _table.Count);
    }

    private (Turn<string> Turn, TestCaller Caller) Ask(bool isRepetition = false) => Ask(new TestCaller(), isRepetition);

    private (Turn<string> Turn, TestCaller Caller) Ask(TestCaller caller, bool isRepetition = false)
    {
        var turn = _table.Enter(s_key, caller, s_window, isRepetition);
        if (turn.IsFirst)
        {
            turn.Begin($"order {++_orders}");
        }

        return (turn, caller);
    }
}
