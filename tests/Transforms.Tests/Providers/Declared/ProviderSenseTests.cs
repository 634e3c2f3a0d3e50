using System.Text;
using System.Text.Json.Nodes;
using Framegate.Transforms.Providers.Declared;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>A file that can be read and cannot do what it says is told where, and why.</summary>
public sealed class ProviderSenseTests
{
    [Theory]
    [InlineData("minimax", "/address", "\"https://api.minimax.io/?key=1\"", "/address", "Must have no query,")]
    [InlineData("minimax", "/probe/method", "\"GTE\"", "/probe/method", "There is no method 'GTE';")]
    [InlineData("minimax", "/operations/0/submit/method", "\"POTS\"", "/operations/0/submit/method", "There is no method 'POTS';")]
    [InlineData("minimax", "/models/0/capabilities/0", "\"text2video\"", "/models/0/capabilities", "There is no 'text2video';")]
    [InlineData("minimax", "/models/0/limits/min_duration", "20", "/models/0/limits", "Has a least that is above the most.")]
    [InlineData("minimax", "/models/0/limits/max_results", "-1", "/models/0/limits", "Must be more than 0.")]
    [InlineData("minimax", "/models/0/limits/aspect_ratios/0", "\"21/9\"", "/models/0/limits/aspect_ratios", "'21/9' is no W:H.")]
    [InlineData("minimax", "/models/0/defaults/duration", "3", "/models/0/defaults/duration", "Is nothing that the model takes.")]
    [InlineData("minimax", "/models/0/defaults/resolution", "\"4k\"", "/models/0/defaults/resolution", "Is nothing that the model takes.")]
    [InlineData("minimax", "/models/0/price/0/when", "\"resolution==768p\"", "/models/0/price/0/when/0", "Has one '=' too many.")]
    [InlineData("minimax", "/models/0/price/0/when", "[]", "/models/0/price/0", "Holds always,")]
    [InlineData("minimax", "/models/0/successor", "\"MiniMax-H9\"", "/models/0/successor", "There is no model 'MiniMax-H9' in the file.")]
    [InlineData("minimax", "/operations/2/when", "\"media_type=pictures\"", "/operations/2/when/0", "'pictures' is none of image, video, audio, text.")]
    [InlineData("minimax", "/operations/0/job/poll/path", "\"/v2/query/video_generation\"", "/operations/0/job/poll/path", "Names no job;")]
    [InlineData("minimax", "/operations/0/job/poll/read/words/succeeded", "\"running\"", "/operations/0/job/poll/read/words", "No word means succeeded or next,")]
    [InlineData("minimax", "/operations/1/job/poll/read/words/Success", "\"succeeded\"", "/operations/1/job/result", "Is never asked for:")]
    [InlineData("minimax", "/operations/1/job/result", null, "/operations/1/job/result", "Must be there:")]
    [InlineData("minimax", "/operations/1/job/poll/read/keep", "{}", "/operations/1/job/result/path", "No 'keep' fills job.file.")]
    [InlineData("minimax", "/native/endpoints/0/path", "\"v2/video_generation\"", "/native/endpoints/0/path", "Must begin with a slash.")]
    [InlineData("minimax", "/native/endpoints/0/methods", "\"FETCH\"", "/native/endpoints/0/methods", "There is no method 'FETCH';")]
    [InlineData("minimax", "/native/endpoints/0/use", "\"poll\"", "/native/endpoints/0/use", "Must be one of open, submit, job, list.")]
    [InlineData("minimax", "/native/endpoints/2/path", "\"/v2/query/video_generation\"", "/native/endpoints/2/path", "Must hold {id},")]
    [InlineData("minimax", "/errors/rules/0", "{\"code\":\"PROVIDER_ERROR\"}", "/errors/rules/0", "Fits every error,")]
    [InlineData("byteplus", "/job/poll/read/cost/0/times_model", "\"tokn\"", "/job/poll/read/cost/0/times_model", "No model has 'tokn' among its vars.")]
    [InlineData("minimax", "/operations/0/when", "\"model.apii=h3\"", "/operations/0/when/0", "No model has 'apii' among its vars.")]
    [InlineData("minimax", "/operations/0/when", "\"model.api=h3 or model.apii\"", "/operations/0/when/0", "No model has 'apii' among its vars.")]
    [InlineData("minimax", "/operations/0/when", "\"model.api=h3 or colour=red\"", "/operations/0/when/0", "There is no variable 'colour'.")]
    [InlineData("recraft", "/read/cost/0/times", "-1", "/read/cost/0/times", "Must be more than 0.")]
    [InlineData("minimax", "/models/0/retired", "\"soon\"", "/models/0/retired", "Must be a date like 2026-11-30.")]
    public void AFileThatCannotDoWhatItSays_IsTold(string provider, string at, string? value, string path, string reason)
    {
        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(ShippedProviders.Folder, provider + ".json")))!;
        var names = at.Split('/')[1..];
        var place = names.SkipLast(1).Aggregate(file, (node, name) => node is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : node[name]!);
        if (value is null)
        {
            place.AsObject().Remove(names[^1]);
        }
        else if (place is JsonArray list)
        {
            list[int.Parse(names[^1], System.Globalization.CultureInfo.InvariantCulture)] = JsonNode.Parse(value);
        }
        else
        {
            place[names[^1]] = JsonNode.Parse(value);
        }

        Assert.Null(ProviderFileReader.Read(Encoding.UTF8.GetBytes(file.ToJsonString()), out var faults));

        Assert.Contains(faults, f => f.Path == path && f.Reason.Contains(reason, StringComparison.Ordinal));
    }
}
