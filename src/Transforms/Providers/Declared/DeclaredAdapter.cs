using System.Collections.Frozen;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Declared.Compiling;
using Framegate.Transforms.Providers.Declared.Files;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>A provider that is a data file.</summary>
internal sealed class DeclaredAdapter : ProviderAdapter
{
    /// <summary>What the key is put in place of.</summary>
    public const string KeyMark = "{key}";

    private readonly ProviderFile _file;
    private readonly IReadOnlyList<DeclaredOperation> _operations;
    private readonly FrozenDictionary<string, DeclaredOperation> _byName;
    private readonly FrozenDictionary<string, DeclaredModel> _models;
    private readonly IReadOnlyList<(LinearPattern Pattern, AnyModelPart Part)> _any;
    private readonly DeclaredFailures _failures;
    private readonly KeyValuePair<string, string>[] _headers;

    /// <summary>A file that has been checked.</summary>
    public DeclaredAdapter(
        ProviderFile file, IReadOnlyList<DeclaredOperation> operations, IReadOnlyList<DeclaredModel> models, IReadOnlyList<(LinearPattern Pattern, AnyModelPart Part)> any, DeclaredFailures failures)
    {
        (_file, _operations, _any, _failures) = (file, operations, any, failures);
        _headers = [.. file.Auth.Headers];
        _byName = operations.ToFrozenDictionary(o => o.Name, StringComparer.Ordinal);
        Models = [.. models.Select(m => m.Info)];
        var byId = models.ToDictionary(m => m.Info.Id, StringComparer.Ordinal);
        foreach (var (part, model) in file.Models.Zip(models))
        {
            foreach (var alias in part.Aliases)
            {
                byId.TryAdd(alias, model);
            }
        }

        _models = byId.ToFrozenDictionary(StringComparer.Ordinal);
        Reconciliation = DeclaredSearch.Of(operations.Where(o => o.Job is not null).ToDictionary(o => o.Name, o => o.Job!.Reconciliation, StringComparer.Ordinal));
        if (operations.FirstOrDefault(o => o.Job?.Webhook is not null)?.Job!.Webhook is { } webhook)
        {
            Webhook = new ProviderWebhook(
                (submit, model, destination, target) => OperationOf(submit.Operation).Job?.Webhook?.AddTo(submit, model, destination, target), webhook.Read) { Signature = webhook.Signature };
        }

        NativeEndpoints = [.. file.Native.Endpoints.SelectMany(e => e.Calls())];
        Events = file.Events is { } events ? new AnswerEvents(events.Previews, events.Results, events.Into, events.Picture, events.Index) : null;
        NativeSubmitHeaders = [.. file.Native.SubmitHeaders];
        NativeResults = [.. (file.Native.Results ?? ResultMembers.Of(file)).Except(file.Native.Links).Distinct()];
    }

    /// <summary>The address of the API.</summary>
    public string Address => _file.Address;

    /// <inheritdoc/>
    public override string Name => _file.Name;

