using System.CommandLine;
using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Submit;
using Framegate.Transforms.Providers.Declared.Compiling;

namespace Framegate.Proxy.Host;

/// <summary><c>providers test</c>: runs one generation of a provider that is a data file against a host, or against recorded answers, and prints each mapped step.</summary>
internal static partial class ProviderTrial
{
    private const int Shown = 1500;
    private const int MostPolls = 200;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>The command <c>providers</c>.</summary>
    public static Command Command()
    {
        var file = new Argument<string>("file") { Description = "The provider's file." };
        var against = new Option<string>("--against") { Description = "The address of a host, or a JSON file: a list of answers { status, headers, body } in the order they are given.", Required = true };
        var model = new Option<string?>("--model") { Description = "The model. Default: the first of the file." };
        var prompt = new Option<string>("--prompt") { Description = "The prompt.", DefaultValueFactory = _ => "A red paper boat on a still lake" };
        var parameters = new Option<string?>("--parameters") { Description = "Parameters as JSON, as in '{\"duration\": 5}'." };
        var test = new Command("test", "Runs one generation and prints each mapped step. Exit code: 0 it succeeded, 1 it did not, 2 the file is wrong.") { file, against, model, prompt, parameters };
        test.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(file)!, parsed.GetValue(against)!, parsed.GetValue(model), parsed.GetValue(prompt)!, parsed.GetValue(parameters), Console.Out, cancellationToken));
        return new Command("providers", "Providers that are data files.") { test };
    }

    /// <summary>Runs it.</summary>
    /// <returns>0 when it succeeded, 1 when it did not, 2 when the file or the arguments are wrong.</returns>
    internal static async Task<int> RunAsync(string file, string against, string? modelName, string prompt, string? parameters, TextWriter output, CancellationToken cancellationToken)
    {
        // 1. The file.
        byte[] text;
        try
        {
            text = await File.ReadAllBytesAsync(file, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await output.WriteLineAsync($"{file}: {e.Message}");
            return 2;
        }

        var provider = ProviderFileReader.Read(text, out var faults, out var warnings);
        foreach (var fault in faults)
        {
            await output.WriteLineAsync($"{file}:{fault.Path}: {fault.Reason}");
        }

        foreach (var warning in warnings)
        {
            await output.WriteLineAsync($"warning: {file}:{warning.Path}: {warning.Reason}");
        }

        if (provider is not var (adapter, _))
        {
            return 2;
        }

        var model = modelName is null ? adapter.Models is [var first, ..] ? first : null : adapter.FindModel(modelName);
        var request = model is null ? null : RequestOf(adapter, model, prompt, parameters);
        using var answers = Answers.Of(adapter, against);
        if (model is null || request is null || answers is null)
        {
            await output.WriteLineAsync(model is null && modelName is null ? "--model: the file lists no models; name one that fits its any_model."
                : model is null ? $"--model: there is no model '{modelName}'." : request is null ? "--parameters: is no JSON object of parameters." : $"--against: '{against}' is no http URL and no file of answers.");
            return 2;
        }

        if (InputsOf(request.Parameters).Any(i => i.Input?.Url is not null && (!model.FetchesUrls || model.InputsRead.Contains(i.Name))))
        {
            await output.WriteLineAsync($"--parameters: {model.Id} takes the bytes of its inputs, which a running gateway reads itself; give them as data: URIs here.");
            return 2;
        }

        await ProbeAsync(adapter, answers, output, cancellationToken);

        // 2. The submit.
        var issues = new MappingIssues();
        var attempt = Guid.NewGuid().ToString();
        var submit = SubmitId.Fill(adapter.BuildSubmit(request, model, issues), attempt);
        foreach (var refusal in issues.Refusals)
        {
            await output.WriteLineAsync($"refused: {refusal.Field} {refusal.Message}{(refusal.Allowed is { Count: > 0 } allowed ? $" Allowed: {string.Join(", ", allowed)}." : "")}");
        }

        if (issues.Refusals.Count > 0)
        {
            return 1;
        }

        foreach (var warning in issues.Warnings)
        {
            await output.WriteLineAsync($"warning: {warning}");
        }

        await output.WriteLineAsync($"operation: {submit.Operation}; price by the list: {(issues.EstimatedCost is { } cost ? $"{cost} USD" : "unknown")}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        try
        {
            if (await UploadAsync(adapter, submit, attempt, answers, output, limit.Token) is not { } prepared)
            {
                return 1;
            }

            submit = prepared;
            var response = await AskAsync("submit", submit, answers, output, limit.Token);
            var outcome = response.IsSuccess ? adapter.ReadSubmit(response, model, submit.Operation) : new JobOutcome.Failed(adapter.ReadError(response, NativeCall.Submit));

            // 3. Polls, until the job has ended.
            decimal? billed = null;
            for (var poll = 0; outcome is JobOutcome.Running { Job: var job, PollAfter: var after } running && poll < MostPolls; poll++)
            {
                billed = running.Cost ?? billed;
                await output.WriteLineAsync($"-> running, job {job.NativeId}{(running.Cost is { } bill ? $", billed {bill} USD" : "")}");
                await Task.Delay(answers.IsRecorded ? TimeSpan.Zero : after ?? adapter.PaceOf(model).Before(poll), limit.Token);
                outcome = adapter.ReadPoll(await AskAsync("poll", PlacedId.FillNew(adapter.BuildPoll(job)), answers, output, limit.Token), job);
            }

            billed = (outcome as JobOutcome.Succeeded)?.Cost ?? billed;
            var code = await PrintAsync(outcome, answers, output, limit.Token);
            if (billed > issues.EstimatedCost)
            {
                await output.WriteLineAsync($"warning: {billed} USD were billed, and {issues.EstimatedCost} USD would be reserved for it: no price may be less than the bill.");
            }

            return code;
        }
        catch (JsonException e)
        {
            await output.WriteLineAsync($"-> unknown: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await output.WriteLineAsync($"-> not ended after {Longest.TotalMinutes} minutes");
        }
        catch (HttpRequestException e)
        {
            await output.WriteLineAsync($"-> no answer: {e.Message}");
        }

        return 1;
    }

    /// <summary>Asks the free question. An account that was empty is used again once it is answered well, so that a wrong one would keep the provider out of service.</summary>
    private static async Task ProbeAsync(ProviderAdapter adapter, Answers answers, TextWriter output, CancellationToken cancellationToken)
    {
        if (answers.IsRecorded)
        {
            return;
        }

        try
        {
            var response = await AskAsync("probe", adapter.BuildProbe(), answers, output, cancellationToken);
            await output.WriteLineAsync(adapter.ReadProbe(response) is not { } failure ? "-> well"
                : $"warning: -> not well: {failure.Code}: {failure.Message} After an empty account or a refused key the provider is used again once its probe is well.");
        }
        catch (HttpRequestException e)
        {
            await output.WriteLineAsync($"warning: -> no answer: {e.Message}");
        }
    }

    /// <summary>Uploads what the submit names.</summary>
    /// <returns>The submit; null where an upload failed.</returns>
    private static async Task<NativeRequest?> UploadAsync(ProviderAdapter adapter, NativeRequest submit, string attempt, Answers answers, TextWriter output, CancellationToken cancellationToken)
    {
        if (submit.Preparation is not { } preparation)
        {
            return submit;
        }

        var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var upload in preparation.Uploads)
        {
            var response = await AskAsync("upload", PlacedId.FillNew(upload.Build(given)), answers, output, cancellationToken);
            if (!response.IsSuccess || upload.Read(response) is not { } more)
            {
                var failure = adapter.ReadError(response, NativeCall.Submit);
                await output.WriteLineAsync($"-> not uploaded{(response.IsSuccess ? ", since the answer does not hold all of 'keep'" : "")}: {failure.Code}: {failure.Message}");
                return null;
            }

            foreach (var (name, value) in more)
            {
                given[name] = value;
                await output.WriteLineAsync($"-> upload.{name} = {value.GetRawText()}");
            }
        }

        return SubmitId.Fill(preparation.Submit(given), attempt);
    }

    private static async Task<int> PrintAsync(JobOutcome outcome, Answers answers, TextWriter output, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case JobOutcome.Succeeded success:
                await output.WriteLineAsync($"-> succeeded: {success.Media.Count} result(s){(success.Cost is { } cost ? $", billed {cost} USD" : "")}{(success.TokensUsed is { } tokens ? $", {tokens} tokens" : "")}");
                foreach (var warning in success.Warnings)
                {
                    await output.WriteLineAsync($"   warning: {warning}");
                }

                foreach (var media in success.Media)
                {
                    await output.WriteLineAsync($"   {media.Type.ToString().ToLowerInvariant()} {media.ContentType} {(media.Url.Length > 200 ? media.Url[..60] + "..." : media.Url)}");
                    if (await answers.LookAtAsync(media.Url, cancellationToken) is { } seen)
                    {
                        await output.WriteLineAsync($"   {seen}");
                    }
                }

                if (success.Text is { } text)
                {
                    await output.WriteLineAsync($"   text: {text}");
                }

                return 0;
            case JobOutcome.Failed { Failure: var failure }:
                await output.WriteLineAsync($"-> failed: {failure.Code}, accepted {failure.Acceptance}, billed {failure.Billed}, retryable {failure.Retryable}: {failure.Message}");
                return 1;
            case JobOutcome.NotFound { Failure: var missing }:
                await output.WriteLineAsync($"-> the job is not found: {missing.Message}");
                return 1;
            case JobOutcome.Unreadable { Failure: var unclear }:
                await output.WriteLineAsync($"-> the answer decides nothing about the job: {unclear.Message}");
                return 1;
            default:
                await output.WriteLineAsync("-> still running");
                return 1;
        }
    }

    private static async Task<NativeResponse> AskAsync(string step, NativeRequest request, Answers answers, TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"{step}: {request.Method} {request.Target}");
        foreach (var (name, value) in request.Headers)
        {
            await output.WriteLineAsync($"   {name}: {value}");
        }

        if (request.Body is { } body)
        {
            await output.WriteLineAsync($"   {Cut(body.Bytes.Span)}");
        }

        var response = await answers.NextAsync(request, cancellationToken);
        var type = response.Header("Content-Type");
        await output.WriteLineAsync($"   {response.Status} {(IsText(response.Body.Span) ? Cut(response.Body.Span) : $"{type ?? "no type"}, {response.Body.Length} bytes")}");
        return response;
    }

    private static bool IsText(ReadOnlySpan<byte> bytes) => !bytes[..Math.Min(bytes.Length, Shown)].Contains((byte)0);

    private static string Cut(ReadOnlySpan<byte> bytes)
    {
        // What is in a form as bytes would move the cursor and ring the bell.
        var text = string.Concat(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, Shown)]).ReplaceLineEndings(" ").Select(c => char.IsControl(c) || c == '\uFFFD' ? '.' : c));
        return bytes.Length > Shown ? $"{text}... ({bytes.Length} bytes)" : text;
    }

    private static GenerationRequest? RequestOf(ProviderAdapter adapter, ModelInfo model, string prompt, string? parameters)
    {
        var json = parameters is null ? JsonReading.Parse("{}"u8) : JsonReading.Parse(Encoding.UTF8.GetBytes(parameters));
        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var p = GenerationParameters.None;
        foreach (var member in json.EnumerateObject())
        {
            if (member.Name == adapter.ExtrasKey)
            {
                p = p with { Native = new Dictionary<string, JsonElement> { [member.Name] = member.Value } };
                continue;
            }

            var parameter = NeutralParameter.All.FirstOrDefault(n => n.Name == member.Name);
            object? value = parameter?.Kind switch
            {
                ParameterKind.Whole or ParameterKind.Level => member.Value.Whole(),
                ParameterKind.Number => member.Value.Number(),
                ParameterKind.Flag when member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False => member.Value.GetBoolean(),
                ParameterKind.Image or ParameterKind.Video => InputOf(member.Value.Text()),
                ParameterKind.Images => member.Value.Items().Select(i => InputOf(i.Text())).OfType<MediaInput>().ToList(),
                null or ParameterKind.Flag => null,
                _ => member.Value.Text(),
            };
            if (value is null)
            {
                return null;
            }

            p = parameter!.Set(p, value);
        }

        return new GenerationRequest { Provider = adapter.Name, Model = model.Id, MediaType = model.MediaType, Prompt = prompt, Parameters = p };
    }

    private static IEnumerable<(string Name, MediaInput? Input)> InputsOf(GenerationParameters p) =>
        [.. p.ReferenceImages.Select(i => ("reference_images", i)), ("image", p.Image), ("last_image", p.LastImage), ("mask", p.Mask), ("control_image", p.ControlImage)];

    /// <summary>An address, or a <c>data:</c> URI, which stands for its bytes.</summary>
    private static MediaInput? InputOf(string? text)
    {
        if (text?.StartsWith("data:", StringComparison.OrdinalIgnoreCase) != true)
        {
            return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? MediaInput.FromUrl(url) : null;
        }

        var (head, comma) = (text["data:".Length..], text.IndexOf(',', StringComparison.Ordinal));
        var bytes = new byte[text.Length];
        return comma > 0 && head.Split(',')[0].EndsWith(";base64", StringComparison.OrdinalIgnoreCase) && Convert.TryFromBase64String(text[(comma + 1)..], bytes, out var length)
            ? MediaInput.FromBytes(bytes.AsMemory(0, length), head.Split(';')[0]) : null;
    }
}
