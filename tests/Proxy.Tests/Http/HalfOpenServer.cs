using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Framegate.Proxy.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Framegate.Proxy.Tests.Http;

/// <summary>The real server with <see cref="HalfOpen"/> before it, and what it says of its connections from a warning on.</summary>
internal sealed class HalfOpenServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Complaints _complaints = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HalfOpenServer(RequestDelegate serve)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<ILoggerProvider>(_complaints);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            HalfOpen.Apply(kestrel, TimeProvider.System);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Use(next => connection => WatchedAsync(next, connection)));
        });
        _app = builder.Build();
        _app.Run(serve);
    }

    /// <summary>Done once the server has left a connection.</summary>
    public Task Ended => _ended.Task;

    public IReadOnlyCollection<string> Complained => _complaints.Lines;

    public static async Task<HalfOpenServer> StartAsync(RequestDelegate serve)
    {
        var server = new HalfOpenServer(serve);
        await server._app.StartAsync();
        return server;
    }

    public async Task<Socket> ConnectAsync(string sent)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, new Uri(_app.Urls.First()).Port);
        await client.SendAsync(Encoding.ASCII.GetBytes(sent));
        return client;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task WatchedAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        await next(connection);
        _ended.TrySetResult();
    }

    private sealed class Complaints : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // The server's own word on a body that a reset broke off, with or without the wrapper.
            if (IsEnabled(logLevel) && eventId.Name != "RequestBodyDrainBodyReaderInvalidState")
            {
                _lines.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }

        public void Dispose()
        {
        }
    }
}
