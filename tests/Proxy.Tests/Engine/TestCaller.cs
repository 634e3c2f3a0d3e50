using Framegate.Proxy.Engine.Repetitions;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>A caller that hangs up when a test says so.</summary>
internal sealed class TestCaller : ICaller
{
    public bool IsGone { get; set; }

    public bool IsKnownToBeGone => IsGone;
}
