using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Toxicity;

/// <summary>The scorers of a run, loaded: the first one and the further ones, in their order.</summary>
internal sealed class LoadedScorers : IDisposable
{
    private readonly List<IToxicityScorer> scorers = [];

    /// <summary>Loads all of them.</summary>
    /// <param name="find">The path of an input.</param>
    /// <param name="first">Whose scores make the figures, with the output that is toxicity.</param>
    /// <param name="panel">The further ones.</param>
    /// <param name="device">Where they compute.</param>
    /// <exception cref="InputException">One of them cannot be used as a scorer.</exception>
    public LoadedScorers(Func<InputRef, string> find, PanelScorer first, IReadOnlyList<PanelScorer> panel, Device device)
    {
        try
        {
            foreach (var (scorer, label) in panel.Prepend(first))
                scorers.Add(ToxicityScorers.Load(find(scorer), label, device));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<IToxicityScorer> All => scorers;

    public IToxicityScorer First => scorers[0];

    public IReadOnlyList<IToxicityScorer> Further => scorers[1..];

    public void Dispose()
    {
        foreach (var scorer in scorers)
            scorer.Dispose();
    }
}
