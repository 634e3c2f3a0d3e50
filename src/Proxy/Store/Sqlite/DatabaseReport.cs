namespace Framegate.Proxy.Store.Sqlite;

/// <summary>What a look at the files of the database has found.</summary>
internal sealed class DatabaseReport
{
    private const int Shown = 12;

    /// <summary>What is wrong, the file's name first.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>What is unusual, and no loss.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>True when the record beside the database has to begin anew.</summary>
    public bool RecordIsAnew { get; set; }

    /// <summary>False when a repair can do nothing: the file is another program's, or a later build's, or cannot be read at all.</summary>
    public bool CanBeRepaired { get; set; } = true;

    /// <summary>What to do about it.</summary>
    public string Advice { get; set; } =
        "Nothing was changed. Restore the data folder from a backup, or run 'framegate check --data FOLDER --repair', which saves what can be saved and reports what is lost.";

    /// <summary>The message with which a start is refused.</summary>
    public string Summary() => string.Join(
        '\n', [.. Faults.Take(Shown), .. Faults.Count > Shown ? new[] { $"... and {Faults.Count - Shown} more; 'framegate check' lists them" } : [], Advice]);
}
