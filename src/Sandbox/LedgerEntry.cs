namespace Framegate.Sandbox;

/// <summary>One accepted submit.</summary>
/// <param name="Provider">The provider's name, for example <c>flux</c>.</param>
/// <param name="Model">The native model id the job runs on.</param>
/// <param name="Prompt">The prompt as it arrived; empty when the submit had none.</param>
/// <param name="NativeId">The provider's id of the job.</param>
/// <param name="At">When it was accepted.</param>
public sealed record LedgerEntry(string Provider, string Model, string Prompt, string NativeId, DateTimeOffset At);
