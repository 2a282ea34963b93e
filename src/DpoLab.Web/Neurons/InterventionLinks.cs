using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs.NewRun;
using DpoLab.Web.Runs.NewRun.Forms;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Neurons;

/// <summary>Addresses of the evaluation form, filled in with something done to chosen neurons beside the model as it is.</summary>
public static class InterventionLinks
{
    /// <summary>Ablate, patch or edit one neuron.</summary>
    /// <param name="effect">What is done.</param>
    /// <param name="runId">The neurons run.</param>
    /// <param name="made">Its settings.</param>
    /// <param name="neuron">Which.</param>
    /// <param name="quadrant">Decides whether an edit weakens or strengthens it.</param>
    public static string OfNeuron(EffectSettings effect, string runId, NeuronsParameters made, NeuronIndex neuron, NeuronGroup? quadrant)
    {
        ArgumentNullException.ThrowIfNull(effect);
        bool patches = effect.Deed is NeuronDeed.Patch;
        string name = NeuronText.Write(neuron);
        return Of(
            runId,
            made,
            ("name", $"{Words.Of(effect.Deed)} {name}"),
            (VariantFields.What, patches ? "patch" : "scale"),
            (VariantFields.By, "list"),
            ("intervention.factor", patches ? null : FieldText.Number(effect.FactorOf(quadrant))),
            ("intervention.form", patches ? Words.Of(effect.PatchForm) : null),
            ("intervention.strength", patches ? FieldText.Number(effect.PatchStrength) : null),
            ("intervention.neurons.neurons", name));
    }

    /// <summary>Ablate, patch or edit a set.</summary>
    /// <param name="what"><c>scale</c>, <c>patch</c> or <c>edit</c>.</param>
    /// <param name="set">The version.</param>
    /// <param name="runId">The neurons run that it was chosen from; null: left open.</param>
    /// <param name="made">Its settings.</param>
    public static string OfSet(string what, InputRef set, string? runId, NeuronsParameters? made) => Of(
        runId,
        made,
        ("name", $"{(what is "scale" ? "ablate" : what)} {set.Name}"),
        (VariantFields.What, what),
        (VariantFields.By, what is "edit" ? null : NeuronFields.Set),
        ("intervention.form", what is "edit" ? "live" : null),
        ("intervention.beta", what is "edit" ? "1" : null),
        ("intervention.neurons.set", InputText.Write(set)));

    /// <summary>The tuning-free edit.</summary>
    /// <param name="runId">The neurons run.</param>
    /// <param name="made">Its settings.</param>
    /// <param name="edit">How, how strongly, how many, which groups.</param>
    public static string OfEdit(string runId, NeuronsParameters made, EditIntervention edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        return Of(
            runId,
            made,
            ("name", "edit"),
            (VariantFields.What, "edit"),
            ("intervention.form", Words.Of(edit.Form)),
            ("intervention.alpha", FieldText.Number(edit.Alpha)),
            ("intervention.beta", FieldText.Number(edit.Beta)),
            ("intervention.groups", string.Join(", ", edit.Groups.Select(group => Words.Of<NeuronGroup>(group)))),
            ("intervention.firstLayer", edit.FirstLayer is { } first ? FieldText.Number(first) : null),
            ("intervention.lastLayer", edit.LastLayer is { } last ? FieldText.Number(last) : null),
            ("intervention.neurons.set", edit.Neurons is SetSelection within ? InputText.Write(within.Set) : null));
    }

    private static string Of(string? runId, NeuronsParameters? made, params (string Key, string? Value)[] second) => Urls.With(
        Urls.NewRun,
        [
            ("kind", "evaluate"),
            (EvaluateForm.Count, "2"),
            ("model", made is null ? null : InputText.Write(made.Base)),
            ("neurons", runId is null ? null : InputText.Write(InputRef.OfArtifact(runId, Artifacts.Neurons))),
            .. second.Select(field => ($"v1.{field.Key}", field.Value)),
        ]);
}
