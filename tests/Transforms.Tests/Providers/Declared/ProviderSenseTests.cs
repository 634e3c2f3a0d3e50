using System.Text;
using System.Text.Json.Nodes;
using Framegate.Transforms.Providers.Declared;
using Framegate.Transforms.Providers.Declared.Compiling;

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
    [InlineData("minimax", "/operations/0/when", "\"model.api=h3 or colour=red\"", "/operations/0/when/0", "There is no variable 'colour'; a parameter of the provider's own is native.colour.")]
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

    /// <summary>A field that every request is refused for, and a capability that nothing serves: the file is used, and its author told.</summary>
    [Theory]
    [InlineData("xai", "/models/0/capabilities", "[\"text-to-video\",\"image-to-video\",\"audio\"]", "/operations/1/submit/body", "Sends 'video', and no model that it is for has one of video-to-video, extend, upscale")]
    [InlineData("kling", "/models/3/capabilities", "[\"text-to-video\",\"video-to-video\"]", "/models/3/capabilities", "Names 'video-to-video', and no operation for kling-2.5-turbo sends video.")]
    [InlineData("kling", "/models/0/lacks", "[\"image\",\"last_image\"]", "/models/0/capabilities", "Names 'image-to-video', and no operation for kling-3.0 sends image or last_image")]
    [InlineData("xai", "/models/3/capabilities", "[\"text-to-image\",\"inpainting\"]", "/models/3/capabilities", "Names 'inpainting', and no operation for grok-imagine-image sends mask.")]
    public void AnInputThatNoCapabilityNames_AndTheReverse_IsDoubted(string provider, string at, string value, string path, string reason)
    {
        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(ShippedProviders.Folder, provider + ".json")))!;
        var names = at.Split('/');
        file[names[1]]![int.Parse(names[2], System.Globalization.CultureInfo.InvariantCulture)]![names[3]] = JsonNode.Parse(value);

        Assert.NotNull(ProviderFileReader.Read(Encoding.UTF8.GetBytes(file.ToJsonString()), out _, out var warnings));

        Assert.Contains(warnings, d => d.Path == path && d.Reason.StartsWith(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void WhatShips_IsNotDoubted()
    {
        foreach (var file in Directory.GetFiles(ShippedProviders.Folder, "*.json"))
        {
            ProviderFileReader.Read(File.ReadAllBytes(file), out _, out var warnings);

            Assert.Equal([], warnings.Select(d => $"{Path.GetFileName(file)}:{d.Path}: {d.Reason}"));
        }
    }

    [Theory]
    [InlineData("{\"vars\":1,\"vars\":2}", "'vars' stands twice.")]
    [InlineData("{\"name\":\"acme\"}", "Must have address, auth,")]
    [InlineData("{\"nmae\":\"acme\"}", "There is no 'nmae' here; there are $schema, name,")]
    [InlineData("{\"name\":null}", "Must not be null;")]
    [InlineData("[]", "Must be an object.")]
    public void AFileOfAnotherForm_IsToldWithWhatIsAllowed(string text, string reason)
    {
        Assert.Null(ProviderFileReader.Read(Encoding.UTF8.GetBytes(text), out var faults));

        Assert.Contains(reason, string.Join(' ', faults.Select(f => f.Reason)), StringComparison.Ordinal);
    }

    /// <summary>Whatever stands in whatever place: it is taken, or told with its path and no word of ours about types.</summary>
    [Theory]
    [InlineData("minimax")]
    [InlineData("pika-dev")]
    [InlineData("recraft")]
    public void AnythingInAnyPlace_IsTakenOrTold(string provider)
    {
        var text = File.ReadAllText(Path.Combine(ShippedProviders.Folder, provider + ".json"));
        var count = PlacesIn(JsonNode.Parse(text)!).Count();
        foreach (var value in new[] { "null", "{}", "[]", "[null]", "{\"a\":null}", "\"\"", "\"{\"", "-1", "true" })
        {
            for (var i = 0; i < count; i += 3)
            {
                var file = JsonNode.Parse(text)!;
                PlacesIn(file).ElementAt(i)(JsonNode.Parse(value));

                var provided = ProviderFileReader.Read(Encoding.UTF8.GetBytes(file.ToJsonString()), out var faults);

                Assert.Equal(provided is null, faults.Count > 0);
                Assert.All(faults, f => Assert.DoesNotMatch("System\\.|Nullable|Framegate\\.|\\.NET", f.Reason));
            }
        }
    }

    private static IEnumerable<Action<JsonNode?>> PlacesIn(JsonNode node)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToList())
            {
                yield return put => members[name] = put;
                foreach (var place in value is null ? [] : PlacesIn(value))
                {
                    yield return place;
                }
            }
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                var at = i;
                yield return put => list[at] = put;
                foreach (var place in list[i] is { } value ? PlacesIn(value) : [])
                {
                    yield return place;
                }
            }
        }
    }
}
