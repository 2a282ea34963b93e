using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>Which class executes which parameters.</summary>
internal static class RunKinds
{
    /// <summary>The script of a kind.</summary>
    public static IRun Create(RunParameters parameters) => parameters switch
    {
        DirectionParameters direction => new DirectionRun(direction),
        PairsParameters pairs => new PairsRun(pairs),
        DpoParameters dpo => new DpoRun(dpo),
        NeuronsParameters neurons => new NeuronsRun(neurons),
        EvaluateParameters evaluate => new EvaluateRun(evaluate),
        SweepParameters sweep => new SweepRun(sweep),
        VerifyParameters verify => new VerifyRun(verify),
        DownloadParameters download => new DownloadRun(download),
        ExportParameters export => new ExportRun(export),
        RescoreParameters rescore => new RescoreRun(rescore),
        DynamicPatchParameters patch => new DynamicPatchRun(patch),
        SurviveParameters survive => new SurviveRun(survive),
        SearchParameters search => new SearchRun(search),
        _ => throw new NotSupportedException($"This version of the lab cannot execute runs of kind {parameters.Kind}. Update the compute service."),
    };
}
