using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Engine;

/// <summary>What all described providers do alike: keys, admission, jobs, ledger, webhooks, links and files.</summary>
internal sealed class JobEndpoints(StandInApi api, StandInSite site)
{
    public const string FileRoute = "/results/{id}/{name}";

    private static readonly TimeSpan s_shortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock _accepting = new();
    private readonly JobStore<EngineJob> _jobs = new(site.Services.Time);
    private readonly ActiveTasks _active = new(site.Services.Options.MaxActiveTasks, site.Services.Time);
    private readonly ApiKeyRule _key = new(site.Services.Options, api.Name);

    public TimeSpan Lifetime => site.Services.Options.ResultLifetime ?? api.Lifetime;

    public Chance Chance => site.Services.Chance;

    public DateTimeOffset Now => site.Services.Time.GetUtcNow();

    /// <summary>Lets a call with a good key through; any other gets its refusal.</summary>
    public RequestDelegate Guard(RequestDelegate next) => Guard(next, api.Refuse);

    /// <summary>The same where a part of the API refuses in a shape of its own.</summary>
    public RequestDelegate Guard(RequestDelegate next, Func<Refusal, Reply> refuse) => context =>
        api.Check(context, _key, site.Services.Options) is { } refusal ? refuse(refusal).WriteAsync(context) : next(context);

    /// <summary>An answer that concerns no job.</summary>
    public RequestDelegate Respond(Func<HttpContext, Reply> reply) => Guard(context => reply(context).WriteAsync(context));

    /// <summary>A submit with a JSON body, or with a form. A call that is answered at once waits for the job's end.</summary>
    /// <param name="read">Checks the body; what it finds wrong it notes there, and returns null.</param>
    /// <param name="accepted">The answer.</param>
    /// <param name="waits">True for a call that is answered with the result.</param>
    public RequestDelegate Submit(Func<Reading, HttpContext, Order?> read, Func<View, Reply> accepted, bool waits = false) =>
        Submit(read, (view, context) => accepted(view).WriteAsync(context), waits, api.Refuse);

    public RequestDelegate Submit(
        Func<Reading, HttpContext, Order?> read, Func<View, HttpContext, Task> accepted, bool waits, Func<Refusal, Reply> refuse) => Guard(async context =>
    {
        if (await (context.Request.HasFormContentType ? FormBody.ReadAsync(context) : JsonBody.ReadAsync(context)) is not { } body)
        {
            await refuse(new(RefusalKind.NotJson)).WriteAsync(context);
            return;
        }

        var reading = new Reading(body);
        var order = read(reading, context);
        if (reading.Wrong is { } wrong)
        {
            await refuse(new(wrong.Kind == WrongKind.Model ? RefusalKind.UnknownModel : RefusalKind.Invalid, wrong.Message) { Wrong = wrong }).WriteAsync(context);
        }
        else if (order is not null)
        {
            await TakeAsync(context, order, accepted, waits, refuse);
        }
    }, refuse);

    /// <summary>Admits an order that is right, makes a job of it and answers.</summary>
    public async Task TakeAsync(HttpContext context, Order order, Func<View, HttpContext, Task> accepted, bool waits, Func<Refusal, Reply> refuse)
    {
        if (order.Once is { } once && Newest().FirstOrDefault(j => j.Order.Once?.Key == once.Key) is { } earlier)
        {
            await (earlier.Order.Once!.Value.Text == once.Text ? accepted(ViewOf(context, earlier), context) : refuse(new(RefusalKind.OtherBody)).WriteAsync(context));
            return;
        }

        var magic = MagicPrompt.Parse(order.Prompt);
        var admission = await SubmitGate.AdmitAsync(context, site, api.Name, order.Prompt, magic);
        if (admission == Admission.Gone)
        {
            return;
        }

        var options = site.Services.Options;
        var timeline = JobTimeline.Begin(Now, magic, order.IsVideo ? options.VideoTime : options.ImageTime);
        if (order.Deadline is { } deadline && deadline < timeline.Takes)
        {
            timeline = timeline with { Takes = deadline };
        }

        RefusalKind? refused = admission switch
        {
            Admission.Unavailable => RefusalKind.Unavailable,
            Admission.RateLimited => RefusalKind.RateLimited,
            Admission.NoCredits => RefusalKind.NoCredits,
            _ when magic.Refuse is not null => RefusalKind.Asked,
            _ => _active.TryEnter(timeline.Takes) ? null : RefusalKind.TooManyJobs,
        };
        if (refused is { } kind)
        {
            await refuse(new(kind, kind == RefusalKind.Asked ? magic.Refuse! : order.Model)).WriteAsync(context);
            return;
        }

        var job = Accept(context, order, magic, timeline);
        if (magic.Drop || (waits && !await WaitAsync(context, job, TimeSpan.MaxValue)))
        {
            context.Abort();
            return;
        }

        await accepted(ViewOf(context, job), context);
    }

    /// <summary>An answer about the job that the request names.</summary>
    public RequestDelegate ForJob(Func<HttpContext, string?> id, Func<View, Reply> answer) => ForJob(id, answer, _ => api.Refuse(new(RefusalKind.UnknownJob)));

