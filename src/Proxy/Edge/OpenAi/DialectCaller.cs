using System.Globalization;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Selection.Candidates;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>Who calls, and what the call's headers ask for.</summary>
/// <param name="Client">Who.</param>
/// <param name="Connection">The connection that the answer goes out on.</param>
/// <param name="BaseUrl">The address the call came in on.</param>
/// <param name="IdempotencyKey">The key it came with; null for none.</param>
/// <param name="Tries">How many tries its SDK has counted before this one; null where it does not count them.</param>
/// <param name="Cache">What the caller asks for about cached results.</param>
internal sealed record DialectCaller(string Client, ICaller Connection, string BaseUrl, string? IdempotencyKey, int? Tries, CacheDirectives Cache)
{
    private const int LongestIdempotencyKey = 255;
    private const decimal NoAmount = -1;

    /// <summary>Reads it from a request.</summary>
    public static DialectCaller Of(HttpContext context, string baseUrl)
    {
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        return new DialectCaller(
            Http.Client.Of(context), new ConnectedCaller(context), baseUrl, key.Length > 0 ? key : null,
            int.TryParse(context.Request.Headers["X-Stainless-Retry-Count"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var tries) ? tries : null,
            CacheDirectives.Read(context.Request.Headers.CacheControl))
        {
            CallId = context.TraceIdentifier,
            MaxCost = MaxCostHeader.TryRead(context.Request.Headers[MaxCostHeader.Name], out var most) ? most : NoAmount,
        };
    }

    /// <summary>True when its SDK counts its tries, and this is not the first.</summary>
    public bool IsRepetition => Tries > 0;

    /// <summary>The id of the call, for the log; null for none.</summary>
    public string? CallId { get; init; }

    /// <summary>What the call may cost at most, USD; null for any price.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>What is wrong with the call's headers.</summary>
    public OpenAiError? Problem => MaxCost == NoAmount ? OpenAiErrors.Invalid(MaxCostHeader.Name, "It must be an amount in USD, as in 0.25.") : IdempotencyKey?.Length > LongestIdempotencyKey
        ? OpenAiErrors.Invalid("Idempotency-Key", $"It must have at most {LongestIdempotencyKey} characters.")
        : null;

    /// <summary>The key of one of the requests a call was split into.</summary>
    public string? KeyFor(int part) => IdempotencyKey is { } key && part > 0 ? $"{key}#{part}" : IdempotencyKey;
}
