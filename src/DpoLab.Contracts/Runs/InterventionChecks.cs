namespace DpoLab.Contracts.Runs;

/// <summary>Checks of what an intervention's settings say by themselves.</summary>
internal static class InterventionChecks
{
    public static void Check(FieldChecks check, Intervention? intervention, InputRef? neurons, string at)
    {
        if (intervention is null)
            return;
        if (NeedsStatistics(intervention))
            check.Chosen(neurons, "neurons", "neuron statistics, which this intervention reads its neurons from,");
        switch (intervention)
        {
            case PatchIntervention patch:
                check.Require(patch.Form is not InterventionForm.Live, $"{at}.form", "A patch is constant or shift; live is a form of edits.");
                check.Within(patch.Strength, -100, 100, $"{at}.strength", "1 moves the mean to the tuned model's.");
                CheckSelection(check, patch.Neurons, at);
                break;
            case EditIntervention edit:
                check.Within(edit.Alpha, -10, 10, $"{at}.alpha", "The paper uses 0.01 to 0.05.");
                check.Within(edit.Beta, 0, 1, $"{at}.beta", "The paper uses 0.5 to 0.6.");
                check.Require(edit.Groups.Count > 0, $"{at}.groups", "No group is switched on. Switch on at least one.");
                check.Require(edit.FirstLayer is null or >= 0, $"{at}.firstLayer", "Layers count from 0. Leave it empty for the first.");
                check.Require(
                    edit.LastLayer is not { } last || last >= (edit.FirstLayer ?? 0), $"{at}.lastLayer", "The last layer lies before the first. Enter at least the first.");
                if (edit.Neurons is not null)
                    CheckSelection(check, edit.Neurons, at);
                break;
            case ScaleIntervention scale:
                check.Within(scale.Factor, -1000, 1000, $"{at}.factor", "0 ablates.");
                CheckSelection(check, scale.Neurons, at);
                break;
            case ScaleKeyIntervention key:
                check.Within(key.Factor, -1000, 1000, $"{at}.factor", "The paper uses 10.");
                CheckSelection(check, key.Neurons, at);
                break;
            case SteerIntervention steer:
                check.Within(steer.Strength, -1e6, 1e6, $"{at}.strength", "The paper uses 20 to 100.");
                check.Chosen(steer.Direction, $"{at}.direction", "direction");
                break;
            case DynamicPatchIntervention dynamic:
                check.Chosen(dynamic.Tuned, $"{at}.tuned", "tuned model");
                CheckSelection(check, dynamic.Neurons, at);
                break;
        }
    }

    private static bool NeedsStatistics(Intervention intervention) => intervention switch
    {
        SteerIntervention => false,
        ScaleIntervention scale => NeedsStatistics(scale.Neurons),
        ScaleKeyIntervention key => NeedsStatistics(key.Neurons),
        DynamicPatchIntervention dynamic => NeedsStatistics(dynamic.Neurons),
        _ => true,
    };

    /// <summary>True for neurons that are chosen by what was measured; lists and sets name them.</summary>
    public static bool NeedsStatistics(NeuronSelection selection) => selection is not (ListSelection or SetSelection);

    public static void CheckSelection(FieldChecks check, NeuronSelection selection, string at)
    {
        switch (selection)
        {
            case GroupSelection groups:
                check.Require(groups.Groups.Count > 0, $"{at}.neurons", "No group chosen. Choose at least one.");
                check.Require(groups.Top is null or > 0, $"{at}.neurons", "The number of neurons must be 1 or more.");
                break;
            case TopToxicSelection top:
                check.Within(top.Count, 1, 100_000_000, $"{at}.neurons", "Choose at least one neuron.");
                break;
            case ChangeSelection change:
                check.Within(change.Count, 1, 100_000_000, $"{at}.neurons", "Choose at least one neuron: k = 0 is the plain model.");
                break;
            case SetSelection set:
                check.Chosen(set.Set, $"{at}.neurons.set", "neuron set");
                break;
            case ListSelection list:
                check.Require(list.Neurons.Count > 0, $"{at}.neurons", "The list is empty. Choose at least one neuron.");
                check.Require(list.Neurons.All(n => n.Layer >= 0 && n.Neuron >= 0), $"{at}.neurons", "Layers and neurons count from 0.");
                break;
        }
    }
}
