namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>One gateway and its stand-in providers for many tests.</summary>
public sealed class Gateway : IAsyncLifetime
{
    public SandboxProcess Sandbox { get; private set; } = null!;

    public FramegateProcess Framegate { get; private set; } = null!;

    public GatewayClient Client => Framegate.Client;

    public async Task InitializeAsync()
    {
        Sandbox = await SandboxProcess.StartAsync();
        Framegate = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = Sandbox.Address });
    }

    public async Task DisposeAsync()
    {
        await Framegate.DisposeAsync();
        await Sandbox.DisposeAsync();
    }
}
