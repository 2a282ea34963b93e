using System.Globalization;
using System.Numerics;

namespace DpoLab.Contracts.Runs;

/// <summary>Collects the errors of a form's settings; the same checks run while typing, at the API and on the compute host.</summary>
public sealed class FieldChecks
{
    private readonly List<FieldError> errors = [];

    /// <summary>What was found so far, in the order of the checks.</summary>
    public IReadOnlyList<FieldError> Errors => errors;

    /// <summary>Adds an error unless <paramref name="holds"/>.</summary>
    public void Require(bool holds, string field, string message)
    {
        if (!holds)
            errors.Add(new FieldError(field, message));
    }

    /// <summary>Requires a finite number within <paramref name="least"/> … <paramref name="most"/>, ends included.</summary>
    public void Within<T>(T value, T least, T most, string field, string remedy)
        where T : INumber<T> =>
        Require(
            T.IsFinite(value) && value >= least && value <= most,
            field,
            string.Create(CultureInfo.InvariantCulture, $"{value} is outside {least} to {most}. {remedy}"));

    /// <summary>Requires that an input was chosen.</summary>
    public void Chosen(InputRef? input, string field, string what) =>
        Require(input is not null && input.Location.Length > 0, field, $"No {what} chosen. Choose one from the list.");
}
