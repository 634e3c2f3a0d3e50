using Framegate.Proxy.Common.Telemetry;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>
/// The system's word that a file may have changed: watches its folder and, for a link, the folder that the link leads to. Not what is below them:
/// a data folder beside the file changes all the time.
/// </summary>
internal sealed class FileSignals(string path, Action changed, ILogger logger) : IDisposable
{
    /// <summary>The link that Kubernetes swaps when a ConfigMap changes.</summary>
    private const string MountedData = "..data";

    private readonly List<FileSystemWatcher> _watchers = [];
    private bool _told;

    /// <summary>Watches the folders as they are now.</summary>
    public void Watch()
    {
        Dispose();
        Watch(path, MountedData);
        try
        {
            if (File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target)
            {
                Watch(target.FullName);
            }
        }
        catch (IOException)
        {
            // The link leads nowhere, for now.
        }
    }

    public void Dispose()
    {
        _watchers.ForEach(w => w.Dispose());
        _watchers.Clear();
    }

    private void Watch(string file, params string[] others)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(Path.GetDirectoryName(file)!) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite };
            foreach (var name in others.Append(Path.GetFileName(file)))
            {
                watcher.Filters.Add(name);
            }

            watcher.Changed += (_, _) => changed();
            watcher.Created += (_, _) => changed();
            watcher.Deleted += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.Error += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            if (!_told)
            {
                _told = true;
                Log.ConfigurationNotWatched(logger, e.Message);
            }
        }
    }
}
