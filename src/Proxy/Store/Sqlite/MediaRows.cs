using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>What a database that nobody runs on knows about files.</summary>
internal static class MediaRows
{
    /// <summary>All of its files; one that has expired may be gone already.</summary>
    /// <exception cref="SqliteException">The database cannot be read.</exception>
    public static IReadOnlyList<(string Id, string Generation, long Bytes, string Sha256, bool IsExpired)> List(SqliteDatabase database, DateTimeOffset now)
    {
        using var connection = database.ConnectForLooking();
        using var command = connection.Command("SELECT id, generation, bytes, sha256, coalesce(expires <= $1, 0) FROM media ORDER BY id", now.ToUnixTimeMilliseconds());
        return command.All(r => (r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetString(3), r.GetInt64(4) != 0));
    }

    /// <summary>Forgets files that are lost.</summary>
    /// <exception cref="SqliteException">The database cannot be written.</exception>
    public static void Forget(SqliteDatabase database, IEnumerable<string> ids)
    {
        using var connection = database.ConnectForWriting();
        foreach (var id in ids)
        {
            using var command = connection.Command("DELETE FROM media WHERE id = $1", id);
            command.ExecuteNonQuery();
        }
    }
}
