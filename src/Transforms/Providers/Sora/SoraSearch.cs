using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Sora;

/// <summary>Finds the video of a submit whose answer was lost, in the list of the project's videos, newest first.</summary>
/// <remarks>The list is the collection that the videos live in: a video is in it from its creation, while it waits too. Another server that speaks the dialect may
/// list nothing, or without prompts: absence proves something at OpenAI itself and at a stand-in on this machine, and where every video in question can be compared.</remarks>
internal static class SoraSearch
{
    /// <summary>How long after a submit its video is in the list at the latest: a submit is answered within it, and the answer is the video.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(20);

    private const string Host = "api.openai.com";

    // The provider's clock may be behind ours, and a submit may wait before the job is created.
    private const int EarlySeconds = 5;
    private const int LateSeconds = 600;

    public static NativeRequest Build(LostSubmit submit, string? cursor) => NativeRequest.Get(
        cursor is null ? "/v1/videos?limit=100&order=desc" : $"/v1/videos?limit=100&order=desc&after={Uri.EscapeDataString(cursor)}");

    public static FoundJobs Read(NativeResponse response, LostSubmit submit)
    {
        var list = response.Read(SoraJson.Default.SoraList);
        var from = submit.SentAt.ToUnixTimeSeconds() - EarlySeconds;
        List<(long At, JobHandle Job)> found = [];
        var (passed, last) = (false, (string?)null);
        var hides = list.HasMore.ValueKind is not (JsonValueKind.True or JsonValueKind.False);
        foreach (var item in list.Data.Items())
        {
            if (item.ValueKind != JsonValueKind.Object || item.Deserialize(SoraJson.Default.SoraVideo) is not { } video)
            {
                continue;
            }

            last = SoraAnswers.IdOf(video) ?? last;
            if (video.CreatedAt.AnyWhole() is not { } at)
            {
                hides = true;
                continue;
            }

            passed |= at < from;
            if (at < from || at > from + EarlySeconds + LateSeconds)
            {
                continue;
            }

            hides |= video.Prompt.Text() is null;
            if (SoraAnswers.IdOf(video) is { } id && Matches(video, submit.Request) is { } model)
            {
                found.Add((at, new JobHandle(id, model)));
            }
        }

        var next = list.LastId.Text() ?? last;
        return new FoundJobs(
            [.. found.OrderBy(f => f.At).Select(f => f.Job)],
            !passed && last is not null && list.HasMore.ValueKind == JsonValueKind.True ? next : null)
        {
            IsUncertain = hides || !IsKnown(submit.Destination),
        };
    }

    private static bool IsKnown(Uri destination) => destination.IsLoopback || string.Equals(destination.IdnHost, Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>The id of the model when the video may be the request's; else null.</summary>
    private static string? Matches(SoraVideo video, GenerationRequest request)
    {
        // A gateway that does not report prompts cannot be searched: another of the project's videos would be taken for ours.
        if (video.Prompt.Text() is not { } prompt || prompt != request.Prompt || ModelOf(video, request.Model) is not { } model)
        {
            return null;
        }

        var issues = new MappingIssues();
        var extras = NativeExtras.Of(request.Parameters, SoraAdapter.ProviderName, issues);
        var operation = SoraOperation.Of(extras, issues);
        var same = operation.Kind switch
        {
            SoraOperationKind.Create =>
                video.Size.Text() == (SoraSizing.Size(request.Parameters, model, issues) ?? extras.Find("size").Text() ?? SoraModels.DefaultSize)
                && video.Seconds.Text() == (SoraSizing.Seconds(request.Parameters, model, issues) ?? extras.Find("seconds").Text() ?? DefaultSeconds),
            SoraOperationKind.Remix => video.RemixedFromVideoId.Text() == operation.VideoId,

            // Size and length are those of the video it started from, which nobody here knows.
            _ => true,
        };
        return same ? model.Id : null;
    }

    private static string DefaultSeconds => SoraModels.DefaultSeconds.ToString(CultureInfo.InvariantCulture);

    // The provider may answer with the snapshot it resolved a name to. A request that names an alias may have used any model.
    private static ModelInfo? ModelOf(SoraVideo video, string asked)
    {
        if (video.Model.Text() is not { } actual)
        {
            return null;
        }

        var named = SoraModels.All.FirstOrDefault(m => m.Id == asked);
        return named is null
            ? SoraModels.All.FirstOrDefault(m => m.Id == actual)
            : actual == named.Id || actual.StartsWith(named.Id + "-20", StringComparison.Ordinal) ? named : null;
    }
}
