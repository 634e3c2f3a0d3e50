using Framegate.Proxy.Engine.Repetitions;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>A caller that hangs up when a test says so.</summary>
internal sealed class TestCaller : ICaller
{
    public bool IsGone { get; set; }

    public bool IsKnownToBeGone => IsGone;

    public bool IsBroken { get; set; }

    public bool ShowsWhetherRead { get; init; }

    public bool HasNotRead { get; set; }

    public bool IsKnownNotToHaveRead => ++Looks > 0 && HasNotRead && Notices;

    /// <summary>Whether it has come for more.</summary>
    public bool IsKnownToHaveRead { get; set; }

    /// <summary>How often it was looked at after its answer.</summary>
    public int Looks { get; private set; }

    /// <summary>Whether the server notices by itself what happened to the connection.</summary>
    public bool Notices { get; init; }
}
