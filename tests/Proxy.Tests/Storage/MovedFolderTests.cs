using Framegate.Proxy.Common;
using Framegate.Proxy.Store.Postgres;
using Framegate.Proxy.Store.Sqlite;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>A replica on the data folder of a node.</summary>
public sealed class MovedFolderTests
{
    /// <remarks>Its results would be files that no generation knows.</remarks>
    [Fact]
    public async Task Start_TheFoldersDatabaseWasNotMoved_IsRefusedBeforeAnythingIsTouched()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "framegate.db"), "");

        var refused = await Assert.ThrowsAsync<IOException>(() => new PostgresStart(new DataFolder(folder.Path), null!, null!).StartAsync(default));

        Assert.Contains("framegate migrate", refused.Message, StringComparison.Ordinal);
        MovedFolder.Mark(folder.Path, "db/framegate");
        MovedFolder.RefuseUnmoved(folder.Path);
    }
}
