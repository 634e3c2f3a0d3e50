using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Framegate.Proxy.Edge.Http;

/// <summary>A body that takes the place of the one that came in, as a reader.</summary>
internal sealed class BodyPipe(PipeReader reader) : IRequestBodyPipeFeature
{
    public PipeReader Reader => reader;
}
