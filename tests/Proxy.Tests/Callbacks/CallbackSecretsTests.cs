using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Webhooks;

namespace Framegate.Proxy.Tests.Callbacks;

public sealed class CallbackSecretsTests
{
    private const string Variable = "FRAMEGATE_TESTS_CALLBACK_SECRET";

    [Fact]
    public void Of_TheSecretIsGoneWhileTheProgramRuns_DeliveriesStaySigned()
    {
        var secrets = new CallbackSecrets(new ChangingOptions<ClientsOptions>([]), new ChangingOptions<CallbackOptions>(new CallbackOptions { SecretEnvs = [Variable] }));
        Assert.Empty(secrets.Of("shop"));
        try
        {
            Environment.SetEnvironmentVariable(Variable, "first");
            Assert.Equal("first", Assert.Single(secrets.Of("shop")).Reveal());
            Environment.SetEnvironmentVariable(Variable, "second");
            Assert.Equal("second", Assert.Single(secrets.Of("shop")).Reveal());
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }

        Assert.Equal("second", Assert.Single(secrets.Of("shop")).Reveal());
    }

    /// <remarks>While secrets are rotated: the file of one is written anew.</remarks>
    [Fact]
    public void Of_OneOfTwoIsGoneForAMoment_DeliveriesStaySignedWithBoth()
    {
        string[] names = [Variable + "_NEW", Variable + "_OLD"];
        var secrets = new CallbackSecrets(new ChangingOptions<ClientsOptions>([]), new ChangingOptions<CallbackOptions>(new CallbackOptions { SecretEnvs = [.. names] }));
        try
        {
            Environment.SetEnvironmentVariable(names[0], "new");
            Environment.SetEnvironmentVariable(names[1], "old");
            Assert.Equal(["new", "old"], secrets.Of("shop").Select(s => s.Reveal()));
            Environment.SetEnvironmentVariable(names[0], null);
            Assert.Equal(["new", "old"], secrets.Of("shop").Select(s => s.Reveal()));
        }
        finally
        {
            Array.ForEach(names, static name => Environment.SetEnvironmentVariable(name, null));
        }
    }
}
