using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Find;
using Framegate.Proxy.Engine.Submit;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Whether a submit had left when the program was killed.</summary>
public sealed class SubmitMarksTests(TestEngine engine) : EngineTest(engine), IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void HasNotLeft_OnlyWhatIsMarkedSo()
    {
        using var killed = Marks();
        var waits = killed.Take()!;
        var left = killed.Take()!;
        left.Left();
        Assert.False(killed.HasNotLeft(SubmitMarks.Of(waits.Text, 2), 2));

        using var next = Marks();
        Assert.True(next.HasNotLeft(SubmitMarks.Of(waits.Text, 2), 2));
        Assert.False(next.HasNotLeft(SubmitMarks.Of(left.Text, 2), 2));
        Assert.All(new[] { null, "", "0", "0-0", "-1-0", "99999-0", "0-x", "0-0-1", "99999-0-1", "0-x-1" }, mark => Assert.False(next.HasNotLeft(mark, 1)));

        // One that was killed before it had settled anything changes nothing for the next.
        using var third = Marks();
        Assert.True(third.HasNotLeft(SubmitMarks.Of(waits.Text, 2), 2));
    }

    [Fact]
    public void HasNotLeft_AnotherSubmitHasTakenTheSlot_NobodyKnows()
    {
        using var killed = Marks();
        var first = killed.Take()!;
        first.Dispose();
        for (var taken = killed.Take(); taken is not null; taken = killed.Take())
        {
        }

        using var next = Marks();
        Assert.False(next.HasNotLeft(SubmitMarks.Of(first.Text, 2), 2));
    }

    [Fact]
    public void HasNotLeft_TheMachineHasStartedAnew_NobodyKnows()
    {
        using var killed = Marks();
        var mark = killed.Take()!.Text;
        var file = Directory.GetFiles(Path.Combine(_folder.Path, "submits")).Single();
        using (var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.Write(new byte[8]);
        }

        using var next = Marks();
        Assert.False(next.HasNotLeft(SubmitMarks.Of(mark, 1), 1));
    }

    [Fact]
    public void HasNotLeft_TheFileIsACopy_NobodyKnows()
    {
        using var killed = Marks();
        var mark = killed.Take()!.Text;
        var file = Directory.GetFiles(Path.Combine(_folder.Path, "submits")).Single();
        File.Copy(file, file + ".copy");
        File.Move(file + ".copy", file, overwrite: true);

        using var next = Marks();
        Assert.False(next.HasNotLeft(SubmitMarks.Of(mark, 1), 1));
    }

    [Fact]
    public async Task Restart_TheSubmitHadNotLeft_ItIsSubmittedAndTheAttemptWasNone()
    {
        using var killed = Marks();
        var mark = killed.Take()!.Text;
        using var next = Marks();
        var generation = await Engine.StoredAsync("alpha", s => s with
        {
            Phase = GenerationPhase.Submitting,
            SubmittedAt = s.CreatedAt,
            SubmitMark = SubmitMarks.Of(mark, 1),
            Attempts = [new AttemptReport("alpha", "only", AttemptOutcome.Pending, null, Billed.Unknown, 0)],
            JobLocation = new JobLocation("alpha", "only", "https://only.alpha.example/", null),
        });
        Egress.On(NativeCall.Submit, Reply.Text);

        await ActivatorUtilities.CreateInstance<JobFinder>(Engine.Get<IServiceProvider>(), next).RunAsync(generation, CancellationToken.None);
        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Succeeded, AttemptOutcome.Accepted), (state.Phase, state.Attempts.Single().Outcome));
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    [Fact]
    public async Task Submit_IsMarkedBeforeItLeaves()
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        var state = await Engine.RunAsync(Engine.New("alpha"));

        Assert.NotNull(state.SubmitMark);
        Assert.False(Engine.Get<SubmitMarks>().HasNotLeft(state.SubmitMark, state.Attempts.Count));
    }

    private SubmitMarks Marks() => new(new DataFolder(_folder.Path));
}
