namespace Framegate.Proxy.Egress;

/// <summary>A URL leads to a private address that is not configured; nothing was sent there.</summary>
internal sealed class PrivateAddressException(string message) : HttpRequestException(HttpRequestError.ConnectionError, message)
{
    /// <summary>Whether this is why a call failed.</summary>
    public static bool IsCauseOf(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is PrivateAddressException)
            {
                return true;
            }
        }

        return false;
    }
}
