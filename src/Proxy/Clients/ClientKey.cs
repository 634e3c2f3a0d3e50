using System.Buffers.Text;
using System.Security.Cryptography;

namespace Framegate.Proxy.Clients;

/// <summary>A client's key as it is made: <c>fg_</c> and 256 random bits. It is shown once; what is kept is its hash.</summary>
internal static class ClientKey
{
    private const string Prefix = "fg_";

    /// <summary>Makes one.</summary>
    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
