using Framegate.Proxy.Engine.Generations;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>What SQLite reports, as states that callers can act on.</summary>
internal static class SqliteErrors
{
    /// <summary>The exception to hand to a caller.</summary>
    public static Exception Of(Exception e) => e is SqliteException { SqliteErrorCode: var code } && ProblemOf(code) is { } problem
        ? new StoreUnavailableException(problem, e)
        : e;

    private static StoreProblem? ProblemOf(int code) => code switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => StoreProblem.Busy,
        raw.SQLITE_FULL => StoreProblem.Full,
        raw.SQLITE_READONLY => StoreProblem.ReadOnly,
        raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_NOMEM or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => StoreProblem.Failing,
        _ => null,
    };
}
