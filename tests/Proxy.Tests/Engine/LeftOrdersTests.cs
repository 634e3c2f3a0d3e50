using Framegate.Proxy.Engine.Repetitions;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Which orders wait for somebody who asks again, and for how long.</summary>
public sealed class LeftOrdersTests
{
    private const int Most = 3;
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);
    private readonly JumpingTime _time = new();
    private readonly List<string> _ended = [];
    private readonly OrderTable<string> _table;

    public LeftOrdersTests() => _table = new OrderTable<string>(Most, _time) { Ended = _ended.Add };

    /// <summary>Whoever asks every minute gets to pay again too, once the time is over that the documentation names.</summary>
    [Fact]
    public void Enter_AnAnswerThatLeavesAllOpenIsGivenAgain_ItsTimeIsNotProlonged()
    {
        Assert.True(Refuse("a"));
        for (var minute = 1; minute < 5; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.False(Refuse("a"));
        }

        _time.Advance(TimeSpan.FromMinutes(1.5));
        Assert.True(Refuse("a"));
        Assert.Equal(["a"], _ended);
    }

    /// <summary>A caller that waited long and got an answer that leaves all open has its whole time from then on.</summary>
    [Fact]
    public void Enter_TheAnswerThatLeavesAllOpenComesLate_TheTimeBeginsWithIt()
    {
        var first = Enter("a");
        first.Begin("a");
        first.Dispose();
        var second = Enter("a");
        _time.Advance(TimeSpan.FromMinutes(20));
        second.Answered(uncertain: true);
        _time.Advance(TimeSpan.FromMinutes(4));

        Assert.False(Refuse("a"));
    }

    [Fact]
    public void Enter_OneIsTakenOverAgainAndAgain_NoOtherIsForgotten()
    {
        Assert.True(Refuse("a"));
        Assert.True(Refuse("b"));
        for (var i = 0; i < 50; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));

            // It hangs up each time, which is a loss of its own.
            Enter("b").Dispose();
        }

        Assert.False(Refuse("a"));
        Assert.False(Refuse("b"));
        Assert.True(Refuse("c"));
        Assert.True(Refuse("d"));
        Assert.Equal(["a"], _ended);
    }

    private Turn<string> Enter(string key) => _table.Enter(new ContentKey(key, 1, 2), new TestCaller(), s_window, isRepetition: false);

    /// <returns>Whether it was an order of its own.</returns>
    private bool Refuse(string key)
    {
        using var turn = Enter(key);
        if (turn.IsFirst)
        {
            turn.Begin(key);
        }

        turn.Answered(uncertain: true);
        return turn.IsFirst;
    }
}
