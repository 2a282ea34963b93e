using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Models;

/// <summary>The shape of a model that a run made: training and export change numbers, so it is that of the folder at the beginning.</summary>
internal static class ModelShapes
{
    /// <summary>The report of the folder that a model is, or was made from by one or more runs; null: not known.</summary>
    /// <param name="model">A folder, or what a run made.</param>
    /// <param name="run">Parameters of a run; null: there is no such run.</param>
    /// <param name="folder">The report of an added folder; null: it is not on the list.</param>
    public static ModelReport? Of(InputRef model, Func<string, RunParameters?> run, Func<string, ModelReport?> folder) => model.RunId is { } id
        ? run(id) switch
        {
            DpoParameters dpo => Of(dpo.Model, run, folder),
            ExportParameters export => Of(export.Model, run, folder),
            _ => null,
        }
        : folder(model.Location);
}
