using System.Security.Cryptography;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.Http;

/// <summary>The large inputs of one request. They are held until it is answered; a generation that needs them longer holds them itself.</summary>
internal sealed class RequestInputs : IDisposable
{
    private readonly List<HeldFile> _files = [];
    private readonly BodyLease? _lease;
    private HeldInputs _held = HeldInputs.None;

    private RequestInputs(InputFolder folder, BodyLease? lease) => (Folder, _lease) = (folder, lease);

    /// <summary>Where they lie.</summary>
    public InputFolder Folder { get; }

    /// <summary>Those of a request.</summary>
    public static RequestInputs Of(HttpContext context)
    {
        if (context.Features.Get<RequestInputs>() is not { } inputs)
        {
            inputs = new RequestInputs(context.RequestServices.GetRequiredService<InputFolder>(), BodyLease.Of(context));
            context.Features.Set(inputs);
            context.Response.RegisterForDispose(inputs);
        }

        return inputs;
    }

    /// <summary>What was taken out of the body of a request that has been read.</summary>
    public static HeldInputs HeldBy(HttpContext context) => context.Features.Get<RequestInputs>()?._held ?? HeldInputs.None;

    /// <summary>Reads a JSON body to its end; of a large one the large inputs are taken out.</summary>
    /// <returns>The rest of the body, and the inputs.</returns>
    /// <exception cref="BadHttpRequestException">It is too large, or not HTTP.</exception>
    /// <exception cref="NoRoomForBodyException">There is no room for another input.</exception>
    /// <exception cref="StoreUnavailableException">The disk is full, or fails.</exception>
    public static async ValueTask<(byte[] Body, HeldInputs Held)> ReadAsync(HttpRequest request, CancellationToken cancellationToken) =>
        BodyLease.Of(request.HttpContext) is null
            ? (RequestBody.Unmarked(await RequestBody.ReadAsync(request, cancellationToken)), HeldInputs.None)
            : await Of(request.HttpContext).SplitAsync(request, cancellationToken);

    /// <summary>Reads a JSON body to its end, and takes the large inputs out of it.</summary>
    /// <returns>The rest of the body, and the inputs.</returns>
    /// <exception cref="BadHttpRequestException">It is too large, or not HTTP.</exception>
    /// <exception cref="NoRoomForBodyException">There is no room for another input.</exception>
    /// <exception cref="StoreUnavailableException">The disk is full, or fails.</exception>
    public async ValueTask<(byte[] Body, HeldInputs Held)> SplitAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var splitter = new Base64Splitter(Folder) { Left = request.ContentLength ?? 0 };
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(cancellationToken);
                var before = splitter.TakenOut;
                try
                {
                    OnDisk(() =>
                    {
                        foreach (var piece in read.Buffer)
                        {
                            splitter.Feed(piece.Span);
                        }
                    });
                }
                finally
                {
                    // Else the server cannot throw away what is still to come.
                    request.BodyReader.AdvanceTo(read.Buffer.End);
                }

                _lease?.Shrink(splitter.TakenOut - before);
                if (splitter.Rest.Length > RequestBody.MostInMemory)
                {
                    throw RequestBody.TooLarge();
                }

                if (read.IsCompleted)
                {
                    _held = splitter.Inputs.Count == 0 ? HeldInputs.None : new HeldInputs([.. splitter.Inputs.Select(i => ((HeldInput)i.Input, i.Refusal))]);
                    return (RequestBody.Unmarked(splitter.Rest.ToArray()), _held);
                }
            }
        }
        finally
        {
            _files.AddRange(splitter.Inputs.Select(i => i.Input));
        }
    }

    /// <summary>Writes an upload.</summary>
    /// <param name="begun">What was read of it already.</param>
    /// <param name="rest">What comes.</param>
    /// <param name="most">Bytes that are kept at most; of what is longer only the length is.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The input.</returns>
    /// <exception cref="NoRoomForBodyException">There is no room for it.</exception>
    /// <exception cref="StoreUnavailableException">The disk is full, or fails.</exception>
    public async Task<HeldFile> WriteAsync(ReadOnlyMemory<byte> begun, Stream rest, long most, CancellationToken cancellationToken)
    {
        using var writer = OnDisk(() => Folder.Begin(0, most));
        var buffer = new byte[Base64Splitter.Threshold];
        for (var piece = begun; !piece.IsEmpty;)
        {
            if (!OnDisk(() => writer.TryAppend(piece.Span)))
            {
                throw new NoRoomForBodyException();
            }

            _lease?.Shrink(piece.Length);
            piece = buffer.AsMemory(0, await rest.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken));
        }

        var file = OnDisk(writer.Finish);
        file.Hold();
        _files.Add(file);
        return file;
    }

    /// <summary>Makes them survive the loss of power.</summary>
    /// <exception cref="StoreUnavailableException">The disk is full, or fails.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_files.Count == 0)
        {
            return;
        }

        try
        {
            await Folder.FlushAsync(_files, cancellationToken);
        }
        catch (IOException e)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>What stands for a body with inputs that were taken out of it: the same for the same bytes, wherever they lie.</summary>
    /// <returns>A SHA-256.</returns>
    public static byte[] FingerprintOf(byte[] rest, IReadOnlyCollection<HeldInput> held)
    {
        if (held.Count == 0)
        {
            return SHA256.HashData(rest);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(HeldInputs.WithoutNames(rest, held));

        // No JSON has this behind it, so that nobody can write a body with the same print.
        hash.AppendData([0, (byte)held.Count]);
        return hash.GetHashAndReset();
    }

    public void Dispose()
    {
        _files.ForEach(f => f.LetGo());
        _files.Clear();
    }

    private static void OnDisk(Action write) => OnDisk(() =>
    {
        write();
        return true;
    });

    private static T OnDisk<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(e);
        }
    }

    private static StoreUnavailableException Unavailable(Exception e) => new((e as IOException is { } io ? StoreUnavailableException.ProblemOf(io) : null) ?? StoreProblem.Failing, e);
}
