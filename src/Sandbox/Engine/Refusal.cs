namespace Framegate.Sandbox.Engine;

/// <summary>Why a call is not served.</summary>
internal enum RefusalKind
{
    MissingKey,
    WrongKey,

    /// <summary>The body is no JSON object.</summary>
    NotJson,

    /// <summary>A field is wrong; <see cref="Refusal.Wrong"/> names it.</summary>
    Invalid,

    UnknownModel,

    /// <summary>A key against repetition came again with another body.</summary>
    OtherBody,

    UnknownJob,

    /// <summary>There is no such path.</summary>
    UnknownPath,

    RateLimited,

    /// <summary>The account has too many jobs at a time.</summary>
    TooManyJobs,

    NoCredits,

    Unavailable,

    /// <summary>What the prompt asks for; see <see cref="Refusal.Asked"/>.</summary>
    Asked,

    /// <summary>A call that is answered at once fell to the content filter.</summary>
    Moderated,

    /// <summary>A call that is answered at once failed.</summary>
    Failed,

    /// <summary>A call that is answered at once took too long.</summary>
    TimedOut,
}

/// <summary>A refusal before it has the provider's shape.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Subject">The model, id, key or path it is about; may be empty.</param>
internal sealed record Refusal(RefusalKind Kind, string Subject = "")
{
    /// <summary>Status and code of a refusal that the prompt asks for, as in <c>429-1304</c>.</summary>
    public (int Status, string Code) Asked => AskedFor(Subject);

    /// <summary>The fault of the body; only for <see cref="RefusalKind.Invalid"/>.</summary>
    public Wrong? Wrong { get; init; }

    /// <summary>Reads a status and a code; without a status it is 500.</summary>
    public static (int Status, string Code) AskedFor(string text)
    {
        var dash = text.IndexOf('-');
        return dash == 3 && int.TryParse(text.AsSpan(0, dash), out var status) && status >= 200 ? (status, text[(dash + 1)..])
            : (StatusCodes.Status500InternalServerError, text);
    }
}
