using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>How finished generations are told to the <c>callback_url</c> of their request.</summary>
internal sealed class CallbackOptions
{
    public const string Section = "Framegate:Webhooks";

    /// <summary>How long one delivery may take. Default 15 s; 1 s to 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Deliveries in all before one is given up. Default 10; 1 to 30.</summary>
    [Range(1, 30)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>Pause after the first failed delivery; it triples from then on, up to 12 h. Default 5 s; 100 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Deliveries at once. Default 16; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int Parallelism { get; set; } = 16;
}

[OptionsValidator]
internal sealed partial class CallbackOptionsValidator : IValidateOptions<CallbackOptions>;
