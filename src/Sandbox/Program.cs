namespace Framegate.Sandbox;

/// <summary>Runs the stand-in providers on their own: <c>--urls http://127.0.0.1:9090 [--keys flux=KEY,sora=KEY]</c>.</summary>
/// <remarks>A named class instead of top-level statements, so that the gateway can reference this project beside its own Program.</remarks>
internal static class SandboxProgram
{
    private static async Task<int> Main(string[] args)
    {
        SandboxOptions options;
        try
        {
            options = SandboxArguments.Parse(args);
        }
        catch (ArgumentException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 2;
        }

        using var stop = new StopSignal();
        SandboxServer server;
        try
        {
            server = await SandboxServer.StartAsync(options, stop.Token);
        }
        catch (Exception error) when (error is IOException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"The sandbox cannot start: {error.Message}");
            return 1;
        }

        await using (server)
        {
            foreach (var (name, address) in server.Providers)
            {
                Console.WriteLine($"{name,-12}{address}");
            }

            Console.WriteLine($"{"ledger",-12}{server.LedgerAddress}");
            await stop.WaitAsync();
        }

        return 0;
    }
}
