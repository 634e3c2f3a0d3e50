using System.Net;
using Framegate.Proxy.Common.Redis;

namespace Framegate.Proxy.Tests.Cache;

public sealed class RedisAddressTests
{
    [Theory]
    [InlineData("redis://cache.example.com", "cache.example.com:6379", false, null, null, 0)]
    [InlineData("redis://:p%40ss@cache.example.com:6380/2", "cache.example.com:6380", false, null, "p@ss", 2)]
    [InlineData("rediss://default:pass@cache.example.com:6380", "cache.example.com:6380", true, "default", "pass", 0)]
    [InlineData("redis://:pw1@127.0.0.1:6379/0", "127.0.0.1:6379", false, null, "pw1", 0)]
    public void TryRead_Url_IsWhatItSays(string text, string endpoint, bool tls, string? user, string? password, int database)
    {
        Assert.True(RedisAddress.TryRead(text, out var options));

        var only = Assert.Single(options.EndPoints);
        Assert.Equal(endpoint, only is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : only.ToString());
        Assert.Equal((tls, user, password, database), (options.Ssl, options.User, options.Password, options.DefaultDatabase));
    }

    [Theory]
    [InlineData("localhost:6379,password=pw", true)]
    [InlineData("a:1,b:2,ssl=true", true)]
    [InlineData("", false)]
    [InlineData("http://localhost:6379", false)]
    [InlineData("redis://localhost/first", false)]
    [InlineData("redis://", false)]
    [InlineData("localhost:6379,nonsense=1", false)]
    public void TryRead_AnythingElse_IsAConnectionStringOrNothing(string text, bool right) => Assert.Equal(right, RedisAddress.TryRead(text, out _));
}
