namespace Framegate.Sandbox.Core;

/// <summary>What becomes of a valid submit before a job exists.</summary>
internal enum Admission
{
    /// <summary>Go on: create the job.</summary>
    Accepted,

    /// <summary>The call hung until the caller left; there is nobody to answer.</summary>
    Gone,

    /// <summary>Answer as the provider does when it is overloaded.</summary>
    Unavailable,

    /// <summary>Answer as the provider does when calls come too fast.</summary>
    RateLimited,

    /// <summary>Answer as the provider does when the account is empty.</summary>
    NoCredits,
}
