namespace Framegate.Sandbox.Runway;

/// <summary>What a task makes.</summary>
internal enum RunwayMedia
{
    Video,
    Image,
    Audio,
}
