using Framegate.Proxy.Engine.StoreContract;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>What SQLite reports, as states that callers can act on.</summary>
internal static class SqliteErrors
{
    /// <summary>The exception to hand to a caller.</summary>
    public static Exception Of(Exception e) => e is DamagedRowException ? new StoreUnavailableException(StoreProblem.Damaged, e)
        : e is SqliteException { SqliteErrorCode: var code } && ProblemOf(code) is { } problem
        ? new StoreUnavailableException(problem, e)
        : e;

    private static StoreProblem? ProblemOf(int code) => code switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => StoreProblem.Busy,
        raw.SQLITE_FULL => StoreProblem.Full,
        raw.SQLITE_READONLY => StoreProblem.ReadOnly,

        // Only a statement that is wrong in itself reports these; all else lies with the file, the disk or the machine.
        raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_MISUSE or raw.SQLITE_RANGE or raw.SQLITE_TOOBIG or raw.SQLITE_SCHEMA => null,
        _ => StoreProblem.Failing,
    };
}
