using System.Security.Cryptography;
using System.Text;

namespace Framegate.Sandbox.Core;

/// <summary>Whether a presented key is the one required; without a requirement any key will do.</summary>
internal sealed class ApiKeyRule(SandboxOptions options, string provider)
{
    private readonly byte[]? _required = options.Keys.TryGetValue(provider, out var key) ? Encoding.UTF8.GetBytes(key) : null;

    public bool Accepts(string key) =>
        key.Length > 0 && (_required is null || CryptographicOperations.FixedTimeEquals(_required, Encoding.UTF8.GetBytes(key)));
}
