using System.Net.Sockets;
using Framegate.Proxy.Engine.StoreContract;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>What PostgreSQL and the way to it report, as states that callers can act on.</summary>
internal static class PostgresErrors
{
    /// <summary>The exception to hand to a caller.</summary>
    public static Exception Of(Exception e) => ProblemOf(e) is { } problem ? new StoreUnavailableException(problem, e) : e;

    /// <summary>True when the connection broke, or took too long: what was sent may have been done.</summary>
    public static bool IsOfTheLine(Exception e) => e is PostgresException p ? p.SqlState is ['5', '7', 'P', ..] or ['0', '8', ..] : e is NpgsqlException or SocketException or IOException or TimeoutException;

    /// <summary>True when the same statement may well do the next time: two transactions stood in each other's way.</summary>
    public static bool IsOfTheMoment(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable };

    /// <summary>Why the database cannot be used, without anything secret.</summary>
    public static string ReasonOf(Exception e) => e switch
    {
        PostgresException p => $"{p.MessageText} ({p.SqlState})",
        NpgsqlException { InnerException: { } inner } => inner.Message,
        _ => e.Message,
    };

    private static StoreProblem? ProblemOf(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory } => StoreProblem.Full,
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => StoreProblem.ReadOnly,
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.QueryCanceled } => StoreProblem.Busy,
        PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } => StoreProblem.Damaged,
        PostgresException { SqlState: ['5', '3' or '7' or '8', ..] or ['0', '8', ..] or ['2', '8', ..] } => StoreProblem.Failing,
        _ when IsOfTheMoment(e) => StoreProblem.Busy,

        // A pooler has taken a statement away, or somebody a right, a schema or the database: nothing that a request could be blamed for.
        PostgresException
        {
            SqlState: PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement or PostgresErrorCodes.InsufficientPrivilege
                or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InternalError
        } => StoreProblem.Failing,
        PostgresException => null,
        NpgsqlException { InnerException: TimeoutException } or TimeoutException => StoreProblem.Busy,
        NpgsqlException or SocketException or IOException => StoreProblem.Failing,
        _ => null,
    };
}
