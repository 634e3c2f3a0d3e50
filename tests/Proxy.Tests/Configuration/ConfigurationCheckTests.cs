namespace Framegate.Proxy.Tests.Configuration;

public sealed class ConfigurationCheckTests : IDisposable
{
    private readonly GuardedProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("\"Jobs\":{\"MaxAttempts\":11}", "Framegate:Jobs:MaxAttempts: It must be between 1 and 10.")]
    [InlineData("\"Jobs\":{\"MaxAttempts\":\"many\"}", "Framegate:Jobs:MaxAttempts: It must be a whole number.")]
    [InlineData("\"Jobs\":{\"Retention\":\"a week\"}", "Framegate:Jobs:Retention: It must be a duration like 00:00:30 or 7.00:00:00.")]
    [InlineData("\"Jobs\":{\"Retention\":{\"Days\":7}}", "Framegate:Jobs:Retention: It must be a duration like 00:00:30 or 7.00:00:00.")]
    [InlineData("\"Jobs\":5", "Framegate:Jobs: It must be an object.")]
    [InlineData("\"Jobs\":{\"RetryBaseDelay\":\"00:00:10\",\"RetryMaxDelay\":\"00:00:01\"}", "Framegate:Jobs:RetryBaseDelay: It must not be longer than RetryMaxDelay.")]
    [InlineData("\"Media\":{\"PublicUrl\":\"media.example.com\"}", "Framegate:Media:PublicUrl: It must be a URL like https://media.example.com, without user info, query or fragment.")]
    [InlineData("\"Media\":{\"PublicUrl\":\"https://media.example.com/?a=b\"}", "Framegate:Media:PublicUrl: It must be a URL like https://media.example.com, without user info, query or fragment.")]
    [InlineData("\"Limits\":{\"flux\":{\"RequestsPerMinute\":0}}", "Framegate:Limits:flux:RequestsPerMinute: It must be more than 0.")]
    [InlineData("\"Limits\":{\"flux\":{\"Resolutions\":\"1080p\"}}", "Framegate:Limits:flux:Resolutions: It must be a list.")]
    [InlineData("\"Catalogue\":{\"flux\":{\"flux-dev\":{\"Price\":{\"PerResult\":-1}}}}", "Framegate:Catalogue:flux:flux-dev:Price:PerResult: It must be 0 or more; -1 is not.")]
    [InlineData("\"Catalogue\":{\"flux\":{\"flux-dev\":{\"Retired\":\"soon\"}}}", "Framegate:Catalogue:flux:flux-dev:Retired: It must be a date like 2026-11-30.")]
    [InlineData("\"Catalogue\":{\"flux\":{\"flux-dev\":{\"Enabled\":\"no\"}}}", "Framegate:Catalogue:flux:flux-dev:Enabled: It must be true or false.")]
    [InlineData("\"Catalogue\":{\"flux\":{\"flux-dve\":{\"Enabled\":true}}}", "Framegate:Catalogue:flux:flux-dve: flux has no such model; GET /models lists what it has.")]
    [InlineData("\"Models\":{\"foo\":{\"Candidates\":[{\"Provider\":\"flux\"}]}}", "Framegate:Models:foo:Candidates:0:Model: It is missing: a model of flux, as GET /models lists them.")]
    [InlineData("\"Limits\":{\"fluks\":{\"MaxWidth\":1}}", "Framegate:Limits:fluks: There is no such provider; there are flux.")]
    public async Task Check_Section_NamesThePathAndWhatWouldBeRight(string section, string error) =>
        Assert.Equal(error, Assert.Single(await _program.ErrorsOfAsync(GuardedProgram.With(section))));

    [Theory]
    [InlineData("\"Jobs\":{\"MaxAtempts\":3}", "Framegate:Jobs:MaxAtempts: There is no such setting; there are DownloadParallelism,")]
    [InlineData("\"Jbos\":{\"MaxAttempts\":3}", "Framegate:Jbos: There is no such section; there are ")]
    [InlineData("\"Limits\":{\"flux\":{\"MaxWith\":3}}", "Framegate:Limits:flux:MaxWith: There is no such setting; there are JobsAtOnce, MaxDuration,")]
    [InlineData("\"Clients\":{\"shop\":{\"Key\":\"abc\"}}", "Framegate:Clients:shop:Key: There is no such setting; there are AllowUnpriced, Budget, CacheScope, ConcurrentJobs, DeniedPhrases, Enabled, Expires, KeyEnv, KeyFile, KeyHash, Keys, MaxCostPerRequest, MaxPromptLength, ModelLimits, Models, Prompts, Providers, RequestsPerMinute, Tags, WebhookSecretEnvs.")]
    public async Task Check_UnknownKey_ListsTheKnownOnes(string section, string error)
    {
        var errors = await _program.ErrorsOfAsync(GuardedProgram.With(section));

        Assert.Contains(errors, e => e.StartsWith(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"LoadBalancingPolicy\":\"Wieghted\"", "ReverseProxy:Clusters:flux:LoadBalancingPolicy: There is no policy 'Wieghted'; there are ")]
    [InlineData("\"Metadata\":{\"Adapter\":\"acme\"}", "ReverseProxy:Clusters:flux:Metadata:Adapter: No adapter has this name; there are flux, ")]
    [InlineData("\"Destinations\":{\"a\":{\"Address\":\"api.bfl.ai\"}}", "ReverseProxy:Clusters:flux:Destinations:a:Address: It must be a URL")]
    [InlineData("\"Destinations\":{\"a\":{\"Address\":\"https://${NOT_SET_ANYWHERE}.example/\"}}", "ReverseProxy:Clusters:flux:Destinations:a:Address: It is no URL as long as")]
    [InlineData("\"Destinations\":{\"a\":{\"Address\":\"https://me:secret@api.bfl.ai/\"}}", "ReverseProxy:Clusters:flux:Destinations:a:Address: It must have no user info, query or fragment.")]
    [InlineData("\"Destinations\":{\"a\":{\"Address\":\"https://api.bfl.ai/?key=secret\"}}", "ReverseProxy:Clusters:flux:Destinations:a:Address: It must have no user info, query or fragment.")]
    [InlineData("\"HttpClient\":{\"WebProxy\":{\"Address\":\"::\"}}", "ReverseProxy:Clusters:flux:HttpClient:WebProxy:Address: Invalid URI")]
    [InlineData("\"HttpRequest\":{\"ActivityTimeout\":\"soon\"}", "ReverseProxy:Clusters:flux:HttpRequest:ActivityTimeout: It must be a duration")]
    [InlineData("\"Destinations\":{\"a\":{\"Address\":\"http://127.0.0.1:9/\",\"Health\":\"127.0.0.1:9\"}}", "ReverseProxy:Clusters:flux:Destinations:a:Health: It must be a URL")]
    [InlineData("\"Destinations\":{\"a\":{\"Address\":\"http://127.0.0.1:9/\",\"Host\":\"a\\r\\nb\"}}", "ReverseProxy:Clusters:flux:Destinations:a:Host: It must be a host's name")]
    [InlineData("\"HttpRequest\":{\"ActivityTimeout\":\"-00:00:05\"}", "ReverseProxy:Clusters:flux:HttpRequest:ActivityTimeout: It must be more than 0")]
    [InlineData("\"HttpRequest\":{\"ActivityTimeout\":\"99999.00:00:00\"}", "ReverseProxy:Clusters:flux:HttpRequest:ActivityTimeout: It must be more than 0")]
    [InlineData("\"HealthCheck\":{\"Active\":{\"Enabled\":true,\"Interval\":\"99.00:00:00\"}}", "ReverseProxy:Clusters:flux:HealthCheck:Active:Interval: It must be more than 0")]
    [InlineData("\"HealthCheck\":{\"Active\":{\"Enabled\":true,\"Policy\":\"nope\"}}", "ReverseProxy:Clusters:flux: ")]
    public async Task Check_Cluster_NamesIt(string cluster, string error)
    {
        var errors = await _program.ErrorsOfAsync("{\"ReverseProxy\":{\"Clusters\":{\"flux\":{" + cluster + "}}}}");

        Assert.StartsWith(error, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Destinations\":{}")]
    [InlineData("\"HttpRequest\":{\"ActivityTimeout\":\"-00:00:00.001\"}")]
    [InlineData("\"HealthCheck\":{\"Active\":{\"Enabled\":false,\"Interval\":\"00:00:00\"},\"Passive\":{\"ReactivationPeriod\":\"00:00:00\"}}")]
    public async Task Check_ClusterThatMayBeLikeThat_IsFine(string cluster) =>
        Assert.Empty(await _program.ErrorsOfAsync("{\"ReverseProxy\":{\"Clusters\":{\"flux\":{" + cluster + "}}}}"));

    [Theory]
    [InlineData("\"Clients\":{\"shop\":{\"KeyHash\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\",\"Expires\":\"2027-1-2\"}}")]
    [InlineData("\"Catalogue\":{\"flux\":{\"flux-dev\":{\"Retired\":\"2027-1-2\"}}}")]
    public async Task Check_DateWithoutZeros_IsFine(string section) => Assert.Empty(await _program.ErrorsOfAsync(GuardedProgram.With(section)));

    [Fact]
    public async Task Check_VariableOfAnotherProgram_IsNoSectionOfLogging()
    {
        Environment.SetEnvironmentVariable("LOGGING", "debug");
        try
        {
            Assert.Empty(await _program.ErrorsOfAsync(GuardedProgram.With("")));
        }
        finally
        {
            Environment.SetEnvironmentVariable("LOGGING", null);
        }
    }

    [Theory]
    [InlineData("{\"ReverseProxy\":{\"Clusters\":{\"flux\":{}},\"Routes\":\"none\"}}", "ReverseProxy:Routes: It must be an object.")]
    [InlineData("{\"ReverseProxy\":\"none\"}", "ReverseProxy: It must be an object.")]
    public async Task Check_ProxyThatIsNoObject_IsTold(string text, string error) => Assert.Contains(error, await _program.ErrorsOfAsync(text));

    [Theory]
    [InlineData("\"ClusterId\":\"nope\",\"Match\":{\"Path\":\"/x\"}", "ReverseProxy:Routes:r:ClusterId: There is no cluster 'nope'; there are flux.")]
    [InlineData("\"Match\":{\"Path\":\"/x\"}", "ReverseProxy:Routes:r:ClusterId: It is missing; there are flux.")]
    [InlineData("\"ClusterId\":\"flux\",\"Match\":{\"Path\":\"/x/{**a\"}", "ReverseProxy:Routes:r: ")]
    [InlineData("\"ClusterId\":\"flux\",\"Match\":{\"Path\":\"/x\"},\"Transforms\":[{\"PathPrefx\":\"/y\"}]", "ReverseProxy:Routes:r: ")]
    [InlineData("\"ClusterId\":\"flux\",\"Match\":{\"Path\":\"/x\"},\"AuthorizationPolicy\":\"default\"", "ReverseProxy:Routes:r:AuthorizationPolicy: There is nothing of this kind here;")]
    [InlineData("\"ClusterId\":\"flux\",\"Match\":{\"Path\":\"/x\"},\"RateLimiterPolicy\":\"mine\"", "ReverseProxy:Routes:r:RateLimiterPolicy: There is nothing of this kind here;")]
    [InlineData("\"ClusterId\":\"flux\",\"Match\":{\"Path\":\"/x\"},\"Timeout\":\"00:01:00\"", "ReverseProxy:Routes:r:Timeout: There is nothing of this kind here;")]
    public async Task Check_Route_NamesIt(string route, string error)
    {
        var errors = await _program.ErrorsOfAsync("{\"ReverseProxy\":{\"Routes\":{\"r\":{" + route + "}},\"Clusters\":{\"flux\":{}}}}");

        Assert.StartsWith(error, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ManyFaults_ListsThemAll()
    {
        var errors = await _program.ErrorsOfAsync("""
            {
              "Framgate": {},
              "ReverseProxy": { "Clusters": {
                "a": { "Metadata": { "Adapter": "flux" }, "HttpRequest": { "ActivityTimeout": "soon" } },
                "b": { "Metadata": { "Adapter": "flux" }, "HttpRequest": { "ActivityTimeout": "later" } } } },
              "Framegate": { "Jobs": { "MaxAttempts": 0, "MaxOpen": "many", "MaxAtempts": 3 }, "Webhooks": { "MaxAttempts": 99 } }
            }
            """);

        Assert.Equal(
            ["Framegate:Jobs:MaxAtempts", "Framegate:Jobs:MaxAttempts", "Framegate:Jobs:MaxOpen", "Framegate:Webhooks:MaxAttempts", "Framgate",
                "ReverseProxy:Clusters:a:HttpRequest:ActivityTimeout", "ReverseProxy:Clusters:b:HttpRequest:ActivityTimeout"],
            errors.Select(e => e.Split(": ")[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Check_TooManyFaults_CountsTheRest()
    {
        var keys = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"x{i}\":1"));

        var errors = await _program.ErrorsOfAsync(GuardedProgram.With("\"Jobs\":{" + keys + "}"));

        Assert.Equal(201, errors.Count);
        Assert.Equal("Framegate: 800 more errors are not listed.", errors[^1]);
    }

    [Fact]
    public async Task Check_VariableOverTheFile_IsWhatCounts()
    {
        const string Wrong = "\"Webhooks\":{\"Parallelism\":0}";
        Assert.Single(await _program.ErrorsOfAsync(GuardedProgram.With(Wrong)));
        Environment.SetEnvironmentVariable("Framegate__Webhooks__Parallelism", "17");
        try
        {
            Assert.Empty(await _program.ErrorsOfAsync(GuardedProgram.With(Wrong)));
        }
        finally
        {
            Environment.SetEnvironmentVariable("Framegate__Webhooks__Parallelism", null);
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"Framegate\":{},\"framegate\":{\"Jobs\":1},\"FRAMEGATE\":{\"Jobs\":2}}")]
    public async Task Check_NoObjectOrTwiceTheSame_IsAnError(string text) => Assert.Single(await _program.ErrorsOfAsync(text));

    [Fact]
    public async Task Check_AddressesBesideUrls_AreRefused() =>
        Assert.Contains(
            "Kestrel:Endpoints: Where to listen is set with --urls.",
            await _program.ErrorsOfAsync("{\"Kestrel\":{\"Endpoints\":{\"Http\":{\"Url\":\"http://0.0.0.0:80\"}}}}"));

    [Fact]
    public async Task Check_CommentsAndTrailingCommas_AreFine() =>
        Assert.Empty(await _program.ErrorsOfAsync("// routes\n{ \"Framegate\": { \"Jobs\": { \"MaxAttempts\": 3, }, /* more later */ } }"));
}
