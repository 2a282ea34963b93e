namespace DpoLab.Compute.Interventions;

/// <summary>An intervention did not do what it must: it never fired, or it changed what it must leave alone.</summary>
public sealed class InterventionException : Exception
{
    public InterventionException(string message)
        : base(message)
    {
    }

    public InterventionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    private InterventionException()
    {
    }
}
