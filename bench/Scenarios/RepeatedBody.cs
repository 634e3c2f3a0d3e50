using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Framegate.Bench.Scenarios;

/// <summary>A body in which <c>#</c> stands for a number that differs each time, so that nothing is cached.</summary>
internal sealed class RepeatedBody(string head, byte[] payload, string tail, string type)
{
    private static int s_number;

    public HttpContent Next()
    {
        var number = Interlocked.Increment(ref s_number).ToString("D10", CultureInfo.InvariantCulture);
        return new Pieces([Encoding.ASCII.GetBytes(head.Replace("#", number, StringComparison.Ordinal)), payload, Encoding.ASCII.GetBytes(tail)], type);
    }

    private sealed class Pieces : HttpContent
    {
        private readonly byte[][] _pieces;

        public Pieces(byte[][] pieces, string type)
        {
            _pieces = pieces;
            Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var piece in _pieces)
            {
                await stream.WriteAsync(piece);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _pieces.Sum(p => (long)p.Length);
            return true;
        }
    }
}