    /// <summary>The same with an answer of its own for a job that is not known.</summary>
    public RequestDelegate ForJob(Func<HttpContext, string?> id, Func<View, Reply> answer, Func<string, Reply> unknown) => Guard(context =>
    {
        var named = id(context) ?? "";
        return Find(named) is { } job ? PollAsync(context, job, () => answer(ViewOf(context, job)).WriteAsync(context)) : unknown(named).WriteAsync(context);
    });

    /// <summary>Answers about a job, badly where its prompt asks for it.</summary>
    public Task PollAsync(HttpContext context, EngineJob job, Func<Task> good) => site.Services.BadDay.PollAsync(context, job, good);

    /// <summary>Waits until the job has ended, or as long as given; false when there is nobody left to answer.</summary>
    public async Task<bool> WaitAsync(HttpContext context, EngineJob job, TimeSpan most)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, site.Stopping);
        var start = Now;
        var until = most < job.Timeline.DoneAt - start ? start + most : job.Timeline.DoneAt;

        // A timer of the system can be early by a fraction, and an answer that is early is a wrong one.
        for (var left = until - start; left > TimeSpan.Zero && !end.IsCancellationRequested; left = until - Now)
        {
            var wait = left > s_shortestWait ? left : s_shortestWait;
            await Task.Delay(wait, site.Services.Time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !end.IsCancellationRequested;
    }

    /// <summary>A route value of the request.</summary>
    public static Func<HttpContext, string?> RouteValue(string name) => context => context.Request.RouteValues[name]?.ToString();

    /// <summary>The job of this id, if it is still known.</summary>
    public EngineJob? Find(string id) => _jobs.TryGet(id, out var job) && IsKnown(job) ? job : null;

    /// <summary>The known jobs, newest first; not more than the store's last thousand.</summary>
    public IReadOnlyList<EngineJob> Newest() => [.. _jobs.Page(null, 1000, newestFirst: true)!.Value.Jobs.Where(IsKnown)];

    public bool Remove(string id) => _jobs.Remove(id);

    public string BaseUrl(HttpContext context) => site.BaseUrl(context);

    /// <summary>The same job as it stands now.</summary>
    public View ViewOf(View view) => view with { Now = Now };

    public View ViewOf(HttpContext context, EngineJob job) => new(job, Now, site.BaseUrl(context), this);

    public Task<byte[]> DrawAsync(EngineJob job, int index, CancellationToken cancel) =>
        job.Order.Pieces[index].MakeAsync(site.Services.Painter, $"{api.Name} {job.Id}", job.Prompt, job.Seed + index, cancel);

    public string Link(View view, int index)
    {
        var piece = view.Order.Pieces[index];
        var from = api.LinksRenew ? view.Now : view.Timeline.DoneAt;
        return site.Services.Links.Sign(view.BaseUrl, $"/results/{view.Job.Id}/{index}.{piece.Extension}", from + Lifetime, piece.ContentType);
    }

    public Task FileAsync(HttpContext context)
    {
        var id = RouteValue("id")(context)!;
        var name = RouteValue("name")(context)!;
        var good = site.Services.Links.IsValid($"/results/{id}/{name}", context.Request.Query);
        if (!good || !_jobs.TryGet(id, out var job) || !int.TryParse(name.Split('.')[0], out var index) || index >= job.Order.Pieces.Count)
        {
            return new Reply(good ? StatusCodes.Status404NotFound : StatusCodes.Status403Forbidden)
            {
                Bytes = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"u8.ToArray(),
                ContentType = "application/xml",
            }.WriteAsync(context);
        }

        return site.Services.BadDay.FetchAsync(context, job, async () =>
            await Answer.BytesAsync(context, await DrawAsync(job, index, context.RequestAborted), job.Order.Pieces[index].ContentType));
    }

    private bool IsKnown(EngineJob job) => !job.Magic.Vanishes && Now < job.Timeline.AcceptedAt + api.KnownFor;

    private EngineJob Accept(HttpContext context, Order order, MagicPrompt magic, JobTimeline timeline)
    {
        EngineJob job;
        lock (_accepting)
        {
            if (order.Once is { } once && Newest().FirstOrDefault(j => j.Order.Once?.Key == once.Key) is { } earlier)
            {
                return earlier; // the repetition was as fast as the first
            }

            job = new(api.NewId(Chance), order, magic, new(timeline), Chance.Next(int.MaxValue / 2));
            _jobs.Add(job);
            site.Record(api.Name, order.Model, order.Prompt, job.Id, timeline.AcceptedAt);
        }

        if (order.Webhook is { } hook)
        {
            var baseUrl = site.BaseUrl(context); // the request is gone when the job ends
            site.Services.Webhooks.Schedule(
                hook, timeline.DoneAt, made => api.Sign(job.Id, made, Now), () => api.Called(new(job, Now, baseUrl, this)) is { } body ? Reply.Write(body) : [], site.Stopping);
        }

        return job;
    }
}
