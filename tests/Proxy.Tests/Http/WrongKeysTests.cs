using System.Net;
using Framegate.Proxy.Edge;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Http;

public sealed class WrongKeysTests
{
    private static readonly IPAddress _one = IPAddress.Parse("203.0.113.7");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-11-28T12:00:00Z", null));
    private readonly Lines _lines = new();

    [Fact]
    public async Task HoldUp_MoreAndMore_TakesUpToASecond()
    {
        var wrong = new WrongKeys(_time, _lines);
        for (var i = 0; i < WrongKeys.Free; i++)
        {
            Assert.True(await wrong.HoldUpAsync(_one, default));
        }

        foreach (var expected in new[] { 100, 200, 400, 800, 1000, 1000 })
        {
            var held = wrong.HoldUpAsync(_one, default).AsTask();
            _time.Advance(TimeSpan.FromMilliseconds(expected - 1));
            Assert.False(held.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(await held);
        }

        // Nobody else pays for it, and after a while neither does he.
        Assert.True(await wrong.HoldUpAsync(IPAddress.Parse("203.0.113.8"), default));
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.True(await wrong.HoldUpAsync(_one, default));
    }

    [Fact]
    public async Task HoldUp_ManyAtOnce_HoldsNoMoreThanItsBounds()
    {
        var wrong = new WrongKeys(_time, _lines);
        for (var i = 0; i < WrongKeys.Free; i++)
        {
            await wrong.HoldUpAsync(_one, default);
        }

        var held = Enumerable.Range(0, 1000).Select(_ => wrong.HoldUpAsync(_one, default).AsTask()).ToList();
        Assert.Equal(WrongKeys.MostWaitingOfOne, held.Count(h => !h.IsCompleted));
        foreach (var other in Enumerable.Range(0, 2000))
        {
            var address = new IPAddress([10, 0, (byte)(other / 20 / 256), (byte)(other / 20 % 256)]);
            held.Add(wrong.HoldUpAsync(address, default).AsTask());
        }

        Assert.Equal(WrongKeys.MostWaiting, held.Count(h => !h.IsCompleted));
        _time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(held);
        Assert.All(_lines.Texts, line => Assert.DoesNotContain("key-", line, StringComparison.Ordinal));
        Assert.InRange(_lines.Texts.Count, 1, 10);
    }

    [Fact]
    public async Task HoldUp_MoreAddressesThanAreRemembered_GoesOn()
    {
        var wrong = new WrongKeys(_time, NullLogger<WrongKeys>.Instance);
        for (var i = 0; i < 3 * WrongKeys.MostAddresses; i++)
        {
            Assert.True(await wrong.HoldUpAsync(new IPAddress([11, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), default));
        }
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::2")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    public async Task HoldUp_AddressesOfOneCustomer_AreOne(string first, string second)
    {
        var wrong = new WrongKeys(_time, NullLogger<WrongKeys>.Instance);
        for (var i = 0; i < WrongKeys.Free; i++)
        {
            await wrong.HoldUpAsync(IPAddress.Parse(first), default);
        }

        Assert.False(wrong.HoldUpAsync(IPAddress.Parse(second), default).AsTask().IsCompleted);
    }

    private sealed class Lines : ILogger<WrongKeys>
    {
        public List<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Add(formatter(state, exception));
    }
}
