using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>One of the paper's four groups (science.md, section 5).</summary>
public enum NeuronGroup
{
    /// <summary>Toxic-aligned, positively activated.</summary>
    Tp,

    /// <summary>Anti-toxic-aligned, negatively activated.</summary>
    An,

    /// <summary>Toxic-aligned, negatively activated.</summary>
    Tn,

    /// <summary>Anti-toxic-aligned, positively activated.</summary>
    Ap,
}

/// <summary>How new values are made from means (science.md, section 6).</summary>
public enum InterventionForm
{
    /// <summary>The neuron takes one value at every position.</summary>
    Constant,

    /// <summary>The mean alone moves; what varies with the text stays.</summary>
    Shift,

    /// <summary>The live activation is multiplied.</summary>
    Live,
}

/// <summary>Which positions an intervention acts on.</summary>
public enum PositionScope
{
    /// <summary>Prompt and generated positions.</summary>
    All,

    /// <summary>The last prompt position and every generated one: the papers' setting for generation.</summary>
    Generated,
}

/// <summary>A named point of the forward pass where steering acts.</summary>
public enum SteeringPoint
{
    ResidPost,
    MlpOut,
}

/// <summary>What a steering strength of 1 means.</summary>
public enum SteeringUnit
{
    /// <summary>The vector w as it is (not normalised), as in the papers: the scale does not carry over from model to model.</summary>
    Raw,

    /// <summary>The unit vector w/‖w‖ times the norm that the stream has at each position: the scale carries over.</summary>
    StreamNorm,
}

/// <summary>What is done to a forward pass.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(PatchIntervention), "patch")]
[JsonDerivedType(typeof(EditIntervention), "edit")]
[JsonDerivedType(typeof(ScaleIntervention), "scale")]
[JsonDerivedType(typeof(ScaleKeyIntervention), "scale-key")]
[JsonDerivedType(typeof(SteerIntervention), "steer")]
[JsonDerivedType(typeof(DynamicPatchIntervention), "dynamic-patch")]
public abstract record Intervention
{
    /// <summary>Positions acted on while generating; perplexity always acts on all.</summary>
    public PositionScope Scope { get; init; } = PositionScope.Generated;

    /// <summary>Models, vectors and neuron sets that it reads.</summary>
    public virtual IEnumerable<InputRef> Inputs() => [];
}

/// <summary>Neurons take the tuned model's mean (constant), or move by k·(tuned mean − base mean) (shift).</summary>
public sealed record PatchIntervention : Intervention
{
    public InterventionForm Form { get; init; } = InterventionForm.Shift;

    /// <summary>k of the shift.</summary>
    public double Strength { get; init; } = 1;

    public required NeuronSelection Neurons { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => Neurons.Inputs();
}

/// <summary>The tuning-free edit: TP and AN weakened by α, TN and AP strengthened by α.</summary>
public sealed record EditIntervention : Intervention
{
    public InterventionForm Form { get; init; } = InterventionForm.Live;

    public required double Alpha { get; init; }

    /// <summary>The fraction β of each quadrant that is edited.</summary>
    public required double Beta { get; init; }

    /// <summary>Quadrants that take part.</summary>
    public IReadOnlyList<NeuronGroup> Groups { get; init; } = [NeuronGroup.Tp, NeuronGroup.An, NeuronGroup.Tn, NeuronGroup.Ap];

    /// <summary>True: the other way round, TP and AN strengthened by α, TN and AP weakened.</summary>
    public bool Reversed { get; init; }

    /// <summary>Quadrants, and the fraction of each, are of the layers from this one on, counted from 0; null: from the first.</summary>
    public int? FirstLayer { get; init; }

    /// <summary>As <see cref="FirstLayer"/>, up to and with this one; null: to the last.</summary>
    public int? LastLayer { get; init; }

    /// <summary>Only those of the edited neurons that are among these; null: all of them.</summary>
    public NeuronSelection? Neurons { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => Neurons?.Inputs() ?? [];
}

/// <summary>m_i := s·m_i; s = 0 ablates.</summary>
public sealed record ScaleIntervention : Intervention
{
    public double Factor { get; init; }

