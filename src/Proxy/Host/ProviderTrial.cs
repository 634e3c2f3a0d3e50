using System.CommandLine;
using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Submit;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Providers.Declared;

namespace Framegate.Proxy.Host;

/// <summary><c>providers test</c>: runs one generation of a provider that is a data file against a host, or against recorded answers, and prints each mapped step.</summary>
internal static class ProviderTrial
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

        // 2. The submit.
        var issues = new MappingIssues();
        var submit = SubmitId.Fill(adapter.BuildSubmit(request, model, issues), Guid.NewGuid().ToString());
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
            var response = await AskAsync("submit", submit, answers, output, limit.Token);
            var outcome = response.IsSuccess ? adapter.ReadSubmit(response, model, submit.Operation) : new JobOutcome.Failed(adapter.ReadError(response, NativeCall.Submit));

            // 3. Polls, until the job has ended.
            decimal? billed = null;
            for (var poll = 0; outcome is JobOutcome.Running { Job: var job, PollAfter: var after } running && poll < MostPolls; poll++)
            {
                billed = running.Cost ?? billed;
                await output.WriteLineAsync($"-> running, job {job.NativeId}{(running.Cost is { } bill ? $", billed {bill} USD" : "")}");
                await Task.Delay(answers.IsRecorded ? TimeSpan.Zero : after ?? adapter.PaceOf(model).Before(poll), limit.Token);
                outcome = adapter.ReadPoll(await AskAsync("poll", adapter.BuildPoll(job), answers, output, limit.Token), job);
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

    /// <summary>Where answers come from.</summary>
    private sealed class Answers : IDisposable
    {
        private readonly ProviderAdapter _adapter;
        private readonly Queue<NativeResponse> _recorded = [];
        private readonly Uri? _host;
        private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null }) { Timeout = Longest };

        private Answers(ProviderAdapter adapter, Uri? host) => (_adapter, _host) = (adapter, host);

        public bool IsRecorded => _host is null;

        public void Dispose() => _client.Dispose();

        public static Answers? Of(ProviderAdapter adapter, string against)
        {
            if (Uri.TryCreate(against.TrimEnd('/') + "/", UriKind.Absolute, out var host) && host.Scheme is "http" or "https")
            {
                return new Answers(adapter, host);
            }

            try
            {
                var answers = new Answers(adapter, null);
                foreach (var answer in JsonElement.Parse(File.ReadAllBytes(against)).EnumerateArray())
                {
                    var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                    foreach (var header in answer.Member("headers") is { ValueKind: JsonValueKind.Object } members ? members.EnumerateObject() : default)
                    {
                        headers[header.Name] = header.Value.Text() ?? header.Value.GetRawText();
                    }

                    var body = answer.Member("body");
                    var bytes = answer.Member("body_base64").Text() is { } base64 ? Convert.FromBase64String(base64) : Encoding.UTF8.GetBytes(body.Text() ?? (body.ValueKind == JsonValueKind.Undefined ? "" : body.GetRawText()));
                    answers._recorded.Enqueue(new NativeResponse((int)(answer.Member("status").Whole() ?? 200), headers, bytes));
                }

                return answers;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or ArgumentException or FormatException)
            {
                return null;
            }
        }

        /// <summary>What lies behind the address of a result, which is fetched without a key, as the gateway does.</summary>
        /// <returns>Null where nobody is called.</returns>
        public async Task<string?> LookAtAsync(string address, CancellationToken cancellationToken)
        {
            if (IsRecorded || !Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            {
                return null;
            }

            try
            {
                using var answer = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                return $"   {(int)answer.StatusCode} {answer.Content.Headers.ContentType?.MediaType ?? "no type"}{(answer.Content.Headers.ContentLength is { } length ? $", {length} bytes" : "")}";
            }
            catch (HttpRequestException e)
            {
                return $"   no answer: {e.Message}";
            }
        }

        public async Task<NativeResponse> NextAsync(NativeRequest request, CancellationToken cancellationToken)
        {
            if (_host is not { } host)
            {
                return _recorded.TryDequeue(out var next) ? next : throw new HttpRequestException("the recording holds no more answers.");
            }

            var url = Uri.TryCreate(request.Target, UriKind.Absolute, out var absolute) && absolute.Scheme is "http" or "https" ? absolute! : new Uri(host.AbsoluteUri.TrimEnd('/') + request.Target);
            using var message = new HttpRequestMessage(new HttpMethod(request.Method), url);
            if (request.Body is { } body)
            {
                message.Content = new ReadOnlyMemoryContent(body.Bytes);
                message.Content.Headers.TryAddWithoutValidation("Content-Type", body.ContentType);
            }

            foreach (var (name, value) in request.Headers)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }

            if (!message.Headers.NonValidated.Contains("Accept"))
            {
                message.Headers.TryAddWithoutValidation("Accept", "application/json");
            }

            // The key goes to the host that was named, and nowhere else.
            if (Origin.Same(url, host))
            {
                var key = _adapter.KeyVariables.Select(ProviderKeys.InEnvironment).FirstOrDefault(k => k is not null) ?? new Secret("test");
                message.RequestUri = CallSeal.Apply(_adapter, key, new OutgoingCall(request.Method, url, request.Body?.Bytes ?? default, TimeProvider.System.GetUtcNow()), message.Headers);
            }

            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await response.Content.LoadIntoBufferAsync(_adapter.MaxResponseBytes(NativeCall.Submit), cancellationToken);
            var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
            return new NativeResponse((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
    }
}
