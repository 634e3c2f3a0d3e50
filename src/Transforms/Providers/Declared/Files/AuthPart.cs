namespace Framegate.Transforms.Providers.Declared.Files;

/// <summary>How the key travels.</summary>
internal sealed record AuthPart
{
    /// <summary><c>header</c> (default), <c>query</c>, <c>jwt</c> (a signed token where the key has two halves), <c>hmac</c> (a signature of each call), or
    /// <c>google</c> (an OAuth token where the key is a service account's file).</summary>
    public string Scheme { get; set; } = "header";

    /// <summary>The header. Default <c>Authorization</c>.</summary>
    public string Header { get; set; } = "Authorization";

    /// <summary>Its value, with <c>{key}</c>. Default <c>Bearer {key}</c>.</summary>
    public string Value { get; set; } = "Bearer {key}";

    /// <summary>With <c>query</c>: the parameter that carries the key.</summary>
    public string? Parameter { get; set; }

    /// <summary>With <c>jwt</c>: how long a token is good, seconds. Default 1800; 600 to 86400.</summary>
    public int Lifetime { get; set; } = 1800;

    /// <summary>With <c>hmac</c>: what is signed, and where the signature goes.</summary>
    public HmacPart? Hmac { get; set; }

    /// <summary>Environment variables that may hold the key, the first that is set wins; <c>A+B</c> for two that hold its halves, access and secret.</summary>
    public required IReadOnlyList<string> Keys { get; set; }

    /// <summary>Headers that go along with every call.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];
}

/// <summary>A signature of each call by a secret key.</summary>
internal sealed record HmacPart
{
    /// <summary>What is signed, with <c>{method}</c>, <c>{path}</c>, <c>{query}</c>, <c>{host}</c>, <c>{timestamp}</c>, <c>{timestamp_ms}</c>, <c>{date}</c>, <c>{body}</c>,
    /// <c>{body_sha256}</c>, <c>{access}</c> and <c>{newline}</c>.</summary>
    public required string Message { get; set; }

    /// <summary><c>sha256</c> (default), <c>sha512</c> or <c>sha1</c>.</summary>
    public string Algorithm { get; set; } = "sha256";

    /// <summary><c>hex</c> (default) or <c>base64</c>.</summary>
    public string Encoding { get; set; } = "hex";

    /// <summary>Headers, with the same names and <c>{signature}</c>.</summary>
    public required Dictionary<string, string> Headers { get; set; }
}

/// <summary>A call that costs nothing and shows that key and account work.</summary>
internal sealed record ProbePart
{
    /// <summary>The method. Default GET.</summary>
    public string Method { get; set; } = "GET";

    /// <summary>The path.</summary>
    public required string Path { get; set; }

    /// <summary>Statuses besides 2xx that mean all is well.</summary>
    public IReadOnlyList<int> Well { get; set; } = [];
}

/// <summary>How often to poll, milliseconds.</summary>
internal sealed record PacePart(int First = 1000, int Longest = 5000, double Growth = 1.5);
