using DpoLab.Contracts.Results;

namespace DpoLab.Web.Studies;

/// <summary>What the neuron statistics say: how the fall of the projection is shared out.</summary>
internal static class NeuronFindings
{
    /// <summary>The larger of the papers' counts of toxic neurons (128, 256).</summary>
    private const int PaperCount = 256;

    public static IEnumerable<Finding> Of(IReadOnlyList<StudyPart> parts)
    {
        foreach (StudyPart part in parts)
        {
            if (part.Run.Result is not NeuronsResult neurons)
                continue;
            string id = part.Run.Summary.Id;
            int all = neurons.Layers * neurons.NeuronsPerLayer;
            int lowered = neurons.Groups.Sum(g => g.Lowered);
            string shares = string.Join(", ", neurons.Groups.Select(g => $"{g.Group.ToString().ToUpperInvariant()} {Say.Part(g.Share)}"));
            yield return new Finding(FindingKind.Neutral, $"DPO lowers the push towards toxicity of {Say.Part(lowered / (double)all)} of all neurons.", [id])
            {
                Details = [$"{Say.Count(lowered)} of {Say.Count(all)} neurons.", $"The four groups share the reduction: {shares}.", .. Half(neurons)],
                Paper = "The paper: 52 to 58 %, in all four groups.",
            };
            if (neurons.TopToxic.Count > 0)
                yield return TopToxic(neurons.TopToxic.MinBy(t => Math.Abs(t.K - PaperCount))!, id);
        }
    }

    private static IEnumerable<string> Half(NeuronsResult neurons) =>
        neurons.Cumulative.Marks.Take(1).Select(count => $"The {Say.Count(count)} that fell most make up half of it.");

    /// <summary>The abstract: toxic neurons explain 2.5 % to 24 %.</summary>
    private static Finding TopToxic(TopToxicShare top, string run)
    {
        bool small = top.Share < 0.5;
        return new Finding(
            small ? FindingKind.Holds : FindingKind.DoesNotHold,
            $"The {Say.Count(top.K)} most toxic-aligned neurons account for {Say.Part(top.Share)} of the reduction.",
            [run])
        {
            Paper = $"The paper: 2.5 % to 24 %, so most of it lies in other neurons. {(small ? "So it does here." : "Here it does not.")}",
        };
    }
}
