namespace Framegate.Plugins;

/// <summary>How a provider streams an answer with results in it: events that show a result while it is made, and events that bring one. What lies in them as base64 never is in
/// memory as a whole.</summary>
/// <param name="Previews">Types of events that show a result before it is done.</param>
/// <param name="Results">Types of events that bring a result. The adapter reads them as one answer: an object with a list of them, and with what the last one holds beside its result.</param>
/// <param name="Into">The name of that list.</param>
/// <param name="Picture">The member of an event that holds the base64.</param>
/// <param name="Index">The member of a preview that holds its number, from 0.</param>
public sealed record AnswerEvents(IReadOnlyList<string> Previews, IReadOnlyList<string> Results, string Into, string Picture, string Index);
