using System.Diagnostics;
using Framegate.Plugins;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

public sealed class TracingTests(TestEngine engine) : EngineTest(engine), IDisposable
{
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ActivitySpanId _call = ActivitySpanId.CreateRandom();
    private readonly List<Activity> _spans = [];
    private ActivityListener? _listener;

    public void Dispose() => _listener?.Dispose();

    [Fact]
    public async Task Run_JoinsTheStoredTrace_AndSaysNothingOfTheRequest()
    {
        Listen();
        Egress.On(NativeCall.Submit, new Reply(429), Reply.Text);

        var state = await Engine.RunAsync(Engine.New("alpha", change: s => s with { TraceParent = $"00-{_trace}-{_call}-01" }));

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        var generation = Assert.Single(_spans, s => s.OperationName == "generation");
        Assert.Equal(_call, generation.ParentSpanId);
        Assert.Equal("alpha", generation.GetTagItem(Tracing.Provider));
        Assert.Equal("succeeded", generation.GetTagItem("framegate.phase"));
        var submits = _spans.Where(s => s.OperationName == "submit").ToList();
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Unset], submits.Select(s => s.Status));
        Assert.Equal(429, submits[0].GetTagItem(Tracing.Status));
        Assert.All(submits, s => Assert.Equal(generation.SpanId, s.ParentSpanId));
        Assert.Contains(_spans, s => s.OperationName == "store");
        Assert.DoesNotContain(_spans.SelectMany(s => s.TagObjects), t => $"{t.Value}" is var text && (text.Contains("lighthouse", StringComparison.Ordinal) || text.Contains("://", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Run_WithoutAStoredTrace_MakesNoSpans()
    {
        Listen();
        Egress.On(NativeCall.Submit, Reply.Text);
        var state = await Engine.RunAsync(Engine.New("alpha"));

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Empty(_spans);
        Assert.Null(Tracing.Parent);
    }

    /// <summary>Listens to this test's trace alone; others run beside it.</summary>
    private void Listen()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.TraceId == _trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                lock (_spans)
                {
                    if (span.TraceId == _trace)
                    {
                        _spans.Add(span);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }
}
