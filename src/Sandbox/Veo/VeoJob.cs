using System.Globalization;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Veo;

/// <summary>An accepted operation.</summary>
/// <param name="Id">What its files are named after: lower-case letters and digits, as the SDKs expect.</param>
/// <param name="Name">The operation's name as the client got it.</param>
/// <param name="Order">What was asked for.</param>
/// <param name="Timeline">When it runs and how it ends.</param>
/// <param name="Filtered">How many of its samples fall to the content filter.</param>
internal sealed record VeoJob(string Id, string Name, VeoOrder Order, JobTimeline Timeline, int Filtered) : IStandInJob
{
    /// <summary>How many are delivered.</summary>
    public int Delivered => Timeline.Ending == JobEnding.Moderated ? 0 : Math.Max(Order.Samples - Filtered, 0);

    public string Prompt => Order.Prompt;

    /// <summary>The sample's name on the Gemini API's file store.</summary>
    public string FileId(int sample) => string.Create(CultureInfo.InvariantCulture, $"{Id}{sample}");

    /// <summary>The sample's address on Cloud Storage; only for an order with a place to write.</summary>
    public string GcsUri(int sample) => string.Create(CultureInfo.InvariantCulture, $"{Order.Storage!.TrimEnd('/')}/{Id}/sample_{sample}.mp4");

    public byte[] Clip(int sample) =>
        ClipShelf.Take(Order.Pixels.Width, Order.Pixels.Height, string.Create(CultureInfo.InvariantCulture, $"veo {Id} {sample}"));
}
