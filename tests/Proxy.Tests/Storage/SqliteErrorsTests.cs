using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>What callers can act on is told from what is a bug.</summary>
public sealed class SqliteErrorsTests
{
    private static readonly int[] _bugs = [1, 17, 18, 19, 20, 21, 25];

    public static TheoryData<int> Codes => [.. Enumerable.Range(1, 26)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Of_AnyCode_IsAStateUnlessTheStatementIsWrong(int code)
    {
        var told = SqliteErrors.Of(new SqliteException("It failed.", code));

        Assert.Equal(_bugs.Contains(code), told is not StoreUnavailableException);
    }

    [Theory]
    [InlineData(5, "Busy")]
    [InlineData(6, "Busy")]
    [InlineData(13, "Full")]
    [InlineData(8, "ReadOnly")]
    [InlineData(10, "Failing")]
    [InlineData(3, "Failing")]
    [InlineData(15, "Failing")]
    [InlineData(22, "Failing")]
    [InlineData(11, "Failing")]
    public void Of_KnownCode_IsItsState(int code, string state) =>
        Assert.Equal(state, Assert.IsType<StoreUnavailableException>(SqliteErrors.Of(new SqliteException("It failed.", code))).Problem.ToString());
}
