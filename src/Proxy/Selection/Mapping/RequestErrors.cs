using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Selection.Mapping;

/// <summary>Framegate's own answers to requests that it does not take.</summary>
internal static class RequestErrors
{
    /// <summary>A request with these errors.</summary>
    public static GenerationError Of(IReadOnlyList<FieldError> errors, DateTimeOffset now, ErrorCode code = ErrorCode.InvalidRequest) => new()
    {
        Code = code,
        Message = errors.Count == 1 ? errors[0].ToString() : $"{errors[0]} (and {errors.Count - 1} more in details.fields)",
        Details = new ErrorDetails { Fields = errors },
        Timestamp = now,
    };

    /// <summary>A request with one error.</summary>
    public static GenerationError Of(DateTimeOffset now, string field, string message, IReadOnlyList<string>? allowed = null) =>
        Of([new FieldError(field, message, allowed)], now);

    /// <summary>The provider does not have this model.</summary>
    public static GenerationError UnknownModel(DateTimeOffset now, string message, IReadOnlyList<string> allowed) =>
        Of([new FieldError("model", message, allowed)], now, ErrorCode.InvalidModel);

    /// <summary>There is no key for the provider.</summary>
    public static GenerationError NoKey(DateTimeOffset now, string provider, string remedy) => new()
    {
        Code = ErrorCode.AuthenticationFailed,
        Message = $"Framegate has no key for {provider}; {remedy}.",
        Provider = provider,
        Timestamp = now,
    };

    /// <summary>Every candidate that could do the request has weight 0.</summary>
    public static GenerationError Drained(DateTimeOffset now, string alias) => new()
    {
        Code = ErrorCode.ProviderError,
        Message = $"Every candidate of {alias} that can do the request is drained.",
        Retryable = true,
        Timestamp = now,
    };

    /// <summary>The caller wants nothing but a cached result, and there is none.</summary>
    public static GenerationError NotCached(DateTimeOffset now) => new()
    {
        Code = ErrorCode.InvalidRequest,
        Message = "Cache-Control: only-if-cached was given, and no cached result answers this request. Nothing was sent to a provider.",
        Details = new ErrorDetails { Reason = "not_cached" },
        Timestamp = now,
    };

    /// <summary>A client whose spending is bounded asks for what has no price.</summary>
    public static GenerationError Unpriced(DateTimeOffset now, string client) => new()
    {
        Code = ErrorCode.InsufficientCredits,
        Message = $"What the model costs is not known beforehand, and the spending of the client {client} is bounded (AllowUnpriced).",
        Details = new ErrorDetails { Reason = "unpriced" },
        Timestamp = now,
    };

    /// <summary>One request costs more than a request of the client may.</summary>
    public static GenerationError TooDear(DateTimeOffset now, string client, decimal cost, decimal most) => new()
    {
        Code = ErrorCode.InsufficientCredits,
        Message = FormattableString.Invariant($"It would cost {cost} USD, and a request of the client {client} may cost {most} USD (MaxCostPerRequest)."),
        Details = new ErrorDetails { Reason = "max_cost_per_request" },
        Timestamp = now,
    };

    /// <summary>A budget of the client has not so much left.</summary>
    public static GenerationError NoBudget(DateTimeOffset now, string client, BudgetReport budget, decimal cost) => new()
    {
        Code = ErrorCode.InsufficientCredits,
        Message = FormattableString.Invariant(
            $"It would cost up to {cost} USD, and the budget {budget.Name} of the client {client} has {budget.Left} of {budget.Limit} USD left; it {(budget.Renews is { } at ? $"renews at {at:yyyy-MM-dd'T'HH:mm:ss'Z'}" : "does not renew")}."),
        Details = new ErrorDetails { Reason = "budget", Budget = budget },
        Timestamp = now,
    };

    /// <summary>A prompt has what prompts of its client, or for its alias, may not have. Which phrase it is stays with the operator.</summary>
    public static GenerationError Denied(DateTimeOffset now, string whose) => new()
    {
        Code = ErrorCode.ContentPolicyViolation,
        Message = $"The prompt has words that the operator does not allow for {whose}. Nothing was sent.",
        Details = new ErrorDetails { Reason = "denied_phrase", Fields = [new FieldError("prompt", "It has words that are not allowed here.", null)] },
        Timestamp = now,
    };

    /// <summary>The moderation service thinks ill of a prompt.</summary>
    public static GenerationError Moderated(DateTimeOffset now, IReadOnlyList<string> reasons) => new()
    {
        Code = ErrorCode.ContentPolicyViolation,
        Message = $"The moderation service rejects the prompt: {string.Join(", ", reasons)}. Nothing was sent.",
        Details = new ErrorDetails { Reason = "moderated", Fields = [new FieldError("prompt", "It was rejected by the moderation service.", null)] },
        Timestamp = now,
    };

    /// <summary>The moderation service did not judge, and what it has not judged is not sent.</summary>
    public static GenerationError NotModerated(DateTimeOffset now) => new()
    {
        Code = ErrorCode.ProviderError,
        Message = "The moderation service did not judge the prompt, and the operator sends nothing unjudged. Nothing was sent.",
        Details = new ErrorDetails { Reason = "moderation_unavailable" },
        Retryable = true,
        RetryAfter = 5,
        Timestamp = now,
    };

    /// <summary>A client asks too often, for anything or for one model.</summary>
    /// <param name="now">The time.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="limit">Its value.</param>
    /// <param name="wait">How long there is no room.</param>
    public static GenerationError TooOften(DateTimeOffset now, string setting, int limit, TimeSpan wait) => new()
    {
        Code = ErrorCode.RateLimitExceeded,
        Message = $"The client has sent {limit} requests in the last minute already ({setting}).",
        Retryable = true,
        Timestamp = now,
        RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)),
    };

    /// <summary>There are too many open generations.</summary>
    public static GenerationError TooMany(DateTimeOffset now, string setting, int limit, bool ofClient) => new()
    {
        Code = ErrorCode.RateLimitExceeded,
        Message = $"{limit} generations{(ofClient ? " of this client" : "")} are open already ({setting}).",
        Retryable = true,
        Timestamp = now,
        RetryAfter = 5,
    };
}
