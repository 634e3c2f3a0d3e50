using System.Text.Json.Serialization;

namespace Framegate.Proxy.Clients;

/// <summary>A client that was made while the program runs, as it is stored. A revoked one stays: nobody else gets its name, and with it its generations.</summary>
internal sealed record ClientRecord
{
    /// <summary>The most keys that work at once.</summary>
    public const int MostKeys = 10;

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do.</summary>
    public required ClientSettings Settings { get; init; }

    /// <summary>Its keys, newest first.</summary>
    public IReadOnlyList<ClientKeyRecord> Keys { get; init; } = [];

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it was revoked; null while it is not.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>Counts the changes.</summary>
    public int Revision { get; init; }
}

/// <summary>A key of a stored client.</summary>
/// <param name="Hash">Its SHA-256, as <see cref="KeyDigest"/> writes it.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">From when on it opens nothing; null for as long as its client.</param>
internal sealed record ClientKeyRecord(string Hash, DateTimeOffset Created, DateTimeOffset? Expires)
{
    /// <summary>What names the key in lists.</summary>
    [JsonIgnore]
    public string Id => KeyDigest.IdOf(Hash);
}

/// <summary>How clients are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClientRecord))]
internal sealed partial class ClientRecordJson : JsonSerializerContext;
