namespace Framegate.Transforms.Forwarding;

/// <summary>Takes an answer while it comes in, where its large parts are not to lie in memory.</summary>
public interface IAnswerSink
{
    /// <summary>Takes the next piece.</summary>
    /// <param name="bytes">The bytes; not to be kept.</param>
    void Feed(ReadOnlySpan<byte> bytes);

    /// <summary>No more comes; what comes after this belongs to another answer.</summary>
    /// <returns>What the adapter reads in place of the answer.</returns>
    byte[] Finish();
}
