using Framegate.Proxy.Common;
using Framegate.Proxy.Media;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.Inputs;

/// <summary>Calls that may bring large inputs.</summary>
internal static class InputCalls
{
    /// <summary>A folder of inputs.</summary>
    public static InputFolder FolderIn(TempFolder data, long most = 64 * 1024 * 1024, bool removesLocation = false) => new(
        new DataFolder(data.Path), new FolderFlush(), Options.Create(new MediaOptions { MaxHeldBytes = most, RemoveLocation = removesLocation }), NullLogger<InputFolder>.Instance);

    /// <summary>A call.</summary>
    public static DefaultHttpContext New(TempFolder data, byte[]? body = null, InputFolder? folder = null)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton(folder ?? FolderIn(data)).BuildServiceProvider() };
        context.Request.Body = new MemoryStream(body ?? []);
        context.Request.ContentLength = body?.Length ?? 0;
        return context;
    }

    /// <summary>The files that are there.</summary>
    public static string[] FilesIn(TempFolder data) => Directory.GetFiles(Path.Combine(data.Path, "inputs"));
}
