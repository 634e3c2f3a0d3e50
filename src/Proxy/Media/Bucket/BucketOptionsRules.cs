using Framegate.Proxy.Common;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Media.Bucket;

/// <summary>What a bucket needs to be used.</summary>
internal sealed class BucketOptionsRules : IValidateOptions<BucketOptions>
{
    public ValidateOptionsResult Validate(string? name, BucketOptions options)
    {
        if (string.IsNullOrEmpty(options.Name))
        {
            return options.Endpoint is null ? ValidateOptionsResult.Success : Fail(nameof(BucketOptions.Name), "It must be set where there is an Endpoint.");
        }

        if (options.Endpoint is { } endpoint && !(endpoint.IsAbsoluteUri && endpoint.Scheme is "http" or "https" && endpoint.UserInfo.Length == 0))
        {
            return Fail(nameof(BucketOptions.Endpoint), "It must be a URL like https://s3.example.com, without user info.");
        }

        foreach (var (setting, variable) in new[] { (nameof(BucketOptions.KeyEnv), options.KeyEnv), (nameof(BucketOptions.SecretEnv), options.SecretEnv) })
        {
            if (EnvFile.Secret(variable) is null)
            {
                return Fail(setting, $"The environment variable {variable} is not set.");
            }
        }

        return ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fail(string setting, string reason) => ValidateOptionsResult.Fail($"{BucketOptions.Section}:{setting}: {reason}");
}
