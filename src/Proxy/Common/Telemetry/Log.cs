using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Common.Telemetry;

/// <summary>Every log message. Ids are stable; nothing here takes a prompt, a key, a URL from an answer, or media.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "{Count} open generations are taken up again")]
    public static partial void Resumed(ILogger logger, int count);

    [LoggerMessage(1103, LogLevel.Information, "Framegate listens on {Address}; data {Data}, .env '{EnvFile}', sandbox {Sandbox}, providers with a key: {Providers}")]
    public static partial void Listening(ILogger logger, string address, string data, string envFile, bool sandbox, string providers);

    [LoggerMessage(1104, LogLevel.Warning, "Traces did not arrive where OTEL_EXPORTER_OTLP_ENDPOINT leads: {Reason}")]
    public static partial void TracesNotExported(ILogger logger, string reason);

    [LoggerMessage(1002, LogLevel.Error, "A step of a generation in phase {Phase} failed; it is tried again")]
    public static partial void GenerationStepFailed(ILogger logger, Exception exception, GenerationPhase phase);

    [LoggerMessage(1003, LogLevel.Warning, "A result of {Provider} could not be fetched: {Reason}")]
    public static partial void DownloadFailed(ILogger logger, string provider, string reason);

    [LoggerMessage(1004, LogLevel.Error, "Old generations and media could not be forgotten; it is tried again later")]
    public static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(1010, LogLevel.Error, "The store is unavailable ({Problem}): {Reason}")]
    public static partial void StoreUnavailable(ILogger logger, Enum problem, string reason);

    [LoggerMessage(1020, LogLevel.Warning, "Data folder: {Note}")]
    public static partial void DataFolderNote(ILogger logger, string note);

    [LoggerMessage(1021, LogLevel.Error, "The result {Id} is lost: {Reason}. Run 'framegate check' on the data folder")]
    public static partial void MediaLost(ILogger logger, string id, string reason);

    [LoggerMessage(1026, LogLevel.Error, "The input {Name} of a request that waits for a provider is lost: {Reason}")]
    public static partial void InputLost(ILogger logger, string name, string reason);

    [LoggerMessage(1027, LogLevel.Warning, "The input {Name} cannot be deleted; the next start tries again: {Reason}")]
    public static partial void InputNotDeleted(ILogger logger, string name, string reason);

    [LoggerMessage(1022, LogLevel.Warning, "{Count} files of media belong to no generation and are deleted")]
    public static partial void MediaSwept(ILogger logger, int count);

    [LoggerMessage(1030, LogLevel.Information, "{Count} files of the bucket are of another store or of an earlier build, and stay")]
    public static partial void StrangersStay(ILogger logger, int count);

    [LoggerMessage(1031, LogLevel.Warning, "{Count} files of media whose time is over could not be deleted, and are tried again in ten minutes: {Reason}")]
    public static partial void MediaNotDeleted(ILogger logger, int count, string reason);

    [LoggerMessage(1033, LogLevel.Warning, "File {Id} of the bucket belongs to no generation and could not be deleted: {Reason}")]
    public static partial void MediaNotSwept(ILogger logger, string id, string reason);

    [LoggerMessage(1032, LogLevel.Warning, "Unfinished uploads to the bucket are not looked for: {Reason}")]
    public static partial void UploadsNotListed(ILogger logger, string reason);

    [LoggerMessage(1009, LogLevel.Error, "The lease on open generations could not be renewed; it is tried again")]
    public static partial void LeaseNotRenewed(ILogger logger, Exception exception);

    [LoggerMessage(1105, LogLevel.Warning, "The places of {Count} waiting generations could not be reported to other replicas, which show older ones or none: {Reason}")]
    public static partial void QueueNotReported(ILogger logger, int count, string reason);

    [LoggerMessage(1023, LogLevel.Error, "What other replicas ask for is not received any more")]
    public static partial void FleetWishesEnded(ILogger logger, Exception exception);

    [LoggerMessage(1028, LogLevel.Warning, "Generation {Id} was given up by another replica before {Provider} answered its submit; the answer counts all the same (job {Job})")]
    public static partial void LateFactKept(ILogger logger, string id, string provider, string? job);

    [LoggerMessage(1029, LogLevel.Error, "What {Provider} answered to the submit of generation {Id} could not be left with the replica that drives it (job {Job})")]
    public static partial void LateFactDropped(ILogger logger, string id, string provider, string? job);

    [LoggerMessage(1106, LogLevel.Warning, "{Count} files of media are not known to be in the bucket, and stay in the data folder for now: {Reason}")]
    public static partial void CopiesWait(ILogger logger, int count, string reason);

    [LoggerMessage(1107, LogLevel.Information, "{Count} files of media in the data folder are in the bucket")]
    public static partial void CopiesAreInBucket(ILogger logger, int count);

    [LoggerMessage(1108, LogLevel.Warning, "The result of generation {Id} is stored in the data folder and waits for the bucket: {Reason}")]
    public static partial void ResultWaits(ILogger logger, string id, string reason);

    [LoggerMessage(1024, LogLevel.Error, "The bucket of media cannot be used: {Reason}")]
    public static partial void BucketAway(ILogger logger, string reason);

    [LoggerMessage(1008, LogLevel.Warning, "A {Operation} at {Provider}/{Destination} got no answer: {Cause}")]
    public static partial void CallFailed(ILogger logger, NativeCall operation, string provider, string destination, string cause);

    [LoggerMessage(1011, LogLevel.Warning, "A native {Method} at {Provider}/{Destination} got no answer: {Cause}; request {RequestId}")]
    public static partial void NativeCallFailed(ILogger logger, string method, string provider, string destination, string cause, string requestId);

    [LoggerMessage(1100, LogLevel.Information, "Generation {Id} of {Client} at {Provider}/{Model}: {Outcome}, cost {Cost} USD, {DurationMs} ms, request {RequestId}")]
    public static partial void GenerationEnded(
        ILogger logger, string id, string client, string provider, string model, string outcome, string cost, long durationMs, string requestId);

    [LoggerMessage(1101, LogLevel.Information, "Callback {Id} of generation {Generation}: {Outcome} after try {Try} ({Answer}), {DurationMs} ms")]
    public static partial void CallbackTried(ILogger logger, string id, string generation, string outcome, int @try, string answer, long durationMs);

    [LoggerMessage(1102, LogLevel.Information, "Native submit {Path} at {Provider}/{Destination}: HTTP {Status}, {DurationMs} ms, request {RequestId}")]
    public static partial void NativeSubmitEnded(ILogger logger, string path, string provider, string destination, int status, long durationMs, string requestId);

    [LoggerMessage(1006, LogLevel.Warning, "Callback {Id} of generation {Generation} is given up after {Attempts} tries: {Reason}")]
    public static partial void CallbackGivenUp(ILogger logger, string id, string generation, int attempts, string reason);

    [LoggerMessage(1007, LogLevel.Error, "Callbacks could not be read or written; it is tried again later")]
    public static partial void CallbacksFailed(ILogger logger, Exception exception);

    [LoggerMessage(600, LogLevel.Warning, "The Redis that replicas share is away ({Reason}); the cache goes on from memory")]
    public static partial void RedisIsAway(ILogger logger, string reason);

    [LoggerMessage(601, LogLevel.Information, "The Redis that replicas share is back")]
    public static partial void RedisIsBack(ILogger logger);

    [LoggerMessage(602, LogLevel.Warning, "The media of a cached result could not be shared with other replicas: {Reason}")]
    public static partial void CacheMediaNotShared(ILogger logger, string reason);

    [LoggerMessage(603, LogLevel.Error, "Invalidations of the cache could not be applied; they are tried again")]
    public static partial void CacheInvalidationsFailed(ILogger logger, Exception exception);

    [LoggerMessage(1005, LogLevel.Error, "Request {RequestId} failed inside Framegate")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string requestId);

    [LoggerMessage(300, LogLevel.Warning, "{Address} presents keys that are nobody's; {Count} requests in a row")]
    public static partial void WrongKeys(ILogger logger, System.Net.IPAddress address, int count);

    [LoggerMessage(400, LogLevel.Warning, "{Provider}/{Destination} fails: nothing is sent there for a while")]
    public static partial void BreakerOpened(ILogger logger, string provider, string destination);

    [LoggerMessage(401, LogLevel.Information, "{Provider}/{Destination} works again")]
    public static partial void BreakerClosed(ILogger logger, string provider, string destination);

    [LoggerMessage(402, LogLevel.Warning, "{Provider}/{Destination} is taken out until a probe succeeds: {Reason}")]
    public static partial void DestinationSuspended(ILogger logger, string provider, string destination, ErrorCode reason);

    [LoggerMessage(403, LogLevel.Information, "{Provider}/{Destination} is taken in again")]
    public static partial void DestinationResumed(ILogger logger, string provider, string destination);

    [LoggerMessage(404, LogLevel.Error, "{Provider}/{Destination} could not be probed; it is tried again")]
    public static partial void RecheckFailed(ILogger logger, Exception exception, string provider, string destination);

    [LoggerMessage(405, LogLevel.Debug, "A generation goes on to {Provider} after {Reason} at {Failed}")]
    public static partial void FellBack(ILogger logger, string provider, ErrorCode reason, string failed);

    [LoggerMessage(406, LogLevel.Information, "{Provider}/{Destination} is {What} by an operator")]
    public static partial void DestinationDrained(ILogger logger, string provider, string destination, string what);

    [LoggerMessage(580, LogLevel.Information, "A repeated request joins its first try at {Provider}, now {Phase}")]
    public static partial void RepetitionJoined(ILogger logger, string provider, GenerationPhase phase);

    [LoggerMessage(581, LogLevel.Warning, "It could not be written down which answers have been given; after a crash the same request may get one of them once more")]
    public static partial void AnswersNotWritten(ILogger logger, Exception exception);

    [LoggerMessage(582, LogLevel.Error, "Job {Job} of {Client} at {Provider}/{Destination} could not be written down and may be paid for; where there are several clients or destinations its polls do not find it")]
    public static partial void NativeJobNotWritten(ILogger logger, string job, string client, string provider, string destination, Exception exception);

    [LoggerMessage(590, LogLevel.Error, "The clients could not be read from the store; they are tried again")]
    public static partial void ClientsNotRead(ILogger logger, Exception exception);

    [LoggerMessage(591, LogLevel.Warning, "The client {Client} has used {Used} of {Limit} USD of its budget {Budget} ({Period}): {Percent} per cent are reached")]
    public static partial void BudgetMark(ILogger logger, string client, decimal used, decimal limit, string budget, string period, int percent);

    [LoggerMessage(592, LogLevel.Error, "The notice of a budget of the client {Client} could not be delivered: {Reason}")]
    public static partial void BudgetNoticeLost(ILogger logger, string client, string reason);

    [LoggerMessage(500, LogLevel.Information, "The configuration of {Path} is in force (SHA-256 {Sha256}...)")]
    public static partial void ConfigurationLoaded(ILogger logger, string path, string sha256);

    [LoggerMessage(501, LogLevel.Error, "The change of {Path} is rejected; the last good configuration stays in force. Errors: {Count}")]
    public static partial void ConfigurationRejected(ILogger logger, string path, int count);

    [LoggerMessage(502, LogLevel.Error, "Configuration: {Path}: {Reason}")]
    public static partial void ConfigurationError(ILogger logger, string path, string reason);

    [LoggerMessage(511, LogLevel.Warning, "Provider file: {Place}: {Reason}")]
    public static partial void ProviderFileWarning(ILogger logger, string place, string reason);

    [LoggerMessage(503, LogLevel.Error, "A part of the program did not take the new configuration; restart Framegate")]
    public static partial void ConfigurationNotTaken(ILogger logger, Exception exception);

    [LoggerMessage(504, LogLevel.Error, "The configuration file could not be looked at; it is tried again")]
    public static partial void ConfigurationNotRead(ILogger logger, Exception exception);

    [LoggerMessage(508, LogLevel.Information, "TLS is served with the certificate of {Path}, which ends at {NotAfter:O}")]
    public static partial void CertificateServed(ILogger logger, string path, DateTime notAfter);

    [LoggerMessage(509, LogLevel.Error, "The certificate of {Path} has changed and cannot be used; the last one is served on. {Reason}")]
    public static partial void CertificateRefused(ILogger logger, string path, string reason);

    [LoggerMessage(507, LogLevel.Error, "A check of {Path} in the configuration failed inside Framegate; the configuration is rejected")]
    public static partial void ConfigurationCheckFailed(ILogger logger, Exception exception, string path);

    [LoggerMessage(505, LogLevel.Warning, "The folder of the configuration file cannot be watched, so the file is only looked at once a second: {Reason}")]
    public static partial void ConfigurationNotWatched(ILogger logger, string reason);

    [LoggerMessage(506, LogLevel.Warning, "This process may have {Limit} files open (ulimit -n), so {Connections} connections of clients at once are served; raise the limit to {Enough} at least")]
    public static partial void FewDescriptors(ILogger logger, long limit, long connections, long enough);

    [LoggerMessage(510, LogLevel.Warning, "The moderation service {Service} did not judge a prompt: {Reason}")]
    public static partial void NotModerated(ILogger logger, string service, string reason);
}
