namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// Marks a data folder whose content is moved into a database that replicas share. Both would drive the same generations, and pay for them twice, so that nobody starts on
/// such a folder any more.
/// </summary>
internal static class MovedFolder
{
    private const string Name = "moved-to-postgres";
    private const string Database = "framegate.db";

    /// <summary>Writes it down, on the disk.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="place">The database, without anything secret.</param>
    public static void Mark(string folder, string place)
    {
        using var file = new FileStream(Path.Combine(folder, Name), FileMode.Create, FileAccess.Write);
        file.Write(System.Text.Encoding.UTF8.GetBytes(place + "\n"));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Refuses a folder that is marked.</summary>
    /// <exception cref="IOException">It is.</exception>
    public static void Refuse(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (File.Exists(path))
        {
            throw new IOException(
                $"What is in {folder} was moved to the database {File.ReadAllText(path).Trim()} (framegate migrate). Name that in Framegate:Store:Postgres, or another folder with --data.");
        }
    }

    /// <summary>Refuses a folder with a database that was not moved: what is in it would be forgotten, and its media taken for nobody's.</summary>
    /// <exception cref="IOException">It has one.</exception>
    public static void RefuseUnmoved(string folder)
    {
        if (File.Exists(Path.Combine(folder, Database)) && !File.Exists(Path.Combine(folder, Name)))
        {
            throw new IOException(
                $"{folder} holds a {Database} that was not moved to the database of Framegate:Store:Postgres. Move it (framegate migrate --from FOLDER --to postgres), or name another folder with --data.");
        }
    }
}
