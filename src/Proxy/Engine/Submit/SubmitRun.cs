using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Selection.Candidates;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>What is remembered while one generation is being submitted.</summary>
internal sealed class SubmitRun(Generation generation, GenerationRequest request, RetryBudget budget)
{
    private List<Candidate>? _tried;
    private List<DestinationState>? _refusing;

    /// <summary>The generation.</summary>
    public Generation Generation => generation;

    /// <summary>Its request.</summary>
    public GenerationRequest Request => request;

    /// <summary>What it may do.</summary>
    public RetryBudget Budget => budget;

    /// <summary>Steps that found no destination, so that there is no attempt to show for them.</summary>
    public int EmptySteps { get; set; }

    /// <summary>Where the request is about to be sent: its attempt is being written down, or is. Null before that.</summary>
    public DestinationState? Beginning { get; set; }

    /// <summary>True once the attempt of this step is written down.</summary>
    public bool Begun { get; set; }

    /// <summary>The destination of this step, once it is over; null when none was tried.</summary>
    public DestinationState? Destination { get; set; }

    /// <summary>How many tries there were.</summary>
    public int Attempts => generation.State.Attempts.Count + EmptySteps;

    /// <summary>Candidates that were tried since the last pause.</summary>
    public IReadOnlyList<Candidate> Tried => _tried ?? [];

    /// <summary>Destinations of the candidate that were tried since the last pause.</summary>
    public List<DestinationState>? Refusing => _refusing;

    /// <summary>All that was tried since the last pause, as it is now.</summary>
    public (IReadOnlyList<Candidate>? Candidates, IReadOnlyList<DestinationState>? Destinations) Tries
    {
        get => (_tried?.ToArray(), _refusing?.ToArray());
        set => (_tried, _refusing) = (value.Candidates?.ToList(), value.Destinations?.ToList());
    }

    /// <summary>The candidate that is being tried has come to nothing.</summary>
    public void TriedCandidate()
    {
        if (generation.State.Picked is { } candidate)
        {
            (_tried ??= []).Add(candidate);
        }

        _refusing = null;
    }

    /// <summary>Another step begins.</summary>
    public void Next() => (Beginning, Begun, Destination) = (null, false, null);

    /// <summary>The destination of this step has come to nothing.</summary>
    public void TriedDestination()
    {
        if (Destination is { } destination)
        {
            (_refusing ??= []).Add(destination);
        }
    }

    /// <summary>After a pause everything may be tried again.</summary>
    public void StartOver() => (_tried, _refusing) = (null, null);
}
