using System.Net;
using System.Net.Sockets;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>A port for a program that must come back at the same address.</summary>
public static class FreePort
{
    /// <summary>One that nobody listens on now.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
