namespace Framegate.Sandbox.Engine;

/// <summary>The first thing wrong with a body.</summary>
/// <param name="Kind">What sort of fault.</param>
/// <param name="Path">The field, with dots and indexes: <c>settings.duration</c>, <c>content[1].role</c>.</param>
/// <param name="Message">What the rule is, as the end of a sentence that starts with the path.</param>
internal sealed record Wrong(WrongKind Kind, string Path, string Message)
{
    /// <summary>The last name of the path.</summary>
    public string Field => Path[(Path.LastIndexOf('.') + 1)..];
}

/// <summary>Sorts of faults that some provider answers differently.</summary>
internal enum WrongKind
{
    Missing,
    Type,
    Value,

    /// <summary>Not a field of this call.</summary>
    Unknown,

    /// <summary>The model does not exist.</summary>
    Model,

    /// <summary>A header that the call needs is not there.</summary>
    Header,

    /// <summary>A picture that cannot be read.</summary>
    Picture,
}
