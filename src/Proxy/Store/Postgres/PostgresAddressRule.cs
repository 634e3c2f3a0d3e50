using Framegate.Proxy.Engine.StoreContract;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>The address of the database can be read, and the variables in it are set.</summary>
internal sealed class PostgresAddressRule : IValidateOptions<StoreOptions>
{
    public ValidateOptionsResult Validate(string? name, StoreOptions options) =>
        options.Postgres is not { Length: > 0 } text || PostgresAddress.TryRead(text, sandbox: false, out _, out var reason)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{StoreOptions.Section}:{nameof(StoreOptions.Postgres)}: {reason}");
}
