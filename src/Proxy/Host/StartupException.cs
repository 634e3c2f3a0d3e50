namespace Framegate.Proxy.Host;

/// <summary>The program cannot start, and the message names what to do about it.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="exitCode">With which the program ends.</param>
internal sealed class StartupException(string message, int exitCode = StartupException.CannotStart) : Exception(message)
{
    /// <summary>Something outside of the data is wrong: the configuration, a port, the rights of a folder, a disk that is full.</summary>
    public const int CannotStart = 1;

    /// <summary>What the data folder holds is damaged, or not Framegate's. A restart does not help.</summary>
    public const int DataIsDamaged = 3;

    /// <summary>With which the program ends.</summary>
    public int ExitCode => exitCode;
}
