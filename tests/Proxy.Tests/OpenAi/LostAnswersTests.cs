using Framegate.Proxy.Edge.OpenAi;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.OpenAi;

public sealed class LostAnswersTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Has_FewSecondsLater_KnowsThisRequestOfThisClientOnly()
    {
        var lost = new LostAnswers(_time);
        lost.Add("a", [1]);

        Assert.True(lost.Has("a", [1]));
        Assert.False(lost.Has("b", [1]));
        Assert.False(lost.Has("a", [2]));
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.False(lost.Has("a", [1]));
    }

    [Fact]
    public void Add_MoreThanItHolds_ForgetsTheOldAndTakesTheNew()
    {
        var lost = new LostAnswers(_time);
        for (var i = 0; i < 5000; i++)
        {
            lost.Add("a", BitConverter.GetBytes(i));
        }

        Assert.False(lost.Has("a", BitConverter.GetBytes(4999)));
        _time.Advance(TimeSpan.FromSeconds(6));
        lost.Add("a", [9]);
        Assert.True(lost.Has("a", [9]));
    }
}
