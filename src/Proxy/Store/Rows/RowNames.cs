using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Store.Rows;

/// <summary>How states are named in rows.</summary>
internal static class RowNames
{
    /// <summary>The name of a generation's status, which is that on the wire.</summary>
    public static string Of(GenerationStatus status) => status switch
    {
        GenerationStatus.Success => "success",
        GenerationStatus.Failed => "failed",
        _ => "processing",
    };

    /// <summary>The name of a delivery's status.</summary>
    public static string Of(CallbackStatus status) => status switch
    {
        CallbackStatus.Delivered => "delivered",
        CallbackStatus.Gone => "gone",
        CallbackStatus.GivenUp => "given_up",
        _ => "pending",
    };

    /// <summary>The status of a delivery by its name.</summary>
    public static CallbackStatus CallbackStatusOf(string name) => name switch
    {
        "delivered" => CallbackStatus.Delivered,
        "gone" => CallbackStatus.Gone,
        "given_up" => CallbackStatus.GivenUp,
        _ => CallbackStatus.Pending,
    };
}
