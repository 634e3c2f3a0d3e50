using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Core;

/// <summary>What all stand-ins of one sandbox share.</summary>
internal sealed class SandboxServices(SandboxOptions options) : IDisposable
{
    public SandboxOptions Options { get; } = options;

    public TimeProvider Time { get; } = options.Time;

    public SandboxLedger Ledger { get; } = new();

    public Chance Chance { get; } = new(options.Random);

    public BadDay BadDay { get; } = new();

    public FlakyCounter Flaky { get; } = new();

    public SignedLinks Links { get; } = new(options.Time);

    public ImagePainter Painter { get; } = new();

    public WebhookPoster Webhooks { get; } = new(options.Time);

    public void Dispose()
    {
        Painter.Dispose();
        Webhooks.Dispose();
    }
}
