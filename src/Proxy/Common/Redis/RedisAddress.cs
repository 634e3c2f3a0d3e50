using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace Framegate.Proxy.Common.Redis;

/// <summary>
/// Where a Redis is: a URL as platforms hand it out (<c>redis://[user[:password]@]host[:port][/database]</c>, <c>rediss://</c> with TLS), or what StackExchange.Redis reads
/// (<c>host:port,password=...</c>). The library takes a URL for a host's name and never connects.
/// </summary>
internal static class RedisAddress
{
    /// <summary>What it must be, in words.</summary>
    public const string Expected = "It must be a URL like redis://:PASSWORD@HOST:PORT/0 (rediss:// with TLS), HOST:PORT, or a StackExchange.Redis connection string.";

    private const int Port = 6379;

    /// <summary>Reads one.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out ConfigurationOptions? options)
    {
        options = null;
        try
        {
            options = text.Contains("://", StringComparison.Ordinal) ? OfUrl(text) : ConfigurationOptions.Parse(text);
            return options?.EndPoints.Count > 0 && options.EndPoints.All(e => e is not DnsEndPoint named || Uri.CheckHostName(named.Host) != UriHostNameType.Unknown);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }

    private static ConfigurationOptions? OfUrl(string text)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) || url.Scheme is not ("redis" or "rediss") || url.Host.Length == 0)
        {
            return null;
        }

        var database = url.AbsolutePath.Trim('/');
        var number = 0;
        if (database.Length > 0 && !int.TryParse(database, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return null;
        }

        var options = new ConfigurationOptions { DefaultDatabase = number, Ssl = url.Scheme == "rediss" };
        options.EndPoints.Add(url.IdnHost.Trim('[', ']'), url.Port > 0 ? url.Port : Port);
        options.SslHost = options.Ssl ? url.IdnHost.Trim('[', ']') : null;
        var login = url.UserInfo.Split(':', 2);
        options.User = login is [{ Length: > 0 } user, _] ? Uri.UnescapeDataString(user) : null;
        options.Password = login is [_, { Length: > 0 } password] ? Uri.UnescapeDataString(password) : null;
        return options;
    }
}
