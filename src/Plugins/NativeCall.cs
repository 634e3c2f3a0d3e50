namespace Framegate.Plugins;

/// <summary>What was asked of a provider.</summary>
public enum NativeCall
{
    /// <summary>To start a job; it may cost money.</summary>
    Submit,

    /// <summary>How a job stands.</summary>
    Poll,

    /// <summary>To end a job.</summary>
    Cancel,

    /// <summary>For the bytes of a result.</summary>
    Download,

    /// <summary>For the job of a submit whose answer was lost: by its external id, or in a list.</summary>
    Find,

    /// <summary>Whether it is well.</summary>
    Probe,

    /// <summary>To take an input that a submit is going to name; it starts no job.</summary>
    Upload,
}
