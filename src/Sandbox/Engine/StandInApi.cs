using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Engine;

/// <summary>One provider's description: its paths, key, checks and shapes. The <see cref="JobEndpoints"/> does the rest.</summary>
/// <remarks>Stateless: one object serves every sandbox of the process.</remarks>
internal abstract class StandInApi : IStandIn
{
    public abstract string Name { get; }

    /// <summary>How long a result can be fetched.</summary>
    public virtual TimeSpan Lifetime => TimeSpan.FromHours(24);

    /// <summary>True where each look at a job gives links a new life.</summary>
    public virtual bool LinksRenew => false;

    /// <summary>How long after its acceptance a job can be asked for.</summary>
    public virtual TimeSpan KnownFor => TimeSpan.FromDays(7);

    public void Map(IEndpointRouteBuilder routes, StandInSite site)
    {
        var endpoints = new JobEndpoints(this, site);
        Map(routes, endpoints);
        routes.MapMethods(JobEndpoints.FileRoute, [HttpMethods.Get, HttpMethods.Head], endpoints.FileAsync);
        routes.MapFallback("{**path}", context => Refuse(new(RefusalKind.UnknownPath, context.Request.Path)).WriteAsync(context));
    }

    /// <summary>The key that a call presents; empty when it has none in the right place.</summary>
    public virtual string KeyOf(HttpContext context)
    {
        const string scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : "";
    }

    /// <summary>Why a key is not good; null when it is.</summary>
    public virtual Refusal? Check(HttpContext context, ApiKeyRule rule, SandboxOptions options)
    {
        var key = KeyOf(context);
        return rule.Accepts(key) ? null : new(key.Length == 0 ? RefusalKind.MissingKey : RefusalKind.WrongKey, key);
    }

    /// <summary>A refusal in the provider's shape.</summary>
    public abstract Reply Refuse(Refusal refusal);

    /// <summary>A new id in the provider's style.</summary>
    public virtual string NewId(Chance chance) => chance.Uuid();

    /// <summary>What a webhook receives about an ended job; null where the provider calls nobody.</summary>
    public virtual JsonNode? Called(View view) => null;

    /// <summary>The headers that prove a call about a job.</summary>
    public virtual IReadOnlyList<KeyValuePair<string, string>> Sign(string job, byte[] body, DateTimeOffset now) => [];

    /// <summary>Adds the native routes.</summary>
    protected abstract void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints);
}
