using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Tests.Storage;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Logging;

namespace Framegate.Proxy.Tests.Generations;

public sealed class EndedLineTests
{
    private readonly Lines _log = new();

    [Fact]
    public void Ended_Success_IsOneLineWithWhatAnOperatorAsksFor()
    {
        _log.Ended(States.New("gen_1", client: "shop") with { Phase = GenerationPhase.Succeeded, Cost = 0.04m, FinishedAt = States.Now.AddSeconds(7), CallId = "req_1" });

        Assert.Equal("Information: Generation gen_1 of shop at flux/m: success, cost 0.04 USD, 7000 ms, request req_1", Assert.Single(_log.Text));
    }

    [Fact]
    public void Ended_Failure_HasTheCodeAsCallersSeeItAndNothingOfTheRequest()
    {
        _log.Ended(States.New("gen_1") with
        {
            Phase = GenerationPhase.Failed,
            Error = new GenerationError { Code = ErrorCode.ContentPolicyViolation, Message = "a secret wish", Timestamp = States.Now },
            FinishedAt = States.Now,
            CallbackUrl = "https://receiver.example/?token=secret",
        });

        Assert.Equal("Information: Generation gen_1 of local at flux/m: CONTENT_POLICY_VIOLATION, cost 0 USD, 0 ms, request unknown", Assert.Single(_log.Text));
    }

    private sealed class Lines : ILogger
    {
        public List<string> Text { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Text.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
