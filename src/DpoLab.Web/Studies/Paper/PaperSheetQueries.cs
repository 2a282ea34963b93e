using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Neurons;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Studies.Paper;

/// <summary>The paper's figures of a study, and those of one run of neuron statistics.</summary>
public sealed class PaperSheetQueries(StudyQueries studies, RunQueries runs, NeuronViews views)
{
    private static readonly string[] Order = ["toxicity", "groups", "cumulative", "layers", "density", "plane", "toxic-neurons"];

    /// <summary>Null: no such study.</summary>
    public async Task<PaperSheets?> OfStudyAsync(string id)
    {
        if (await studies.FindAsync(id) is not { } study)
            return null;
        RunView? run = study.NeuronsRunId is { } measured ? await runs.FindAsync(measured) : null;
        string waits = study.Nodes.FirstOrDefault(node => node.Run.Kind is RunKind.Neurons) is { } node
            ? $"The neuron statistics ({node.Run.Name}) have not finished."
            : "No neuron statistics in this study yet.";
        return new PaperSheets(id, study.Summary.Question, Ordered([.. TableSheets.Of(study.Table), .. await OfNeuronsAsync(run, waits)]));
    }

    /// <summary>Null: no such run.</summary>
    /// <exception cref="NotFoundException">It is no run of neuron statistics.</exception>
    public async Task<PaperSheets?> OfRunAsync(string id)
    {
        if (await runs.FindAsync(id) is not { } run)
            return null;
        if (run.Spec.Parameters is not NeuronsParameters)
            throw new NotFoundException($"Run {id} is no run of neuron statistics. Choose one from the list of neurons.");
        return new PaperSheets(id, run.Summary.Name, await OfNeuronsAsync(run, "The run has not finished."));
    }

    private async Task<IReadOnlyList<PaperSheet>> OfNeuronsAsync(RunView? run, string waits)
    {
        if (run is not { Result: NeuronsResult result })
            return NeuronSheets.Missing(waits);
        try
        {
            return NeuronSheets.Of(run, result, await views.GetAsync(run.Summary.Id, new NeuronFilter()), problem: null);
        }
        catch (InputRefusedException e)
        {
            // the file with every neuron is on a service that is away; what the result holds can be drawn without it
            return NeuronSheets.Of(run, result, all: null, e.Message);
        }
    }

    private static PaperSheet[] Ordered(PaperSheet[] sheets) => [.. sheets.OrderBy(sheet => Array.IndexOf(Order, sheet.Key))];
}
