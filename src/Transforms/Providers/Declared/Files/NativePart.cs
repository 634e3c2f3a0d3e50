using System.Text.Json;
using Framegate.Plugins;

namespace Framegate.Transforms.Providers.Declared.Files;

/// <summary>What the native route serves.</summary>
internal sealed record NativePart
{
    public IReadOnlyList<NativeEndpointPart> Endpoints { get; set; } = [];

    /// <summary>Members of answers whose URLs come back through the gateway.</summary>
    public IReadOnlyList<string> Links { get; set; } = [];

    /// <summary>Members of answers whose URLs are files. Default: those that the results of operations point at.</summary>
    public IReadOnlyList<string>? Results { get; set; }

    /// <summary>Headers that keep the provider from repeating a paid job.</summary>
    public Dictionary<string, string> SubmitHeaders { get; set; } = [];

    /// <summary>Headers of the vendor's clients that go on to the provider; an asterisk may end a name.</summary>
    public IReadOnlyList<string> RequestHeaders { get; set; } = [];

    /// <summary>Headers of the provider's answers that go on to the client.</summary>
    public IReadOnlyList<string> AnswerHeaders { get; set; } = [];

    /// <summary>The shape of errors, with <c>{message}</c> and <c>{status}</c>. Default: error.message and error.code.</summary>
    public JsonElement Error { get; set; }

    /// <summary>The header in which the vendor's client names the URL it wants.</summary>
    public string? TargetHeader { get; set; }
}

/// <summary>A native call.</summary>
internal sealed record NativeEndpointPart
{
    public required string Methods { get; set; }
    public required string Path { get; set; }

    /// <summary>Another host of the provider's that the call goes to, where its client names it in the target header. Default: the address's own.</summary>
    public string? Host { get; set; }

    /// <summary><c>submit</c>, <c>job</c>, <c>list</c> or <c>open</c>. Default: <c>submit</c> for a POST that must name no job, since it may be paid; else <c>open</c>.</summary>
    public string? Use { get; set; }

    public string? IdParameter { get; set; }
    public string? IdMember { get; set; }
    public bool IdIsOptional { get; set; }

    /// <summary>The member of an answer, at any depth, that holds the id of something the job has made, as a file.</summary>
    public string? AnswerMember { get; set; }
    public string ListMember { get; set; } = "data";

    /// <summary>What it serves. A POST whose use is not stated may be paid for: it must not be paid twice by a repetition, nor outside of a client's budget.</summary>
    public IEnumerable<NativeEndpoint> Calls()
    {
        var methods = Methods.Split(',', StringSplitOptions.TrimEntries).ToLookup(static m => m == "POST");
        var mayBePaid = Use is null && methods.Contains(true) && !Path.Contains("{id}", StringComparison.Ordinal) && (IdIsOptional || (IdParameter is null && IdMember is null));
        return !mayBePaid ? [Call(Methods, Use)]
            : methods.Contains(false) ? [Call("POST", "submit"), Call(string.Join(',', methods[false]), null)]
            : [Call(Methods, "submit")];
    }

    private NativeEndpoint Call(string methods, string? use) => new(methods, Path, use switch
    {
        "submit" => NativeEndpointUse.Submit,
        "job" => NativeEndpointUse.Job,
        "list" => NativeEndpointUse.List,
        _ => NativeEndpointUse.Open,
    })
    {
        IdParameter = IdParameter, IdMember = IdMember, IdIsOptional = IdIsOptional, AnswerMember = AnswerMember, ListMember = ListMember, Host = Host,
    };
}
