namespace Framegate.Plugins.Tests;

public class NativeResponseTests
{
    private const string Now = "Wed, 21 Oct 2026 07:28:00 GMT";

    [Theory]
    [InlineData("7", null, 7.0)]
    [InlineData("0.5", null, 0.5)]
    [InlineData("Wed, 21 Oct 2026 07:28:30 GMT", Now, 30.0)]
    [InlineData("Wednesday, 21-Oct-26 07:29:00 GMT", Now, 60.0)]
    [InlineData("Wed, 21 Oct 2026 07:27:00 GMT", Now, 0.0)]
    [InlineData("Wed, 21 Oct 2026 07:28:30 GMT", null, null)]
    [InlineData("Fri, 23 Oct 2026 07:28:00 GMT", Now, null)]
    [InlineData("-1", Now, null)]
    [InlineData("1e9", Now, null)]
    [InlineData("soon", Now, null)]
    public void RetryAfter_AnyForm_IsReadOrLeftOut(string header, string? date, double? seconds)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["retry-after"] = header };
        if (date is not null)
        {
            headers["date"] = date;
        }

        Assert.Equal(seconds, new NativeResponse(429, headers, default).RetryAfter?.TotalSeconds);
    }

    [Fact]
    public void RetryAfter_Milliseconds_ComeFirst() => Assert.Equal(
        TimeSpan.FromMilliseconds(250),
        new NativeResponse(
            429, new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["retry-after-ms"] = "250", ["Retry-After"] = "9" }, default).RetryAfter);
}
