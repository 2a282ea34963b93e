using DpoLab.Contracts.Runs;

namespace DpoLab.Web;

/// <summary>What was sent cannot be used: which fields, why, and what to do. Forms show it at the fields, the API as problem details.</summary>
public sealed class InputRefusedException : Exception
{
    public InputRefusedException(IReadOnlyList<FieldError> errors)
        : base(string.Join(" ", errors.Select(e => e.Message))) => Errors = errors;

    public InputRefusedException(string field, string message)
        : this([new FieldError(field, message)])
    {
    }

    /// <summary>By field, in the order of the form.</summary>
    public IReadOnlyList<FieldError> Errors { get; }
}

/// <summary>Something asked for by id is not there.</summary>
public sealed class NotFoundException(string message) : Exception(message);
