using System.Buffers;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Media;

/// <summary>Reads the media inputs of a request that an adapter needs as bytes: what lies in our own store, and URLs for models that take no URL.</summary>
internal sealed class InputReader : IDisposable
{
    private const int Piece = 64 * 1024;
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(20);
    private readonly IMediaCatalogue _store;
    private readonly MediaStore _media;
    private readonly IOptions<MediaOptions> _options;
    private readonly InputFolder _folder;
    private readonly HttpClient _client;

    public InputReader(IMediaCatalogue store, MediaStore media, ConnectGuard guard, InputFolder folder, IOptions<MediaOptions> options)
        : this(store, media, folder, options, GuardedClient.Create(guard))
    {
    }

    /// <summary>One that fetches in another way.</summary>
    internal InputReader(IMediaCatalogue store, MediaStore media, InputFolder folder, IOptions<MediaOptions> options, HttpClient client) =>
        (_store, _media, _folder, _options, _client) = (store, media, folder, options, client);

    /// <summary>Reads whatever the model needs as bytes.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model.</param>
    /// <param name="issues">Takes the inputs that cannot be read.</param>
    /// <param name="known">What was read for another model already, and takes what is read now.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The request with bytes in the place of what was read.</returns>
    public ValueTask<GenerationRequest> ReadAsync(
        GenerationRequest request, ModelInfo model, MappingIssues issues, ReadInputs known, CancellationToken cancellationToken) =>
        MustReadAny(request.Parameters, model) || Fields(request.Parameters).Any(static f => f.Input.IsInline) ? ReadAllAsync(request, model, issues, known, cancellationToken) : new(request);

    private async ValueTask<GenerationRequest> ReadAllAsync(
        GenerationRequest request, ModelInfo model, MappingIssues issues, ReadInputs known, CancellationToken cancellationToken)
    {
        var p = request.Parameters;
        async ValueTask<MediaInput?> Read(string name, MediaInput? input) =>
            input is { IsInline: true } ? await TypedAsync(name, input, cancellationToken)
            : !MustRead(name, input, model) ? input : await ReadOnceAsync("parameters." + name, input!, issues, known, cancellationToken);

        var references = new List<MediaInput>(p.ReferenceImages.Count);
        for (var i = 0; i < p.ReferenceImages.Count; i++)
        {
            references.Add(await Read($"reference_images[{i}]", p.ReferenceImages[i]) ?? p.ReferenceImages[i]);
        }

        return request with
        {
            Parameters = p with
            {
                Image = await Read("image", p.Image),
                LastImage = await Read("last_image", p.LastImage),
                Mask = await Read("mask", p.Mask),
                ControlImage = await Read("control_image", p.ControlImage),
                Video = await Read("video", p.Video),
                ReferenceImages = references,
            },
        };
    }

    /// <summary>The input under the type of its bytes. They were judged when the request came in, so that what is none of its kind stays as it is here.</summary>
    private static async ValueTask<MediaInput> TypedAsync(string field, MediaInput input, CancellationToken cancellationToken) =>
        (await InputJudge.JudgeAsync(input, ExpectedOf(field), cancellationToken)).ContentType is not { } type || type == input.ContentType || (IsOfBoxes(type) && IsOfBoxes(input.ContentType)) ? input
        : input.Held is { } held ? MediaInput.FromHeld(held, type)
        : MediaInput.FromBytes(input.Bytes, type);

    // Their boxes are the same, and a file may claim to be both.
    private static bool IsOfBoxes(string? type) => type is "image/avif" or "image/heic" or "image/heif";

    private static MediaType ExpectedOf(string field) => field.EndsWith("video", StringComparison.Ordinal) ? MediaType.Video : MediaType.Image;

    /// <summary>Why a client cannot use one of its inputs: its bytes are not what it should be, or it is to lie in our own store and is not there, or is another client's.</summary>
    /// <param name="parameters">The parameters of its request.</param>
    /// <param name="client">The client; null on a gateway without client keys.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The field and the reason; null when it can use all of them.</returns>
    public async ValueTask<(string Field, string Reason)?> RefusalAsync(GenerationParameters parameters, string? client, CancellationToken cancellationToken)
    {
        foreach (var (field, input) in Fields(parameters))
        {
            if (input.MediaId is { } id && await MediaOwner.FindAsync(_store, id, client, cancellationToken) is null)
            {
                return ("parameters." + field, NoMedia(id));
            }

            if (input.IsInline && (await InputJudge.JudgeAsync(input, ExpectedOf(field), cancellationToken)).Fault is { } fault)
            {
                return ("parameters." + field, fault);
            }
        }

        return null;
    }

    /// <summary>The ids of the inputs that lie in our own store.</summary>
    public static IEnumerable<string> StoredIn(GenerationParameters p)
    {
        return new[] { p.Image, p.LastImage, p.Mask, p.ControlImage, p.Video }.Concat(p.ReferenceImages).Select(i => i?.MediaId).OfType<string>();
    }

    /// <summary>The inputs whose placeholders may stand in what a request is mapped to.</summary>
    public static IReadOnlyList<HeldInput> HeldBy(GenerationRequest request)
    {
        var p = request.Parameters;
        List<HeldInput>? read = null;
        foreach (var input in (ReadOnlySpan<MediaInput?>)[p.Image, p.LastImage, p.Mask, p.ControlImage, p.Video, .. p.ReferenceImages])
        {
            if (input?.Held is { } held && !request.Held.Contains(held))
            {
                (read ??= []).Add(held);
            }
        }

        return read is null ? request.Held : [.. request.Held, .. read];
    }

