namespace Framegate.Proxy.Media.Bucket;

/// <summary>A bucket that replicas share. Read at start.</summary>
internal sealed class BucketOptions
{
    public const string Section = "Framegate:Media:Bucket";

    /// <summary>Where it is served; null (the default) with a <see cref="Name"/> for AWS.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Its name. Null (the default): media lie in the data folder.</summary>
    public string? Name { get; set; }

    /// <summary>Its region. Default us-east-1.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>The environment variable with the access key's id. Default AWS_ACCESS_KEY_ID.</summary>
    public string KeyEnv { get; set; } = "AWS_ACCESS_KEY_ID";

    /// <summary>The environment variable with the secret key. Default AWS_SECRET_ACCESS_KEY.</summary>
    public string SecretEnv { get; set; } = "AWS_SECRET_ACCESS_KEY";

    /// <summary>True (the default) for <c>https://host/bucket/key</c>, false for <c>https://bucket.host/key</c>.</summary>
    public bool PathStyle { get; set; } = true;

    /// <summary>Begins every key. Default <c>framegate/</c>.</summary>
    public string Prefix { get; set; } = "framegate/";

    /// <summary>True to send those who ask for a file to the bucket, with an address that is good for five minutes. Default false: the bytes come through Framegate.</summary>
    public bool Redirect { get; set; }
}
