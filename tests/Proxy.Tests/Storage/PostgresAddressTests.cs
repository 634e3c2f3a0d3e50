using Framegate.Proxy.Store.Postgres;
using Npgsql;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>Addresses as platforms hand them out.</summary>
public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://fg:s%40cret@db.example.com:6432/media", "db.example.com", 6432, "media", "fg", "s@cret")]
    [InlineData("postgresql://fg:p@ss@db/media", "db", 5432, "media", "fg", "p@ss")]
    [InlineData("postgresql://fg@[::1]:5433/media", "[::1]", 5433, "media", "fg", null)]
    [InlineData("postgresql:///media?host=/var/run/postgresql&user=fg", "/var/run/postgresql", 5432, "media", "fg", null)]
    [InlineData("postgresql://fg@%2Fvar%2Frun%2Fpostgresql/media", "/var/run/postgresql", 5432, "media", "fg", null)]
    [InlineData("postgres://fg:x@one:5432,two:5433/media?target_session_attrs=read-write", "one:5432,two:5433", 5432, "media", "fg", "x")]
    [InlineData("Host=db;Database=media;Username=fg;Password=x", "db", 5432, "media", "fg", "x")]
    public void Url_NamesHostUserAndDatabase(string text, string host, int port, string database, string user, string? password)
    {
        var address = Read(text);
        Assert.Equal((host, port, database, user, password), (address.Host, address.Port, address.Database, address.Username, address.Password));
    }

    [Fact]
    public void Url_ParametersByLibpqsNames_AreTaken()
    {
        var address = Read(
            "postgresql://fg:x@ep-cool-1.eu.example.com/media?sslmode=verify-full&channel_binding=require&connect_timeout=7&application_name=gate-eu&options=-c%20statement_timeout%3D5s&sslrootcert=system");

        Assert.Equal((SslMode.VerifyFull, ChannelBinding.Require, 7), (address.SslMode, address.ChannelBinding, address.Timeout));
        Assert.Equal(("gate-eu", "-c statement_timeout=5s", null), (address.ApplicationName, address.Options, address.RootCertificate));
        Assert.Equal(20, Read("postgres://db/media?Command Timeout=20").CommandTimeout);
        Assert.Equal(SslMode.VerifyFull, Read("postgres://db/media?sslrootcert=system").SslMode);
        Assert.Equal(SslMode.Require, Read("postgres://db/media?sslrootcert=system&sslmode=require").SslMode);
    }

    [Theory]
    [InlineData("postgres://fg:hidden@db/media?pgbouncer=true", "The URL's parameter 'pgbouncer' is not known.")]
    [InlineData("postgres://fg:hid?den&x@db/media", "A parameter of the URL is not known.")]
    [InlineData("postgres:///media", "It must name a Host.")]
    public void Url_WhatCannotBeTaken_IsNamed_AndNothingSecret(string text, string expected)
    {
        Assert.False(PostgresAddress.TryRead(text, sandbox: false, out _, out var reason));
        Assert.Equal(expected, reason);
    }

    [Theory]
    [InlineData("Host=db;Database=media;Target Session Attributes=primary", "db:5432/media")]
    [InlineData("postgres://one,two:5433/media?target_session_attrs=any", "one,two:5433/media")]
    public async Task Database_OfHostsOfWhichOneTakesWrites_CanBeMade(string text, string place)
    {
        await using var database = new PostgresDatabase(Read(text));
        Assert.Equal(place, database.Place);
    }

    [Theory]
    [InlineData("Host=one,two;Database=media", 2)]
    [InlineData("Host=one,two;Database=media;Host Recheck Seconds=5", 5)]
    public void HostRecheck_AfterAFailover_IsSoon_UnlessItIsSet(string text, int seconds) => Assert.Equal(seconds, Read(text).HostRecheckSeconds);

    private static NpgsqlConnectionStringBuilder Read(string text)
    {
        Assert.True(PostgresAddress.TryRead(text, sandbox: false, out var address, out var reason), reason);
        return address;
    }
}
