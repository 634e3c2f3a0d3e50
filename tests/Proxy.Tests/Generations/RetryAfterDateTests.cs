using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Submit;

namespace Framegate.Proxy.Tests.Generations;

public sealed class RetryAfterDateTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 3, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Tue, 03 Nov 2026 10:00:37 GMT", 37)]
    [InlineData("Tue, 03 Nov 2026 09:00:00 GMT", 0)]
    [InlineData("Fri, 03 Nov 2028 10:00:00 GMT", null)]
    [InlineData("soon", null)]
    public void AddTo_HeaderIsADate_BecomesTheTimeLeft(string header, int? seconds) =>
        Assert.Equal(seconds, (int?)RetryAfterDate.AddTo(Busy(), Answer(header), _now).RetryAfter?.TotalSeconds);

    [Fact]
    public void AddTo_AdapterHasFoundAWait_KeepsIt()
    {
        var busy = Busy() with { RetryAfter = TimeSpan.FromSeconds(3) };

        Assert.Equal(3, RetryAfterDate.AddTo(busy, Answer("Tue, 03 Nov 2026 10:00:37 GMT"), _now).RetryAfter!.Value.TotalSeconds);
    }

    private static ProviderFailure Busy() => ProviderFailure.NotAccepted(ErrorCode.RateLimitExceeded, "");

    private static NativeResponse Answer(string header) =>
        new(429, new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Retry-After"] = header }, default);
}