    public void Dispose() => _client.Dispose();

    private static IEnumerable<(string Field, MediaInput Input)> Fields(GenerationParameters p)
    {
        (string Field, MediaInput? Input)[] single = [("image", p.Image), ("last_image", p.LastImage), ("mask", p.Mask), ("control_image", p.ControlImage), ("video", p.Video)];
        return single.Where(f => f.Input is not null).Select(f => (f.Field, f.Input!)).Concat(p.ReferenceImages.Select((input, i) => ($"reference_images[{i}]", input)));
    }

    private string NoMedia(string id) => $"There is no media '{id}' of at most {_options.Value.MaxInputBytes} bytes.";

    private static bool MustReadAny(GenerationParameters p, ModelInfo model)
    {
        if (MustRead("image", p.Image, model) || MustRead("last_image", p.LastImage, model) || MustRead("mask", p.Mask, model)
            || MustRead("control_image", p.ControlImage, model) || MustRead("video", p.Video, model))
        {
            return true;
        }

        for (var i = 0; i < p.ReferenceImages.Count; i++)
        {
            if (MustRead("reference_images", p.ReferenceImages[i], model))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a field is one of some inputs, or in the list that is one.</summary>
    private static bool IsOneOf(IReadOnlyList<string> inputs, string field) => inputs.Count > 0 && inputs.Contains(field.Split('[')[0]);

    private static bool MustRead(string name, MediaInput? input, ModelInfo model) => input is not null
        && (input.MediaId is not null || (input.Url is not null && (IsOneOf(model.InputsRead, name) || (!model.FetchesUrls && !(name == "video" && model.FetchesVideoUrls)))));

    private async ValueTask<MediaInput> ReadOnceAsync(
        string field, MediaInput input, MappingIssues issues, ReadInputs known, CancellationToken cancellationToken)
    {
        if (known.Find(input) is { } before)
        {
            return before;
        }

        var read = await ReadOneAsync(field, input, issues, cancellationToken);
        return read.IsInline ? known.Add(input, read) : read;
    }

    private async ValueTask<MediaInput> ReadOneAsync(string field, MediaInput input, MappingIssues issues, CancellationToken cancellationToken)
    {
        try
        {
            if (input.MediaId is { } id)
            {
                if (await _store.FindAsync(id, cancellationToken) is { } stored && stored.Bytes <= _options.Value.MaxInputBytes 
                    && await _media.IsWholeAsync(id, stored.Bytes, stored.Sha256, cancellationToken))
                {
                    return MediaInput.FromHeld(new MediaFile(_media.PathOf(id), stored), stored.ContentType);
                }

                issues.Refuse(field, NoMedia(id));
                return input;
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(FetchTimeout);
            using var response = await _client.GetAsync(input.Url, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var type = response.Content.Headers.ContentType?.MediaType;
            string? fault = null;
            if (response.IsSuccessStatusCode && await StoreAsync(response.Content, limit.Token) is { } file)
            {
                (var judged, fault) = await JudgeAsync(file, field, cancellationToken);
                if (judged is not null)
                {
                    return MediaInput.FromHeld(file, judged);
                }

                file.LetGo();
            }

            issues.Refuse(field, $"The URL does not lead to an image or a video (HTTP {(int)response.StatusCode}, {type ?? "no type"}).{(fault is null ? "" : " " + fault)}");
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            issues.Refuse(field, "The URL cannot be fetched; this model takes only bytes, so Framegate has to.");
        }

        return input;
    }

    private static async ValueTask<(string? ContentType, string? Fault)> JudgeAsync(HeldFile file, string field, CancellationToken cancellationToken)
    {
        try
        {
            await using var bytes = file.Open();
            return await InputJudge.JudgeAsync(bytes, ExpectedOf(field), cancellationToken);
        }
        catch
        {
            file.LetGo();
            throw;
        }
    }

    /// <summary>Writes what comes to a file, as an input that a request brings itself: it never lies in memory as a whole.</summary>
    /// <returns>The file, which is held; null when nothing comes.</returns>
    /// <exception cref="HttpRequestException">It is too large, or the connection broke.</exception>
    /// <exception cref="NoRoomForBodyException">There is no room for it.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    private async Task<HeldFile?> StoreAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var most = _options.Value.MaxInputBytes;
        if (content.Headers.ContentLength > most)
        {
            throw new HttpRequestException("It is too large.");
        }

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var writer = _folder.Begin(content.Headers.ContentLength ?? 0, long.MaxValue);
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            while (await NextAsync(stream, buffer, cancellationToken) is > 0 and var read)
            {
                if (writer.Length + read > most)
                {
                    throw new HttpRequestException("It is too large.");
                }

                if (!writer.TryAppend(buffer.AsSpan(0, read)))
                {
                    throw new NoRoomForBodyException();
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (writer.Length == 0)
        {
            return null;
        }

        var file = writer.Finish();
        file.Hold();
        return file;
    }

    /// <summary>A connection that breaks is distinguished from a disk that fails.</summary>
    private static async ValueTask<int> NextAsync(Stream stream, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }
}
