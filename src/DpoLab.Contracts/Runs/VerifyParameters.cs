using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>
/// Compares a model, as this lab computes it, with values that transformers computed from the same files, or, without such values, checks the exact
/// identities that must hold within the model.
/// </summary>
public sealed record VerifyParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Verify;

    public required InputRef Model { get; init; }

    /// <summary>The folder that the export script wrote; null: the model is checked by itself.</summary>
    public InputRef? Values { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => new[] { Model, Values }.OfType<InputRef>();

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Chosen(Model, "model", "model");
        check.Require(Values is null || Values.Location.Length > 0, "values", "The folder of values is empty. Leave it out, or give its path.");
    }
}
