using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Kit;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Host;

/// <content>Where the answers of a trial come from.</content>
internal static partial class ProviderTrial
{
    /// <summary>Where answers come from.</summary>
    private sealed class Answers : IDisposable
    {
        private readonly ProviderAdapter _adapter;
        private readonly Queue<NativeResponse> _recorded = [];
        private readonly Uri? _host;
        private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null }) { Timeout = Longest };

        private Answers(ProviderAdapter adapter, Uri? host) => (_adapter, _host) = (adapter, host);

        public bool IsRecorded => _host is null;

        public void Dispose() => _client.Dispose();

        public static Answers? Of(ProviderAdapter adapter, string against)
        {
            if (Uri.TryCreate(against.TrimEnd('/') + "/", UriKind.Absolute, out var host) && host.Scheme is "http" or "https")
            {
                return new Answers(adapter, host);
            }

            try
            {
                var answers = new Answers(adapter, null);
                foreach (var answer in JsonElement.Parse(File.ReadAllBytes(against)).EnumerateArray())
                {
                    var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                    foreach (var header in answer.Member("headers") is { ValueKind: JsonValueKind.Object } members ? members.EnumerateObject() : default)
                    {
                        headers[header.Name] = header.Value.Text() ?? header.Value.GetRawText();
                    }

                    var body = answer.Member("body");
                    var bytes = answer.Member("body_base64").Text() is { } base64 ? Convert.FromBase64String(base64) : Encoding.UTF8.GetBytes(body.Text() ?? (body.ValueKind == JsonValueKind.Undefined ? "" : body.GetRawText()));
                    answers._recorded.Enqueue(new NativeResponse((int)(answer.Member("status").Whole() ?? 200), headers, bytes));
                }

                return answers;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or ArgumentException or FormatException)
            {
                return null;
            }
        }

        /// <summary>What lies behind the address of a result, which is fetched without a key, as the gateway does.</summary>
        /// <returns>Null where nobody is called.</returns>
        public async Task<string?> LookAtAsync(string address, CancellationToken cancellationToken)
        {
            if (IsRecorded || !Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            {
                return null;
            }

            try
            {
                using var answer = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                return $"   {(int)answer.StatusCode} {answer.Content.Headers.ContentType?.MediaType ?? "no type"}{(answer.Content.Headers.ContentLength is { } length ? $", {length} bytes" : "")}";
            }
            catch (HttpRequestException e)
            {
                return $"   no answer: {e.Message}";
            }
        }

        public async Task<NativeResponse> NextAsync(NativeRequest request, CancellationToken cancellationToken)
        {
            if (_host is not { } host)
            {
                return _recorded.TryDequeue(out var next) ? next : throw new HttpRequestException("the recording holds no more answers.");
            }

            var url = Uri.TryCreate(request.Target, UriKind.Absolute, out var absolute) && absolute.Scheme is "http" or "https" ? absolute! : new Uri(host.AbsoluteUri.TrimEnd('/') + request.Target);
            using var message = new HttpRequestMessage(new HttpMethod(request.Method), url);
            if (request.Body is { } body)
            {
                message.Content = new ReadOnlyMemoryContent(body.Bytes);
                message.Content.Headers.TryAddWithoutValidation("Content-Type", body.ContentType);
            }

            foreach (var (name, value) in request.Headers)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }

            if (!message.Headers.NonValidated.Contains("Accept"))
            {
                message.Headers.TryAddWithoutValidation("Accept", "application/json");
            }

            // The key goes to the host that was named, and nowhere else.
            if (Origin.Same(url, host))
            {
                var key = _adapter.KeyVariables.Select(ProviderKeys.InEnvironment).FirstOrDefault(k => k is not null) ?? new Secret("test");
                message.RequestUri = CallSeal.Apply(_adapter, key, new OutgoingCall(request.Method, url, request.Body?.Bytes ?? default, TimeProvider.System.GetUtcNow()), message.Headers);
            }

            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await response.Content.LoadIntoBufferAsync(_adapter.MaxResponseBytes(NativeCall.Submit), cancellationToken);
            var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
            return new NativeResponse((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
    }
}
