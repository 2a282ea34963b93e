namespace DpoLab.Web.Neurons;

/// <summary>A condition that cannot be read: where, what stands there, and what was expected.</summary>
public sealed class ConditionException(int position, string message) : Exception(message)
{
    /// <summary>Index of the character, from 0.</summary>
    public int Position { get; } = position;
}
