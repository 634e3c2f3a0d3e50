using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Repetitions;

/// <summary>A gateway without limits, and stand-in providers that outlive it.</summary>
public sealed class RepetitionGateway : IAsyncLifetime
{
    public SandboxProcess Sandbox { get; private set; } = null!;

    public FramegateProcess Framegate { get; private set; } = null!;

    /// <summary>How another gateway in front of the same providers is started.</summary>
    public FramegateSettings Settings => new()
    {
        Sandbox = Sandbox.Address,
        Routes = """
            {"ReverseProxy":{
              "Routes":{"flux":{"ClusterId":"flux","Match":{"Path":"/flux/{**rest}"},"Transforms":[{"PathRemovePrefix":"/flux"}]}},
              "Clusters":{"flux":{"Destinations":{"only":{"Address":"https://api.bfl.ai/"}}},"sora":{"Destinations":{"only":{"Address":"https://api.openai.com/"}}}}}}
            """,
    };

    public async Task InitializeAsync()
    {
        Sandbox = await SandboxProcess.StartAsync();
        Framegate = await FramegateProcess.StartAsync(Settings);
    }

    public async Task DisposeAsync()
    {
        await Framegate.DisposeAsync();
        await Sandbox.DisposeAsync();
    }
}
