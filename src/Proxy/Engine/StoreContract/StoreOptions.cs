using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>Where generations are kept. Read at start.</summary>
internal sealed class StoreOptions
{
    public const string Section = "Framegate:Store";

    /// <summary>The PostgreSQL database that replicas share: a connection string or a <c>postgres://</c> URL, with <c>${VARIABLE}</c> in it. Null (the default): a file
    /// in the data folder.</summary>
    public string? Postgres { get; set; }

    /// <summary>How long a replica may be silent before others take over what it drives. Default 10 s; 3 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "00:05:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class StoreOptionsValidator : IValidateOptions<StoreOptions>;
