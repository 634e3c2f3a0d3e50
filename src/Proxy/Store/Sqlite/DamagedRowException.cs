namespace Framegate.Proxy.Store.Sqlite;

/// <summary>A row is not what was written: its checksum is not that of its content.</summary>
/// <param name="row">Which row.</param>
internal sealed class DamagedRowException(string row) : Exception($"{row} is damaged: its checksum is not that of its content. Stop Framegate and run 'framegate check'.");
