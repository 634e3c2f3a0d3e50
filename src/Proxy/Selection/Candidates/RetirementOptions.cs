namespace Framegate.Proxy.Selection.Candidates;

/// <summary><c>Framegate:Retirement</c>: what becomes of requests for models that their makers have switched off.</summary>
internal sealed class RetirementOptions
{
    public const string Section = "Framegate:Retirement";

    /// <summary>Whether a request that names a retired model itself goes to the model that its maker names in its place, with a warning. Default false: it is sent as it is.
    /// Aliases always go over.</summary>
    public bool FollowSuccessors { get; set; }
}
