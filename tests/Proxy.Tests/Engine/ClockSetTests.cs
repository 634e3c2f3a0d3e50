using Framegate.Plugins;
using Framegate.Proxy.Engine.Open;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>The machine's clock is set while a generation is under way, which ends nothing and prolongs nothing.</summary>
public sealed class ClockSetTests(TestEngine engine) : EngineTest(engine)
{
    public static TheoryData<double> Hours => [9, -9];

    [Theory]
    [MemberData(nameof(Hours))]
    public Task Submit_TheClockIsSetWhileItIsRefused_TheOtherCandidateIsAsked(double hours) => AfterAsync(hours, async () =>
    {
        Egress.On(NativeCall.Submit, new Reply(503) { Meanwhile = () => Set(hours) }, Reply.Job);
        Egress.On(NativeCall.Poll, Reply.Text);

        var state = await Engine.RunAsync(Engine.New("both"));

        Assert.Equal((GenerationPhase.Succeeded, "beta"), (state.Phase, state.Provider));
    });

    [Theory]
    [MemberData(nameof(Hours))]
    public Task Poll_TheClockIsSetWhileTheSubmitIsAnswered_GoesOnToTheResult(double hours) => AfterAsync(hours, async () =>
    {
        Egress.On(NativeCall.Submit, Reply.Job with { Meanwhile = () => Set(hours) });
        Egress.On(NativeCall.Poll, [.. Enumerable.Repeat(Reply.Job, 20), Reply.Text]);

        var state = await Engine.RunAsync(Engine.New("alpha"));

        Assert.Equal((GenerationPhase.Succeeded, null), (state.Phase, state.Error));
        Assert.Equal(21, Egress.Count(NativeCall.Poll));
    });

    [Theory]
    [MemberData(nameof(Hours))]
    public Task Poll_TheClockIsSetAndTheJobHangs_TheCallerHearsWhenItsFiveMinutesAreOver(double hours) => AfterAsync(hours, async () =>
    {
        var began = Engine.Time.GetTimestamp();
        TimeSpan? told = null;
        Generation generation = null!;
        Egress.On(NativeCall.Submit, Reply.Job with { Meanwhile = () => Set(hours) });
        Egress.On(NativeCall.Poll, Reply.Job with
        {
            Meanwhile = () =>
            {
                told ??= generation.State.Error is null ? null : Engine.Time.GetElapsedTime(began);
                return Task.CompletedTask;
            },
        });
        generation = Engine.New("alpha");

        await Engine.RunAsync(generation);

        Assert.InRange(told!.Value, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5.5));
    });

    private async Task AfterAsync(double hours, Func<Task> test)
    {
        try
        {
            await test();
        }
        finally
        {
            Engine.Time.SetBack(TimeSpan.FromHours(hours));
        }
    }

    private Task Set(double hours)
    {
        Engine.Time.SetBack(TimeSpan.FromHours(-hours));
        return Task.CompletedTask;
    }
}
