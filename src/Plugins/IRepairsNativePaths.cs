namespace Framegate.Plugins;

/// <summary>Implemented by an adapter some of whose vendor's clients spoil the path when the gateway is not on https.</summary>
public interface IRepairsNativePaths
{
    /// <summary>The path that was meant.</summary>
    /// <param name="path">The path as it came, after the route's prefix was taken off.</param>
    /// <returns>The path to send; the same one where nothing is wrong with it.</returns>
    string Repair(string path);
}
