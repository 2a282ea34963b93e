using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs.NewRun.Forms;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>The forms, in the order of the page; the study comes last.</summary>
public static class RunForms
{
    /// <summary>One for each kind of run.</summary>
    public static IReadOnlyList<RunForm> All { get; } =
    [
        new DirectionForm(), new PairsForm(), new DpoForm(), new NeuronsForm(), new EvaluateForm(), new SweepForm(), new SearchForm(), new DynamicPatchForm(), new SurviveForm(),
        new RescoreForm(), new VerifyForm(), new ExportForm(), new DownloadForm(), new StudyForm(),
    ];

    /// <summary>By the name in the address; null: unknown.</summary>
    public static RunForm? Find(string? key) => All.FirstOrDefault(form => form.Key == key);

    /// <summary>The form that makes such a run.</summary>
    public static RunForm Of(RunParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return All.First(form => form.Key == CommonFields.Kebab(parameters.Kind));
    }
}
