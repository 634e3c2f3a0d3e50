namespace Framegate.Sandbox.Engine;

/// <summary>How media may stand in a body beside a web address.</summary>
internal enum Inline
{
    No,
    DataUri,
    Base64,
}