    /// <inheritdoc/>
    public override string ExtrasKey => _file.Family ?? Name;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelInfo> Models { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> KeyVariables => _file.Auth.Keys;

    /// <inheritdoc/>
    public override string CredentialScheme => _file.Auth.Scheme == "google" ? "google" : "key";

    /// <inheritdoc/>
    public override KeyValuePair<string, string> Authorize(Secret key) => new(_file.Auth.Header, _file.Auth.Value.Replace(KeyMark, key.Reveal(), StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string? KeyParameter => _file.Auth.Scheme == "query" ? _file.Auth.Parameter : null;

    /// <inheritdoc/>
    public override bool SignsCalls => _file.Auth.Scheme == "hmac";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> Sign(Secret key, OutgoingCall outgoing)
    {
        ArgumentNullException.ThrowIfNull(outgoing);
        return (_file.Auth, RequestSigner.Halves(key.Reveal())) switch
        {
            ({ Scheme: "jwt", Lifetime: var lifetime }, var (access, secret)) => [Authorize(new Secret(RequestSigner.Token(access, secret, outgoing.At, lifetime)))],
            ({ Hmac: { } hmac }, var (access, secret)) => RequestSigner.Headers(hmac, access, secret, outgoing),
            _ => [Authorize(key)],
        };
    }

    /// <inheritdoc/>
    public override Reconciliation Reconciliation { get; }

    /// <inheritdoc/>
    public override Reconciliation ReconciliationOf(string? operation) =>
        operation is not null && _byName.TryGetValue(operation, out var way) ? way.Job?.Reconciliation ?? Reconciliation.None : Reconciliation;

    /// <inheritdoc/>
    public override ProviderWebhook? Webhook { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<NativeEndpoint> NativeEndpoints { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> NativeLinks => _file.Native.Links;

    /// <inheritdoc/>
    public override IReadOnlyList<string> NativeResults { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> NativeSubmitHeaders { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> NativeRequestHeaders => _file.Native.RequestHeaders;

    /// <inheritdoc/>
    public override IReadOnlyList<string> NativeAnswerHeaders => _file.Native.AnswerHeaders;

    /// <inheritdoc/>
    public override NativeTargetHeader? NativeTargetHeader => _file.Native.TargetHeader is { } header ? new NativeTargetHeader(header, ResolveTarget) : null;

    /// <inheritdoc/>
    public override NativeRequest BuildSubmit(GenerationRequest request, ModelInfo model, MappingIssues issues)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_models.ContainsKey(model.Id) && request.MediaType != model.MediaType)
        {
            // An endpoint that no list names is taken at the caller's word; of a model that is known, another kind of result would be paid and be the wrong one.
            var made = model.MediaType.ToString().ToLowerInvariant();
            issues.Refuse("media_type", $"{model.Id} makes {made} only.", [made]);
            return NativeRequest.Get("/");
        }

        var declared = DeclaredOf(model);
        var native = request.Parameters.Native.GetValueOrDefault(ExtrasKey);
        var scope = Scope.Of(request, declared, native);
        foreach (var operation in _operations)
        {
            if (operation.When.All(c => c.Holds(scope)))
            {
                return WithFixed(operation.Build(request, declared, ExtrasKey, native, scope, issues));
            }
        }

        // No way to submit takes this mixture: what fails in each of them names it. Where one only lacks an input, that is what must be given.
        var ways = _operations.Where(o => o.When.Where(c => c.Name is "model" or "media_type" || c.Name.StartsWith("model.", StringComparison.Ordinal)).All(c => c.Holds(scope)))
            .Select(o => o.When.Where(c => !c.Holds(scope)).ToList()).ToList();
        var lacking = ways.Find(w => w.TrueForAll(c => !c.IsAbsence && Scope.IsMedia(c.Name) && !Values.IsGiven(scope.Find(c.Name))));
        foreach (var name in lacking?.Select(c => c.Name) ?? [])
        {
            issues.Refuse("parameters." + name, $"must be given too: {model.Id} takes the rest of the request only together with it.");
        }

        foreach (var name in lacking is not null ? [] : ways.SelectMany(w => w.Select(c => c.Name)).Distinct())
        {
            issues.Refuse(name == "prompt" || !NeutralParameter.Names.Contains(name) ? name.Split('.')[0] : "parameters." + name, $"{model.Id} does not take this together with the rest of the request.");
        }

        if (issues.Refusals.Count == 0)
        {
            issues.Refuse("model", $"{model.Id} has no call that takes this request.");
        }

        return NativeRequest.Get("/");
    }

    /// <inheritdoc/>
    public override JobOutcome ReadSubmit(NativeResponse response, ModelInfo model) => ReadSubmit(response, model, null);

    /// <inheritdoc/>
    public override JobOutcome ReadSubmit(NativeResponse response, ModelInfo model, string? operation)
    {
        var way = OperationOf(operation);
        return way.Read.Read(response, null, way.Name, DeclaredOf(model), _failures) switch
        {
            // It is unknown whether there is a job.
            JobOutcome.Unreadable { Failure.Message: var message } => throw new JsonException(message),
            JobOutcome.NotFound => throw new JsonException($"{Title} took a request and does not know its job."),
            JobOutcome.Failed { Failure: { Code: var code } failure } when code.IsRefusal() || code is ErrorCode.InsufficientCredits or ErrorCode.AuthenticationFailed or ErrorCode.RateLimitExceeded =>
                new JobOutcome.Failed(failure.Billed == Billed.No ? failure with { Acceptance = Acceptance.No } : failure),
            var outcome => outcome,
        };
    }

    /// <inheritdoc/>
    public override NativeRequest BuildPoll(JobHandle job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var step = StepOf(job);
        return WithFixed(new NativeRequest(step.Method, TargetOf(step.Path, job))
        {
            Headers = HeadersOf(step.Headers, job),
            TakesAttemptId = step.TakesUuid,
            Body = BodyOf(step.Body, step.IsList, job),
        });
    }

    /// <inheritdoc/>
    public override JobOutcome ReadPoll(NativeResponse response, JobHandle job)
    {
        ArgumentNullException.ThrowIfNull(response);
        var step = StepOf(job);
        if (response.IsSuccess)
        {
            var outcome = step.Read.Read(response, job, job.State.GetValueOrDefault(DeclaredJob.Operation) ?? "", FindDeclared(job.Model) ?? DeclaredOf(new ModelInfo(job.Model, MediaType.Video)), _failures);

            // What the next question takes from this answer may not be in it yet: then this one is asked again, and not at once.
            return outcome is JobOutcome.Running { Job: var next, PollAfter: not null } early && next.State.ContainsKey(DeclaredJob.Step) && ReferenceEquals(StepOf(next), FollowingOf(next)!.Poll)
                ? early with { PollAfter = null } : outcome;
        }

        var answer = JsonReading.Parse(response.Json.Span);
        var words = _failures.WordsIn(answer);
        if (words is not null && step.Read.RunningText?.IsMatch(words) == true)
        {
            return new JobOutcome.Running(job);
        }

        if (words is not null && response.Status is >= 400 and <= 499 && step.Read.MissingText?.IsMatch(words) == true)
        {
            return new JobOutcome.NotFound(DeclaredJob.NotFound(Title));
        }

        // Here an error may be the job's own: it has the provider's own shape, and is none about the key, the rate or the way. A 503 comes from the way too, unless the file
        // knows its code as a job's.
        if (step.ErrorIsFinal && answer.ValueKind == JsonValueKind.Object && _failures.IsCoded(answer)
            && (response.Status is >= 400 and not (401 or 403 or 404 or 408 or 425 or 429 or 503) || (response.Status == 503 && _failures.IsOfJob(answer, response))))
        {
            // What the way may answer too ends no paid job at its first word.
            return response.Status is 502 or 503 or 504 && !job.State.ContainsKey(DeclaredJob.Unconfirmed)
                ? new JobOutcome.Running(job with { State = new Dictionary<string, string>(job.State, StringComparer.Ordinal) { [DeclaredJob.Unconfirmed] = "1" } }) { PollAfter = DeclaredJob.RecheckAfter }
                : new JobOutcome.Failed(_failures.OfJob(answer, null, null, response));
        }

        return JobReader.IsNotFound(response) || (response.Status is 404 or 410 && FailureWords.LackJob(words)) ? new JobOutcome.NotFound(DeclaredJob.NotFound(Title)) : new JobOutcome.Unreadable(_failures.Of(response, NativeCall.Poll));
    }

    /// <inheritdoc/>
    public override ProviderFailure ReadError(NativeResponse response, NativeCall operation) => _failures.Of(response, operation);

    /// <inheritdoc/>
    public override NativeRequest? BuildCancel(JobHandle job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return FollowingOf(job)?.Cancel is not { } cancel ? null
            : WithFixed(new NativeRequest(cancel.Method, TargetOf(cancel.Path, job)) { Headers = HeadersOf(cancel.Headers, job), Body = BodyOf(cancel.Body, cancel.IsList, job) });
    }

    /// <inheritdoc/>
    public override CancelOutcome ReadCancel(NativeResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return !response.IsSuccess ? CancelOutcome.TooLate
            : _operations.Select(o => o.Job?.Cancel).FirstOrDefault(c => c is not null) is { IsFinal: true } ? CancelOutcome.Cancelled : CancelOutcome.Requested;
    }

    /// <inheritdoc/>
    public override AnswerEvents? Events { get; }

    /// <inheritdoc/>
    public override int MaxResponseBytes(NativeCall operation) => _file.MaxAnswerMib * 1024 * 1024;

    /// <inheritdoc/>
    public override UrlTrust TrustOf(Uri url, Uri destination, UrlUse use) =>
        use == UrlUse.Job && url.Scheme == Uri.UriSchemeHttps && IsKeyHost(url, destination) ? UrlTrust.WithKey : base.TrustOf(url, destination, use);

    /// <inheritdoc/>
    public override PollPace PaceOf(ModelInfo model) => _file.Pace is { } pace
        ? new PollPace(TimeSpan.FromMilliseconds(pace.First), TimeSpan.FromMilliseconds(pace.Longest), pace.Growth) : PollPace.Default;

    /// <inheritdoc/>
    public override NativeRequest BuildProbe() => WithFixed(new NativeRequest(_file.Probe.Method, _file.Probe.Path));

    /// <inheritdoc/>
    public override ProviderFailure? ReadProbe(NativeResponse response) => _file.Probe.Well.Contains(response.Status) ? null : base.ReadProbe(response);

    /// <summary>A job is followed in the way of the operation that started it.</summary>
    /// <inheritdoc/>
    public override bool CanFollow(string model, JobHandle? job) =>
        FindDeclared(model) is not null && (job?.State.GetValueOrDefault(DeclaredJob.Operation) is not { } operation || _byName.GetValueOrDefault(operation)?.Job is not null);

    /// <inheritdoc/>
    public override ModelInfo? FindModel(string id) => FindDeclared(id)?.Info;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> NativeError(int status, string message) => _file.Native.Error.ValueKind == JsonValueKind.Object
        ? Rendered.ToJson((Fields)Filled(_file.Native.Error, status, message)!).Bytes
        : base.NativeError(status, message);

    private string Title => _file.Title ?? _file.Name;

    private static object? Filled(JsonElement shape, int status, string message)
    {
        if (shape.ValueKind != JsonValueKind.Object)
        {
            return Values.Of(shape) switch { "{message}" => message, "{status}" => (long)status, var other => other };
        }

        var fields = new Fields();
        foreach (var member in shape.EnumerateObject())
        {
            fields[member.Name] = Filled(member.Value, status, message);
        }

        return fields;
    }

    /// <summary>Adds the headers of every call. One that the call has itself takes precedence.</summary>
    private NativeRequest WithFixed(NativeRequest request) => _headers.Length == 0 ? request
        : request with { Headers = [.. request.Headers, .. _headers.Where(h => !request.Headers.Any(own => own.Key.Equals(h.Key, StringComparison.OrdinalIgnoreCase)))] };

    private Scope OfJob(JobHandle job) => Scope.Of(job, FindDeclared(job.Model)).Set("job", job.NativeId);

    private NativeBody? BodyOf(Template? body, bool isList, JobHandle job) => body?.Render(OfJob(job)) is Fields fields ? Rendered.ToJson(fields, isList) : null;

    /// <summary>The headers of a question about a job. What a provider's answer has put into one may hold anything, and is left out then.</summary>
    private List<KeyValuePair<string, string>> HeadersOf(IReadOnlyList<(string Name, Template Value)> headers, JobHandle job) => headers.Count == 0 ? []
        : [.. headers.Select(h => KeyValuePair.Create(h.Name, Values.Text(h.Value.Render(OfJob(job))) ?? "")).Where(h => h.Value.Length > 0 && !h.Value.AsSpan().ContainsAnyExceptInRange(' ', '~'))];

    private bool IsKeyHost(Uri url, Uri destination) =>
        Origin.Same(url, destination)
        || (_file.KeyHosts.Contains(url.IdnHost, StringComparer.OrdinalIgnoreCase) && _file.KeyHosts.Append(new Uri(_file.Address).IdnHost).Contains(destination.IdnHost, StringComparer.OrdinalIgnoreCase));

    /// <summary>The address's own host stands for the destination, whatever that is. The other hosts of endpoints are called where the destination is the provider itself.</summary>
    private Uri? ResolveTarget(Uri wanted, Uri destination)
    {
        if (Origin.Same(wanted, destination))
        {
            return wanted.AbsolutePath.StartsWith(destination.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal) ? wanted : null;
        }

        var address = new Uri(_file.Address);
        if (Origin.Same(wanted, address))
        {
            return new Uri(destination.AbsoluteUri.TrimEnd('/') + wanted.PathAndQuery);
        }

        return wanted.Scheme != Uri.UriSchemeHttps || !wanted.IsDefaultPort || !NativeEndpoints.Any(e => wanted.IdnHost.Equals(e.Host, StringComparison.OrdinalIgnoreCase)) ? null
            : destination.IsLoopback ? new Uri($"{destination.AbsoluteUri.TrimEnd('/')}/{wanted.IdnHost}{wanted.PathAndQuery}")
            : HostOwners.AreOneOwners(destination.IdnHost, address.IdnHost) ? wanted : null;
    }

    private DeclaredOperation OperationOf(string? name) => name is not null && _byName.TryGetValue(name, out var operation) ? operation : _operations[0];

    private DeclaredFollowing? FollowingOf(JobHandle job) =>
        OperationOf(job.State.GetValueOrDefault(DeclaredJob.Operation)).Job ?? _operations.FirstOrDefault(o => o.Job is not null)?.Job;

    /// <summary>Where a question about a job goes. What the provider gave for an address and is none is left out, so that the documented one takes its place.</summary>
    private string TargetOf(Template path, JobHandle job)
    {
        var target = DeclaredOperation.Target(path, [], Scope.Of(job, FindDeclared(job.Model)));
        return target.StartsWith('/') || (Uri.TryCreate(target, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp))
            ? target
            : DeclaredOperation.Target(path, [], Scope.Of(WithoutKept(job), FindDeclared(job.Model)));
    }

    private static JobHandle WithoutKept(JobHandle job) => job with
    {
        PollUrl = null,
        State = job.State.Where(s => s.Key is DeclaredJob.Operation or DeclaredJob.Step).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal),
    };

    private DeclaredStep StepOf(JobHandle job)
    {
        var following = FollowingOf(job) ?? throw new InvalidOperationException($"{Name} has no jobs.");
        return job.State.GetValueOrDefault(DeclaredJob.Step) == "result" && following.Result is { } result && CanAsk(result, OfJob(job)) ? result : following.Poll;
    }

    /// <summary>Whether all that a question takes from earlier answers is there, wherever it stands: one with a gap would ask for something else.</summary>
    private static bool CanAsk(DeclaredStep step, Scope scope) =>
        step.Path.Render(scope) is not null && step.Body?.Lacks(scope) != true && !step.Headers.Any(h => h.Value.Lacks(scope));

    private DeclaredModel DeclaredOf(ModelInfo model) => FindDeclared(model.Id) is { } known ? known with { Info = model }
        : new DeclaredModel(model, FrozenDictionary<string, IReadOnlyList<string>>.Empty, FrozenDictionary<string, JsonElement>.Empty, FrozenDictionary<string, JsonElement>.Empty, []);

    private DeclaredModel? FindDeclared(string id)
    {
        if (_models.TryGetValue(id, out var known))
        {
            return known;
        }

        // An id becomes a part of a path, and never one that leads elsewhere.
        var isPath = !id.Split('/').Any(s => s is "" or "." or "..");
        foreach (var (pattern, part) in _any)
        {
            if (isPath && pattern.IsMatch(id))
            {
                var info = new ModelInfo(id, ProviderCompiler.MediaTypeOf(part.Type)!.Value) { Capabilities = part.Capabilities, FetchesUrls = true, FetchesVideoUrls = true };
                return ProviderCompiler.WithForms(
                    new DeclaredModel(info, FrozenDictionary<string, IReadOnlyList<string>>.Empty, part.Vars, FrozenDictionary<string, JsonElement>.Empty, []), _operations);
            }
        }

        return null;
    }
}
