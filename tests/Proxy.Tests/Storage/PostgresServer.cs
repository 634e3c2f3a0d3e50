using Framegate.EndToEnd.Tests.Harness;
using Framegate.Proxy.Store.Postgres;
using Npgsql;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>The PostgreSQL that the tests of a collection share; each has a schema of its own.</summary>
public sealed class PostgresServer : IDisposable
{
    private int _schemas;

    public PostgresProcess Process { get; } = PostgresProcess.Start();

    public string NewSchema() => $"test_{Interlocked.Increment(ref _schemas)}";

    /// <param name="schema">The tables.</param>
    /// <param name="port">Where it is reached; null for its own.</param>
    internal PostgresDatabase Database(string schema, int? port = null)
    {
        Assert.True(PostgresAddress.TryRead($"{Process.Address};Port={port ?? Process.Port};Search Path={schema};Maximum Pool Size=8;Timeout=60;Command Timeout=60", sandbox: false, out var address, out _));
        return new PostgresDatabase(address);
    }

    /// <summary>Runs a statement of a test.</summary>
    public async Task<object?> TellAsync(string schema, string sql)
    {
        await using var connection = new NpgsqlConnection($"{Process.Address};Search Path={schema};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Begins a transaction with a statement of a test; it is undone when the connection is disposed of.</summary>
    public async Task<NpgsqlConnection> HoldAsync(string schema, string sql)
    {
        var connection = new NpgsqlConnection($"{Process.Address};Search Path={schema};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"BEGIN; {sql}", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    public void Dispose() => Process.Dispose();
}

[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
