using Amazon.Runtime;
using Framegate.Proxy.Common;

namespace Framegate.Proxy.Media.Bucket;

/// <summary>The access key of a bucket, from the environment or from files, which are read again when they change.</summary>
internal sealed class BucketKeys(BucketOptions options) : AWSCredentials
{
    public override ImmutableCredentials GetCredentials()
    {
        SecretFile.Look();
        return new ImmutableCredentials(Value(options.KeyEnv), Value(options.SecretEnv), token: null);
    }

    private static string Value(string variable) => EnvFile.Secret(variable)?.Reveal().Trim() ?? throw new AmazonClientException($"{variable} is not set");
}
