using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>A statement with its values; its parameters are <c>$1</c>, <c>$2</c>, ... Each run makes its own, since a parameter belongs to one command.</summary>
/// <param name="sql">The statement.</param>
/// <param name="values">The values.</param>
internal readonly struct Statement(string sql, params Value[] values)
{
    /// <summary>The statement on a connection.</summary>
    public NpgsqlCommand On(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(value.ToParameter());
        }

        return command;
    }

    /// <summary>The statement as a part of a batch.</summary>
    public NpgsqlBatchCommand InBatch()
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value.ToParameter());
        }

        return command;
    }
}

/// <summary>A value of a statement.</summary>
/// <param name="type">Its type.</param>
/// <param name="content">The value; null for NULL.</param>
internal readonly struct Value(NpgsqlDbType type, object? content)
{
    /// <summary>The parameter that carries it.</summary>
    public NpgsqlParameter ToParameter() => new() { NpgsqlDbType = type, Value = content ?? DBNull.Value };

    public static implicit operator Value(string? text) => new(NpgsqlDbType.Text, Storable(text));

    public static implicit operator Value(long? number) => new(NpgsqlDbType.Bigint, number);

    public static implicit operator Value(long number) => new(NpgsqlDbType.Bigint, number);

    public static implicit operator Value(int number) => new(NpgsqlDbType.Integer, number);

    public static implicit operator Value(int? number) => new(NpgsqlDbType.Integer, number);

    public static implicit operator Value(bool truth) => new(NpgsqlDbType.Boolean, truth);

    public static implicit operator Value(bool? truth) => new(NpgsqlDbType.Boolean, truth);

    public static implicit operator Value(decimal? amount) => new(NpgsqlDbType.Numeric, amount);

    public static implicit operator Value(decimal amount) => new(NpgsqlDbType.Numeric, amount);

    public static implicit operator Value(byte[]? bytes) => new(NpgsqlDbType.Bytea, bytes);

    public static implicit operator Value(TimeSpan time) => new(NpgsqlDbType.Interval, time);

    public static implicit operator Value(string[]? texts) => new(NpgsqlDbType.Array | NpgsqlDbType.Text, texts is null ? null : Array.ConvertAll(texts, t => Storable(t)!));

    public static implicit operator Value(long?[]? numbers) => new(NpgsqlDbType.Array | NpgsqlDbType.Bigint, numbers);

    public static implicit operator Value(long[]? numbers) => new(NpgsqlDbType.Array | NpgsqlDbType.Bigint, numbers);

    /// <summary>What a text column cannot hold is replaced: NUL, and halves of surrogate pairs.</summary>
    private static string? Storable(string? text) => text is null || !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') && !text.Contains('\0', StringComparison.Ordinal)
        ? text
        : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\ufffd');
}
