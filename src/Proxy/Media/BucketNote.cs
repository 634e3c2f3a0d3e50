using Framegate.Proxy.Common;
using Framegate.Proxy.Media.Bucket;

namespace Framegate.Proxy.Media;

/// <summary>
/// A note in the data folder that its media lie in a bucket: <c>check</c> has no configuration, and would take each of them for lost. Written before anything is driven, and
/// removed by a start without a bucket.
/// </summary>
internal sealed class BucketNote(DataFolder data, FolderFlush flush, MediaBucket? bucket = null) : IHostedService
{
    private const string Name = "media-in-bucket";

    /// <summary>Whether a folder has it.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Name));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(data.Path, Name);
        if (File.Exists(path) == bucket is not null)
        {
            return Task.CompletedTask;
        }

        if (bucket is null)
        {
            File.Delete(path);
        }
        else
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
            file.Write("The media of this folder lie in a bucket (Framegate:Media:Bucket). Files in the folder media are copies.\n"u8);
            file.Flush(flushToDisk: true);
        }

        flush.Flush(data.Path);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
