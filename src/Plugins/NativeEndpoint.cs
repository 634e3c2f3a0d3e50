namespace Framegate.Plugins;

/// <summary>A call of a provider's API that clients may make on its native route. What an adapter does not name is not served.</summary>
/// <param name="Methods">The methods, separated by commas, as in <c>GET,DELETE</c>. HEAD is served wherever GET is.</param>
/// <param name="Path">
/// The path below <see cref="ProviderAdapter.NativeBase"/>. <c>{name}</c> stands for one segment or a part of one, <c>{id}</c> for one that holds the id
/// of a job, and a segment of <c>**</c> for any number of segments: <c>/v1/tasks/{id}</c>, <c>/v1/flux-{model}</c>, <c>/fal-ai/pika/**</c>.
/// </param>
/// <param name="Use">What it does.</param>
public sealed record NativeEndpoint(string Methods, string Path, NativeEndpointUse Use = NativeEndpointUse.Open)
{
    /// <summary>The parameter of the query that holds the id of a job, or several ids with commas between them; several parameters are separated by commas; null for none.</summary>
    public string? IdParameter { get; init; }

    /// <summary>
    /// The member of a body, JSON or a form, that holds the id of a job, as in <c>operationName</c> or <c>video.id</c>; several are separated by commas; null for none. Of a path
    /// the last part counts, up to a colon. An array counts like each of its values. In <c>input.uri@/files/</c> only values count that hold <c>/files/</c>, and of them what
    /// follows it; in <c>input.uri@vendor/files/</c> no public address does whose host does not hold <c>vendor</c>. In <c>input.**@vendor://</c> every value inside <c>input</c>
    /// counts that begins so. In <c>input[reference|image].id</c> only objects count whose <c>type</c> is one of these, or that have none. Names are compared without case and underscores.
    /// </summary>
    public string? IdMember { get; init; }

    /// <summary>Where the body has no <see cref="IdMember"/>: true when the call may go on. Default: false.</summary>
    public bool IdIsOptional { get; init; }

    /// <summary>
    /// The member of an answer, at any depth, that holds the id of something the job has made, as a file, or of a job whose id does not stand at the top of the answer to its
    /// submit; it belongs to the client of the job. Of an address the last
    /// part of its path counts, up to a colon. Null (the default) for none.
    /// </summary>
    public string? AnswerMember { get; init; }

    /// <summary>
    /// Another host of the provider's that the call goes to, as <c>fal.run</c> beside <c>queue.fal.run</c>; null (the default) for the address's own. A stand-in on this
    /// machine has it below its address, as <c>/fal.run/...</c>.
    /// </summary>
    public string? Host { get; init; }

    /// <summary>The member of a list's answer that holds its jobs, each an object with an <c>id</c>. Default: <c>data</c>.</summary>
    public string ListMember { get; init; } = "data";
}

/// <summary>What a native call does.</summary>
public enum NativeEndpointUse
{
    /// <summary>It starts a job, which belongs to the client that calls. One that names an earlier job needs that one to be the client's too.</summary>
    Submit,

    /// <summary>It reads or ends the job that it names.</summary>
    Job,

    /// <summary>It lists jobs; the answer keeps those of the client that calls.</summary>
    List,

    /// <summary>It concerns no job: an upload, a list of models.</summary>
    Open,
}