    public required NeuronSelection Neurons { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => Neurons.Inputs();
}

/// <summary>The neurons' input weights × s (published un-aligning: top 7, × 10).</summary>
public sealed record ScaleKeyIntervention : Intervention
{
    public double Factor { get; init; } = 10;

    public required NeuronSelection Neurons { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => Neurons.Inputs();
}

/// <summary>The stream at one layer minus s·w, or minus s·‖x_t‖·w/‖w‖.</summary>
public sealed record SteerIntervention : Intervention
{
    public SteeringPoint Point { get; init; } = SteeringPoint.ResidPost;

    /// <summary>From 0; null: the last layer.</summary>
    public int? Layer { get; init; }

    public required double Strength { get; init; }

    /// <summary>What a strength of 1 means.</summary>
    public SteeringUnit Unit { get; init; } = SteeringUnit.Raw;

    /// <summary>The vector w.</summary>
    public required InputRef Direction { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => [Direction];
}

/// <summary>
/// At each position the neurons take the value that they have there in another model, which reads the same text beside the one that is
/// intervened on.
/// </summary>
public sealed record DynamicPatchIntervention : Intervention
{
    /// <summary>The model that the values come from; it has the shape of the one that takes them.</summary>
    public required InputRef Tuned { get; init; }

    public required NeuronSelection Neurons { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => [Tuned, .. Neurons.Inputs()];
}

/// <summary>Which neurons an intervention takes.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "by", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(GroupSelection), "groups")]
[JsonDerivedType(typeof(TopToxicSelection), "top-toxic")]
[JsonDerivedType(typeof(ChangeSelection), "change")]
[JsonDerivedType(typeof(ListSelection), "list")]
[JsonDerivedType(typeof(SetSelection), "set")]
public abstract record NeuronSelection
{
    /// <summary>The files that it reads besides the neuron statistics.</summary>
    public virtual IEnumerable<InputRef> Inputs() => [];
}

/// <summary>The neurons of these groups that DPO lowered (Δproj &lt; 0), or the strongest of them.</summary>
/// <param name="Groups">The groups taken together.</param>
/// <param name="Top">Only the so many of largest reduction; null: all.</param>
public sealed record GroupSelection(IReadOnlyList<NeuronGroup> Groups, int? Top = null) : NeuronSelection;

/// <summary>The k neurons of greatest cosine with the direction.</summary>
/// <param name="Count">k.</param>
/// <param name="PositiveOnly">Of these only the ones with a positive mean activation in the base model.</param>
public sealed record TopToxicSelection(int Count, bool PositiveOnly = false) : NeuronSelection;

/// <summary>What the greatest change of a neuron is judged by.</summary>
public enum ChangeMeasure
{
    /// <summary>|Δproj|: how far its push along the direction moved.</summary>
    Projection,

    /// <summary>|Δact|: how far its mean activation moved.</summary>
    Activation,
}

/// <summary>The k neurons that tuning changed most.</summary>
/// <param name="Count">k.</param>
/// <param name="Measure">What changed.</param>
public sealed record ChangeSelection(int Count, ChangeMeasure Measure = ChangeMeasure.Projection) : NeuronSelection;

/// <summary>These neurons.</summary>
/// <param name="Neurons">Layer and index in the layer, from 0.</param>
public sealed record ListSelection(IReadOnlyList<NeuronIndex> Neurons) : NeuronSelection;

/// <summary>The neurons of a set that the lab keeps: however large, the spec holds its digest alone.</summary>
/// <param name="Set">The set's file, an upload (<see cref="Results.NeuronSetArrays"/>).</param>
public sealed record SetSelection(InputRef Set) : NeuronSelection
{
    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => [Set];
}

/// <summary>One MLP neuron.</summary>
/// <param name="Layer">From 0.</param>
/// <param name="Neuron">Index in the layer, from 0.</param>
public readonly record struct NeuronIndex(int Layer, int Neuron);
