using Framegate.Proxy.Common.Secrets;
using Framegate.Transforms.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Framegate.Proxy.Tests.Secrets;

public sealed class LogTextTests
{
    private const string Key = "AIzaSyD-9tSrke72PouQMnMX";

    [Theory]
    [InlineData("Proxying to https://cdn.example/a.png?X-Amz-Signature=abc&x=1 HTTP/2", "Proxying to https://cdn.example/a.png?*** HTTP/2")]
    [InlineData("Proxying to \"https://cdn.example/a.png?sig=abc\"", "Proxying to \"https://cdn.example/a.png?***\"")]
    [InlineData("at https://cdn.example/a#token=abc, then", "at https://cdn.example/a?*** then")]
    [InlineData("redis://user:hunter22@cache.example:6379", "redis://***@cache.example:6379")]
    [InlineData("Request starting GET /flux/v1/x?key=wrong-key-of-somebody - -", "Request starting GET /flux/v1/x?*** - -")]
    [InlineData("POST /provider-webhooks/gen_1/tok3n123 ended", "POST /provider-webhooks/gen_1/*** ended")]
    [InlineData("Is it there? No; a=b", "Is it there? No; a=b")]
    [InlineData("http://127.0.0.1:8080/generations", "http://127.0.0.1:8080/generations")]
    [InlineData("the key " + Key + " is wrong", "the key ************************ is wrong")]
    public void Clean_Text_HoldsNoSecretNorSignature(string text, string expected)
    {
        var clean = LogText.Clean(text, new SecretMask([Key]));

        Assert.Equal(expected, clean);
        Assert.Same(clean, LogText.Clean(clean, SecretMask.None));
    }

    [Fact]
    public void Sink_MessageValuesScopeAndException_HoldNoSecret()
    {
        var sink = new Sink();
        var vault = new SecretVault();
        vault.Configure([Key]);
        var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(sink));
        MaskedLoggerProvider.Wrap(services, vault);
        using var provider = services.BuildServiceProvider();
        var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger("System.Net.Http");
#pragma warning disable CA1848, CA2254 // As the frameworks log, whatever they log.
        using (logger.BeginScope("scope {Url}", "https://cdn.example/x?sig=SIGNATURE"))
        using (logger.BeginScope(new Dictionary<string, object> { ["key"] = Key }))
        {
            logger.LogTrace("sent {Key} to {Url}", Key, new Uri("https://cdn.example/x?sig=SIGNATURE"));
            logger.LogError(new HttpRequestException("bad header " + Key, new IOException("https://cdn.example/x?sig=SIGNATURE")), "failed");
            logger.LogInformation("nothing to hide");
#pragma warning restore CA1848, CA2254
        }

        Assert.Contains("nothing to hide", sink.Text, StringComparison.Ordinal);
        Assert.Contains("IOException", sink.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, sink.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("SIGNATURE", sink.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Vault_SecretsMadeWhileItRuns_AreRememberedUpToABound()
    {
        var vault = new SecretVault();
        vault.Configure([Key]);
        for (var i = 0; i < SecretVault.MostLearned + 5; i++)
        {
            vault.Learn($"Bearer ya29-token-number-{i:0000}");
        }

        Assert.DoesNotContain("0068", vault.Mask.Apply("ya29-token-number-0068"), StringComparison.Ordinal);
        Assert.Contains("0001", vault.Mask.Apply("ya29-token-number-0001"), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, vault.Mask.Apply(Key), StringComparison.Ordinal);
    }

    private sealed class Sink : ILoggerProvider, ILogger, ISupportExternalScope
    {
        private IExternalScopeProvider? _scopes;

        public string Text { get; private set; } = "";

        public ILogger CreateLogger(string categoryName) => this;

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => _scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Text += formatter(state, exception) + exception + exception?.Message;
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                Text += string.Join(' ', values.Select(v => v.Value));
            }

            _scopes?.ForEachScope(
                (scope, _) => Text += scope is IEnumerable<KeyValuePair<string, object>> pairs ? string.Join(' ', pairs) : scope?.ToString(), 0);
        }

        public void Dispose()
        {
        }
    }
}
