using System.Net;
using System.Net.Sockets;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>A port for a program that must come back at the same address.</summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int AfterLast = 20_000;

    /// <summary>One that nobody listens on now, below those that the system gives out itself: nobody gets it by chance while the program is away.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, AfterLast);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // It is taken.
            }
        }
    }
}
