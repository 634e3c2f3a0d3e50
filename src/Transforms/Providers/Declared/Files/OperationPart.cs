using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Transforms.Providers.Declared.Files;

/// <summary>A way to submit.</summary>
internal sealed record OperationPart
{
    /// <summary>Its name; kept with the job.</summary>
    public required string Name { get; set; }

    /// <summary>Conditions that must hold.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> When { get; set; } = [];

    /// <summary>What is sent.</summary>
    public required SubmitPart Submit { get; set; }

    /// <summary>What the answer means. Default: <see cref="ProviderFile.Read"/>.</summary>
    public ReadPart? Read { get; set; }

    /// <summary>How the job is followed. Default: <see cref="ProviderFile.Job"/>.</summary>
    public JobPart? Job { get; set; }
}

/// <summary>A submit.</summary>
internal sealed record SubmitPart
{
    public string Method { get; set; } = "POST";

    /// <summary>The path, a template.</summary>
    public required string Path { get; set; }

    /// <summary>Parameters of the query, templates; those without a value are left out.</summary>
    public Dictionary<string, string> Query { get; set; } = [];

    /// <summary>Headers, templates; those without a value are left out.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>Calls that come first, one after the other: inputs that the provider wants to have before it is asked, and that the submit names by what their answers give.</summary>
    public IReadOnlyList<UploadPart> Uploads { get; set; } = [];

    /// <summary>The JSON body, a template: an object, or a list of one.</summary>
    public JsonElement Body { get; set; }

    /// <summary><c>json</c> (default) or <c>multipart</c>.</summary>
    public string Encoding { get; set; } = "json";

    /// <summary>Where native parameters go in the body: a pointer of names. Default: its root.</summary>
    public string NativeAt { get; set; } = "";

    /// <summary>Parameters that have no field here and are left out with a warning.</summary>
    public Dictionary<string, string> Ignores { get; set; } = [];

    /// <summary>Parameters that must be given.</summary>
    public IReadOnlyList<string> Needs { get; set; } = [];

    /// <summary>
    /// Where the body holds what is paid for, by variable: results, seconds, resolution, ...; with <c>|map:NAME</c> where it uses other words, <c>|times:N</c> where in other units. Of several
    /// places, between commas, the last that holds something counts; of <c>inputs</c> all count, each item of a list for one.
    /// </summary>
    public Dictionary<string, string> Facts { get; set; } = [];
}

/// <summary>A call that uploads an input. It is left out where the request has no such input.</summary>
internal sealed record UploadPart
{
    /// <summary>The input, a media parameter that holds one: image, last_image, mask, control_image or video. It is <c>item</c> in the templates.</summary>
    public required string Of { get; set; }

    /// <summary>The path, a template.</summary>
    public required string Path { get; set; }

    /// <summary>Headers, templates; those without a value are left out.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>The body, a template.</summary>
    public JsonElement Body { get; set; }

    /// <summary><c>json</c> (default), <c>multipart</c>, or <c>raw</c>: the bytes of the input and nothing else.</summary>
    public string Encoding { get; set; } = "json";

    /// <summary>What the answer gives, as <c>upload.NAME</c>, for later uploads and the submit. An answer without one of these is an error.</summary>
    public Dictionary<string, string> Keep { get; set; } = [];
}
