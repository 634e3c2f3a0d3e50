using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Host.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.Configuration;

/// <summary>What looks as if it were set, and is not.</summary>
public sealed class TruthTests
{
    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "The environment variable must be a URL like http://127.0.0.1:4317.")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "thrift", "The environment variable must be one of grpc, http/protobuf.")]
    [InlineData("OTEL_TRACES_EXPORTER", "jaeger", "The environment variable must be one of otlp, none.")]
    [InlineData("OTEL_TRACES_SAMPLER", "sometimes", "The environment variable must be one of always_on,")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "10%", "The environment variable must be a number from 0 to 1.")]
    public async Task Check_AVariableOfTelemetry_IsTold(string name, string value, string reason)
    {
        var variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:4317", ["OTEL_TRACES_SAMPLER"] = "traceidratio", [name] = value };
        using var program = new GuardedProgram(more: s => s.AddSingleton<IConfigurationRule>(new Framegate.Proxy.Host.Telemetry.TelemetryVariables(variables.GetValueOrDefault)));

        Assert.StartsWith($"{name}: {reason}", Assert.Single(await program.ErrorsOfAsync(GuardedProgram.With(""))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTPS_PROXY", "htp://proxy:3128", false)]
    [InlineData("HTTPS_PROXY", "http://", false)]
    [InlineData("https_proxy", "proxy:port", false)]
    [InlineData("http_proxy", "http://user:secret@proxy:99999", false)]
    [InlineData("ALL_PROXY", "http://my proxy:3128", false)]
    [InlineData("ALL_PROXY", "http://[::1", false)]
    [InlineData("ALL_PROXY", "socks://proxy:1080", false)]
    [InlineData("HTTPS_PROXY", "proxy:3128", true)]
    [InlineData("HTTPS_PROXY", "http://user:p%40ss w@ord@proxy:3128/", true)]
    [InlineData("ALL_PROXY", "socks5://[::1]:1080", true)]
    [InlineData("HTTP_PROXY", " ", true)]
    [InlineData("HTTPS_PROXY", "http://proxy:3128/way?x", true)]
    [InlineData("NO_PROXY", "http://user:secret@host/", true)]
    public async Task Check_AProxyThatWouldBePassedOver_IsTold(string name, string value, bool isFine)
    {
        using var program = new GuardedProgram(more: s => s.AddSingleton<IConfigurationRule>(new ProxyVariables(new Dictionary<string, string> { [name] = value }.GetValueOrDefault)));

        var errors = await program.ErrorsOfAsync(GuardedProgram.With(""));

        Assert.Equal(isFine ? 0 : 1, errors.Count);
        Assert.All(errors, e => Assert.StartsWith(name + ": ", e, StringComparison.Ordinal));
        Assert.All(errors, e => Assert.DoesNotContain("secret", e, StringComparison.Ordinal));
    }

    /// <summary>Variables are set for a whole machine: what nobody looks at stops nothing.</summary>
    [Theory]
    [InlineData("NO_PROXY=example.com,10.0.0.0/99", "NO_PROXY: Entry 2 ")]
    [InlineData("NO_PROXY=http://user:secret@host/", "NO_PROXY: Entry 1 ")]
    [InlineData("no_proxy=10/8", "no_proxy: Entry 1 ")]
    [InlineData("no_proxy=*, .example.com, 10.1.2.3/8, host:80, 10.0.0.0/8:443, fd00::/8", null)]
    [InlineData("no_proxy=10.0.0.0/8|NO_PROXY=x/y", null)]
    [InlineData("HTTP_PROXY=http://proxy:3128|ALL_PROXY=socks://proxy:1080", null)]
    [InlineData("https_proxy=http://proxy:3128|HTTPS_PROXY=htp://proxy", null)]
    public async Task Check_VariablesThatGoTogether_TellOfWhatIsLookedAt(string more, string? error)
    {
        var variables = $"HTTPS_PROXY=http://proxy:3128|http_proxy=http://proxy:3128|{more}".Split('|').Select(v => v.Split('=', 2)).GroupBy(v => v[0]).ToDictionary(g => g.Key, g => g.Last()[1]);
        using var program = new GuardedProgram(more: s => s.AddSingleton<IConfigurationRule>(new ProxyVariables(variables.GetValueOrDefault)));

        var errors = await program.ErrorsOfAsync(GuardedProgram.With(""));

        Assert.Equal(error is null ? 0 : 1, errors.Count);
        Assert.All(errors, e => Assert.StartsWith(error!, e, StringComparison.Ordinal));
        Assert.All(errors, e => Assert.DoesNotContain("secret", e, StringComparison.Ordinal));
    }

    [Fact]
    public void AFolderOfProvidersThatIsNamed_MustBeThere()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "nothing");

        Assert.Equal(path, Assert.Single(ProviderReading.Of(path, ProviderReading.None, isNamed: true).Errors).Path);
        Assert.Same(ProviderReading.None, ProviderReading.Of(path, ProviderReading.None));
    }

    /// <summary>A name that stands for nothing, and what no request, client or console could use.</summary>
    [Theory]
    [InlineData("\"Cache\":{\"Models\":{\"flux/flux-dve\":{\"Enabled\":false}}}", "Framegate:Cache:Models:flux/flux-dve: There is no such alias or model;")]
    [InlineData("\"Clients\":{\"a\":{\"KeyEnv\":\"PATH\",\"Providers\":[\"fluks\"]}}", "Framegate:Clients:a:Providers:0: There is no such provider; there are flux.")]
    [InlineData("\"Clients\":{\"a\":{\"KeyEnv\":\"PATH\",\"Models\":[\"flux/flux-dve\"]}}", "Framegate:Clients:a:Models:0: There is no such alias or model;")]
    [InlineData("\"Clients\":{\"a\":{\"KeyEnv\":\"PATH\",\"ModelLimits\":{\"flux-dve\":{\"ConcurrentJobs\":1}}}}", "Framegate:Clients:a:ModelLimits:flux-dve: There is no such alias or model;")]
    [InlineData("\"Clients\":{\"a\":{\"KeyEnv\":\"PATH\",\"Expires\":\"tomorrow\"}}", "Framegate:Clients:a:Expires: It must be a time like 2026-11-30T12:00:00Z.")]
    [InlineData("\"Native\":{\"fluks\":{\"Allow\":[\"GET /x\"]}}", "Framegate:Native:fluks: There is no such provider; there are flux.")]
    [InlineData("\"Native\":{\"flux\":{\"Allow\":[\"FETCH /x\"]}}", "Framegate:Native:flux:Allow:0: There is no method 'FETCH';")]
    [InlineData("\"Catalogue\":{\"flux\":{\"flux-dev\":{\"Successor\":\"flux-dve\"}}}", "Framegate:Catalogue:flux:flux-dev:Successor: flux has no such model;")]
    [InlineData("\"Models\":{\"x\":{\"Candidates\":{\"Provider\":\"flux\",\"Model\":\"flux-dev\"}}}", "Framegate:Models:x:Candidates: It must be a list.")]
    [InlineData("\"Jobs\":{\"Prompts\":\"0\"}", "Framegate:Jobs:Prompts: It must be one of Full, Hash, None.")]
    [InlineData("\"Media\":{\"RevokedLinks\":[\"http://127.0.0.1/media/med_1?sig=2\"]}", "Framegate:Media:RevokedLinks:0: It must be the id of a file, as med_...,")]
    [InlineData("\"Redis\":\"redis//x\"", "Framegate:Redis: It must be a URL like redis://")]
    public async Task Check_ANameForNothing_IsTold(string section, string error)
    {
        using var program = new GuardedProgram();

        Assert.Contains(await program.ErrorsOfAsync(GuardedProgram.With(section)), e => e.StartsWith(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"Cache\":{\"Models\":{\"flux/flux-dev\":{\"Enabled\":false},\"FAST\":{\"Ttl\":5}}},\"Models\":{\"fast\":{\"Candidates\":[{\"Provider\":\"flux\",\"Model\":\"flux-dev\"}]}}")]
    [InlineData("\"Clients\":{\"a\":{\"KeyEnv\":\"PATH\",\"Providers\":[\"FLUX\"],\"Models\":[\"flux/*\",\"flux-dev\",\"flux/flux-dev\"]}}")]
    [InlineData("\"Redis\":\"redis_cache:6379,password=x\"")]
    public async Task Check_ANameOfSomething_IsFine(string section)
    {
        using var program = new GuardedProgram();

        Assert.Empty(await program.ErrorsOfAsync(GuardedProgram.With(section)));
    }

    [Theory]
    [InlineData("\"AllowedHosts\":\"http://a.example\"", "AllowedHosts: 'http://a.example' is no host's name;")]
    [InlineData("\"AllowedHosts\":\"a.example,b.example\"", "AllowedHosts: 'a.example,b.example' is no host's name;")]
    [InlineData("\"AllowedHosts\":[\"a.example\"]", "AllowedHosts: It must be text:")]
    [InlineData("\"Logging\":{\"Console\":{\"FormatterName\":\"xml\"}}", "Logging:Console:FormatterName: It must be one of simple, json, systemd.")]
    [InlineData("\"Logging\":{\"Console\":{\"QueueFullMode\":\"Drop\"}}", "Logging:Console:QueueFullMode: It must be one of Wait, DropWrite.")]
    [InlineData("\"Logging\":{\"Console\":{\"MaxQueueLength\":0}}", "Logging:Console:MaxQueueLength: It must be a number of lines from 1.")]
    [InlineData("\"Logging\":{\"Console\":{\"FormaterName\":\"json\"}}", "Logging:Console:FormaterName: There is no such setting;")]
    [InlineData("\"Logging\":{\"Console\":{\"FormatterOptions\":{\"SingleLine\":\"ja\"}}}", "Logging:Console:FormatterOptions:SingleLine: It must be true or false.")]
    [InlineData("\"Framegate\":\"x\"", "Framegate: It must be an object.")]
    [InlineData("\"Logging\":\"Debug\"", "Logging: It must be an object.")]
    [InlineData("\"Logging\":{\"LogLevel\":\"Debug\"}", "Logging:LogLevel: It must be an object.")]
    [InlineData("\"Logging\":{\"Console\":\"json\"}", "Logging:Console: It must be an object.")]
    [InlineData("\"Logging\":{\"Console\":{\"LogLevel\":\"Debug\"}}", "Logging:Console:LogLevel: It must be an object.")]
    [InlineData("\"Logging\":{\"LogLevel\":{\"Framegate\":{\"Default\":\"Debug\"}}}", "Logging:LogLevel:Framegate: It must be one of Trace,")]
    [InlineData("\"Logging\":{\"Console\":{\"FormatterName\":[\"json\"]}}", "Logging:Console:FormatterName: It must be one of simple,")]
    [InlineData("\"Framegate\":{\"Media\":{\"RevokedLinks\":[{}]}}", "Framegate:Media:RevokedLinks:0: It must be text; it is empty.")]
    [InlineData("\"Framegate\":{\"Security\":{\"TrustedProxies\":[null]}}", "Framegate:Security:TrustedProxies:0: It must be text; it is empty.")]
    [InlineData("\"Framegate\":{\"Security\":{\"TrustedProxies\":[\"10\"]}}", "Framegate:Security:TrustedProxies:0: It must be an address,")]
    [InlineData("\"Framegate\":{\"Webhooks\":{\"SecretEnvs\":[{}]}}", "Framegate:Webhooks:SecretEnvs:0: It must be text; it is empty.")]
    [InlineData("\"Framegate\":{\"Native\":{\"flux\":{\"Allow\":[{}]}}}", "Framegate:Native:flux:Allow:0: It must be text; it is empty.")]
    [InlineData("\"Framegate\":{\"Limits\":{\"flux\":{\"MaxDuration\":\"NaN\"}}}", "Framegate:Limits:flux:MaxDuration: It must be a number.")]
    [InlineData("\"Framegate\":{\"Catalogue\":{\"flux\":{\"flux-dev\":{\"Retired\":1.5}}}}", "Framegate:Catalogue:flux:flux-dev:Retired: It must be a date")]
    [InlineData("\"Framegate\":{\"Clients\":{\"shop\":{\"KeyEnv\":\"A\",\"Expires\":\"01/02/2027\"}}}", "Framegate:Clients:shop:Expires: It must be a time")]
    [InlineData("\"Framegate\":{\"Clients\":{\"shop\":{\"KeyFile\":\"\"}}}", "Framegate:Clients:shop:KeyFile: The file cannot be read, or is empty.")]
    public async Task Check_WhatIsTheProgramsOwn_IsTold(string part, string error)
    {
        using var program = new GuardedProgram();

        Assert.Contains(await program.ErrorsOfAsync(GuardedProgram.Flux + "," + part + "}"), e => e.StartsWith(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a.example;*.b.example;[::1];127.0.0.1")]
    [InlineData("*")]
    [InlineData("")]
    public async Task Check_NamesOfHosts_AreFine(string names)
    {
        using var program = new GuardedProgram();

        Assert.Empty(await program.ErrorsOfAsync(GuardedProgram.Flux + ",\"AllowedHosts\":\"" + names + "\"}"));
    }

    [Fact]
    public async Task Check_TwoRoutesThatMatchAlike_AreTold()
    {
        using var program = new GuardedProgram();
        const string Two = """ "Routes":{"a":{"ClusterId":"flux","Match":{"Path":"/x/{**rest}"}},"b":{"ClusterId":"flux","Order":ORDER,"Match":{"Path":"/X/{**other}/"}}}""";

        var errors = await program.ErrorsOfAsync("{\"ReverseProxy\":{" + Two.Replace("ORDER", "0", StringComparison.Ordinal) + ",\"Clusters\":{\"flux\":{\"Destinations\":{\"a\":{\"Address\":\"http://127.0.0.1:9/\"}}}}}}");

        Assert.StartsWith("ReverseProxy:Routes:b:Match: It matches the same requests as the route 'a';", Assert.Single(errors), StringComparison.Ordinal);
        Assert.Empty(await program.ErrorsOfAsync("{\"ReverseProxy\":{" + Two.Replace("ORDER", "1", StringComparison.Ordinal) + ",\"Clusters\":{\"flux\":{\"Destinations\":{\"a\":{\"Address\":\"http://127.0.0.1:9/\"}}}}}}"));
    }

    [Theory]
    [InlineData("FRAMEGATE_ADMINKEY", "Nothing reads this environment variable; is FRAMEGATE_ADMIN_KEY meant?")]
    [InlineData("FRAMEGATE_CLIENT_KEYS", "Nothing reads this environment variable; is FRAMEGATE_CLIENT_KEY meant?")]
    [InlineData("Framegate_Jobs_MaxAttempts", "Nothing reads this environment variable; is Framegate__Jobs__MaxAttempts meant?")]
    [InlineData("FRAMEGATE_ADMIN_KEY", null)]
    [InlineData("FRAMEGATE_WEBHOOK_SECRET_OLD", null)]
    [InlineData("FRAMEGATE_KEY", null)]
    [InlineData("FRAMEGATE_CLIENTKEY", null)]
    public void Unread_Variable_IsNamed(string variable, string? reason) =>
        Assert.Equal(reason, VariableOrigins.Unread([variable, "PATH"], new Dictionary<string, string?> { ["Framegate:Clients:a:KeyEnv"] = "FRAMEGATE_CLIENTKEY" }, ["Jobs"]).SingleOrDefault()?.Reason);

    [Theory]
    [InlineData("\"Destinations\":{\"a\":{\"Adress\":\"http://127.0.0.1:9/\"}}", "ReverseProxy:Clusters:flux:Destinations:a:Adress: There is no such setting; there are Address,")]
    [InlineData("\"Destinations\":{\"a\":{\"Adress\":\"http://127.0.0.1:9/\"}}", "ReverseProxy:Clusters:flux:Destinations:a:Address: It must be a URL")]
    [InlineData("\"Destinations\":{\"a\":{\"Address\":null}}", "ReverseProxy:Clusters:flux:Destinations:a:Address: It must be a URL")]
    [InlineData("\"Destinations\":{\"a\":{\"Metadata\":{\"Weight\":\"1\"}}}", "ReverseProxy:Clusters:flux:Destinations:a:Address: It must be a URL")]
    [InlineData("\"LoadBalancingPolcy\":\"RoundRobin\"", "ReverseProxy:Clusters:flux:LoadBalancingPolcy: There is no such setting;")]
    [InlineData("\"HealthChek\":{\"Active\":{\"Enabled\":true}}", "ReverseProxy:Clusters:flux:HealthChek: There is no such setting;")]
    [InlineData("\"HealthCheck\":{\"Active\":{\"Enabeld\":true}}", "ReverseProxy:Clusters:flux:HealthCheck:Active:Enabeld: There is no such setting;")]
    [InlineData("\"HealthCheck\":{\"Active\":{\"Interval\":60}}", "ReverseProxy:Clusters:flux:HealthCheck:Active:Interval: It must be a duration like 00:00:30 or 7.00:00:00; a bare number would be days.")]
    [InlineData("\"HttpRequest\":{\"ActivityTimout\":\"00:00:05\"}", "ReverseProxy:Clusters:flux:HttpRequest:ActivityTimout: There is no such setting;")]
    [InlineData("\"HttpClient\":{\"WebProxy\":{\"Adress\":\"http://proxy:3128\"}}", "ReverseProxy:Clusters:flux:HttpClient:WebProxy:Adress: There is no such setting;")]
    [InlineData("\"HttpClient\":{\"SslProtocols\":[\"Tls99\"]}", "ReverseProxy:Clusters:flux:HttpClient:SslProtocols:0: It must be one of ")]
    [InlineData("\"Metadata\":{\"Adaptor\":\"flux\"}", "ReverseProxy:Clusters:flux:Metadata:Adaptor: Nothing reads it; is Adapter meant?")]
    [InlineData("\"Destinations\":{\"a\":{\"Address\":\"http://127.0.0.1:9/\",\"Metadata\":{\"Prio\":\"1\"}}}", "ReverseProxy:Clusters:flux:Destinations:a:Metadata:Prio: Nothing reads it; is Priority meant?")]
    [InlineData("\"Destinations\":{\"a\":{\"Address\":\"http://127.0.0.1:9/\",\"Metdata\":{\"Weight\":\"0\"}}}", "ReverseProxy:Clusters:flux:Destinations:a:Metdata: There is no such setting;")]
    public async Task Check_Cluster_NamesWhatIsNotRead(string cluster, string error)
    {
        using var program = new GuardedProgram();

        var errors = await program.ErrorsOfAsync("{\"ReverseProxy\":{\"Clusters\":{\"flux\":{" + cluster + "}}}}");

        Assert.Contains(errors, e => e.StartsWith(error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_AllThatYarpKnows_IsFine()
    {
        using var program = new GuardedProgram();

        Assert.Empty(await program.ErrorsOfAsync("""
            { "ReverseProxy": {
              "Routes": { "r": { "ClusterId": "flux", "Order": 1, "MaxRequestBodySize": 1000, "Metadata": { "anything": "1" },
                "Match": { "Path": "/r/{**rest}", "Methods": ["GET"], "Hosts": ["a"], "Headers": [{ "Name": "x", "Values": ["1"], "Mode": "ExactHeader", "IsCaseSensitive": true }],
                  "QueryParameters": [{ "Name": "q", "Mode": "Exists" }] },
                "Transforms": [{ "PathRemovePrefix": "/r" }, { "RequestHeader": "x", "Set": "1" }] } },
              "Clusters": { "flux": { "LoadBalancingPolicy": "Weighted", "Metadata": { "Adapter": "flux", "Owner": "me" },
                "HttpRequest": { "ActivityTimeout": "00:01:40", "Version": "2", "VersionPolicy": "RequestVersionOrLower", "AllowResponseBuffering": false },
                "HttpClient": { "SslProtocols": ["Tls12", "Tls13"], "MaxConnectionsPerServer": 10, "EnableMultipleHttp2Connections": true, "DangerousAcceptAnyServerCertificate": false,
                  "RequestHeaderEncoding": "utf-8", "WebProxy": { "Address": "http://127.0.0.1:3128", "BypassOnLocal": true, "UseDefaultCredentials": false } },
                "HealthCheck": { "AvailableDestinationsPolicy": "HealthyOrPanic", "Active": { "Enabled": true, "Interval": "00:00:10", "Timeout": "00:00:05", "Path": "/" } },
                "Destinations": { "a": { "Address": "http://127.0.0.1:9/", "Health": "http://127.0.0.1:9/", "Host": "h", "Metadata": { "Weight": "1", "Priority": "0", "Region": "eu", "Team": "x" } } } } } } }
            """));
    }

    [Theory]
    [InlineData("\"Routes\":{\"r\":{\"ClusterId\":\"flux\",\"Match\":{\"Path\":\"/x\"},\"Transfroms\":[]}}", "ReverseProxy:Routes:r:Transfroms: There is no such setting;")]
    [InlineData("\"Routes\":{\"r\":{\"ClusterId\":\"flux\",\"Match\":{\"Paht\":\"/x\"}}}", "ReverseProxy:Routes:r:Match:Paht: There is no such setting;")]
    [InlineData("\"Routs\":{\"r\":{}}", "ReverseProxy:Routs: There is no such section; there are Clusters, Routes.")]
    public async Task Check_Proxy_NamesWhatIsNotRead(string part, string error)
    {
        using var program = new GuardedProgram();

        Assert.Contains(await program.ErrorsOfAsync("{\"ReverseProxy\":{" + part + ",\"Clusters\":{\"flux\":{}}}}"), e => e.StartsWith(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"Media\":{\"Retention\":3600}", "Framegate:Media:Retention: It must be a duration like 00:00:30 or 7.00:00:00; a bare number would be days.")]
    [InlineData("\"Media\":{\"Retention\":\"24:00:00\"}", "Framegate:Media:Retention: It must be a duration like 00:00:30 or 7.00:00:00; after 23 hours comes a day: 1.00:00:00.")]
    [InlineData("\"Jobs\":{\"LateResultWindow\":\"00:30\"}", "Framegate:Jobs:LateResultWindow: It must be a duration with hours, minutes and seconds, like 00:30:00.")]
    [InlineData("\"Cache\":{\"Ttl\":\"24:00:00\"}", "Framegate:Cache:Ttl: It must be seconds, or a duration like 1.00:00:00.")]
    public async Task Check_DurationOfTwoMeanings_IsRefused(string section, string error)
    {
        using var program = new GuardedProgram();

        Assert.Contains(error, await program.ErrorsOfAsync(GuardedProgram.With(section)));
    }

    [Theory]
    [InlineData("00:00:30")]
    [InlineData("23:59:59.5")]
    [InlineData("1.00:00:00")]
    [InlineData("7.0:5:0")]
    public void IsOne_FullDuration_Is(string text) => Assert.True(Duration.IsOne(text));

    [Theory]
    [InlineData("{\"Logging\":{\"LogLevel\":{\"Default\":\"Informaton\"}}}", "Logging:LogLevel:Default: It must be one of Trace,")]
    [InlineData("{\"Logging\":{\"Console\":{\"LogLevel\":{\"Yarp\":\"9\"}}}}", "Logging:Console:LogLevel:Yarp: It must be one of Trace,")]
    public async Task Check_LogLevel_IsOneThatExists(string text, string error)
    {
        using var program = new GuardedProgram();

        Assert.StartsWith(error, Assert.Single(await program.ErrorsOfAsync(text)), StringComparison.Ordinal);
    }

    /// <summary>Of the frameworks' own, one would write a key to the home folder at each first start.</summary>
    [Fact]
    public void Start_NothingIsWrittenOutsideTheDataFolder()
    {
        using var program = new GuardedProgram();

        Assert.DoesNotContain("DataProtectionHostedService", program.Background);
    }

    [Fact]
    public async Task Look_CheckThrows_IsARejectionAndOnlyOnce()
    {
        using var program = new GuardedProgram(more: services => services.AddSingleton<IConfigurationRule, Throws>());
        program.Write(GuardedProgram.With("\"Jobs\":{\"MaxAttempts\":2}"));

        await program.SettleAsync();

        Assert.Equal(ConfigurationStatus.Rejected, program.Status.Status);
        Assert.Equal("It cannot be checked (ArithmeticException), so it is rejected; the log has the details.", Assert.Single(program.Status.Errors).Reason);
        var judged = program.Status.LastAttemptAt;
        program.Time.Advance(TimeSpan.FromSeconds(5));
        await program.SettleAsync();
        Assert.Equal(judged, program.Status.LastAttemptAt);
    }

    [Fact]
    public void Name_ErrorOfAVariable_NamesTheVariable()
    {
        ConfigurationError[] errors =
            [new("Framegate:Cache:Strategy", "No."), new("Framegate:Cashe", "No."), new("Framegate:Jobs:MaxOpen", "No."), new("Framegate:Media", "No.")];
        var file = new Dictionary<string, string?> { ["Framegate:Jobs:MaxOpen"] = "x", ["Framegate:Media:Retention"] = "1" };

        var named = VariableOrigins.Name(errors, ["PATH", "FRAMEGATE__CACHE__STRATEGY", "Framegate__Cashe__Ttl", "Framegate__Media__PublicUrl"], file);

        Assert.Equal(
            ["No. It is set by the environment variable FRAMEGATE__CACHE__STRATEGY.", "No. It is set by the environment variable Framegate__Cashe__Ttl.", "No.", "No."],
            named.Select(e => e.Reason));
    }

    [Theory]
    [InlineData("Framgate__Cache__Strategy", "The environment variable sets nothing; is Framegate__Cache__Strategy meant?")]
    [InlineData("REVERSEPROXI__Clusters__flux__X", "The environment variable sets nothing; is ReverseProxy__Clusters__flux__X meant?")]
    [InlineData("FRAMEGATE__Cache__Strategy", null)]
    [InlineData("DOTNET__X", null)]
    [InlineData("LOG__LEVEL", null)]
    public void Misspelt_Root_IsNamed(string variable, string? reason) =>
        Assert.Equal(reason, VariableOrigins.Misspelt([variable, "PATH"]).SingleOrDefault()?.Reason);

    private sealed class Throws : IConfigurationRule
    {
        public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken) => throw new ArithmeticException();
    }
}
