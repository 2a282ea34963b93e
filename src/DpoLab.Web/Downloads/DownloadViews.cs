using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Downloads;

/// <summary>Something on its way from the hub, or that did not arrive.</summary>
/// <param name="Run">The run that fetches it.</param>
/// <param name="Parameters">What it fetches.</param>
public sealed record DownloadView(RunSummary Run, DownloadParameters Parameters)
{
    /// <summary>The name that it will have in the list.</summary>
    public string Name => DownloadNames.Of(Parameters);
}

/// <summary>What downloads are called.</summary>
internal static class DownloadNames
{
    /// <summary>The name given, else the repository's without its owner.</summary>
    public static string Of(DownloadParameters parameters) =>
        string.IsNullOrWhiteSpace(parameters.ListedAs) ? parameters.Repository[(parameters.Repository.IndexOf('/', StringComparison.Ordinal) + 1)..] : parameters.ListedAs.Trim();
}

/// <summary>A repository that the dialog offers.</summary>
/// <param name="Repository">Its id.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Gated">True: its licence must be accepted on its page first.</param>
public sealed record HubPreset(string Repository, string Title, bool Gated = false);

/// <summary>Repositories that are one click away.</summary>
public static class HubPresets
{
    /// <summary>The papers' models, then Detoxify's two head layouts.</summary>
    public static IReadOnlyList<HubPreset> All { get; } =
    [
        new("openai-community/gpt2-medium", "GPT-2 medium"),
        new("meta-llama/Llama-3.1-8B", "Llama 3.1 8B", Gated: true),
        new("google/gemma-2-2b", "Gemma 2 2B", Gated: true),
        new("mistralai/Mistral-7B-v0.1", "Mistral 7B", Gated: true),
        new("unitary/toxic-bert", "Scorer: Detoxify original"),
        new("unitary/unbiased-toxic-roberta", "Scorer: Detoxify unbiased"),
    ];
}
