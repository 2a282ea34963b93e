using DpoLab.Compute.Generation;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Generation;

public sealed class TokenSamplerTests
{
    private const int Draws = 20_000;
    private static readonly double[] Probabilities = [0.5, 0.25, 0.15, 0.1];

    public static TheoryData<double, double, int?, double[]> Cases => new()
    {
        { 1, 1, null, [0.5, 0.25, 0.15, 0.1] },
        { 1, 0.7, null, [2 / 3.0, 1 / 3.0, 0, 0] },
        { 1, 0.76, null, [0.5 / 0.9, 0.25 / 0.9, 0.15 / 0.9, 0] },
        { 1, 1, 2, [2 / 3.0, 1 / 3.0, 0, 0] },
        { 1, 0.66, 2, [1, 0, 0, 0] },
        { 0.5, 1, null, [0.25 / 0.345, 0.0625 / 0.345, 0.0225 / 0.345, 0.01 / 0.345] },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Next_ManyDraws_FollowTheCutDistribution(double temperature, double topP, int? topK, double[] expected)
    {
        using var scope = NewDisposeScope();
        // The likeliest token is not the first, so that an order by id cannot pass for an order by probability.
        var logits = tensor(Probabilities.Reverse().Select(p => (float)Math.Log(p)).ToArray()).unsqueeze(0).expand(Draws, -1);
        var options = new GenerationOptions { NewTokens = 1, Temperature = temperature, TopP = topP, TopK = topK, Seed = 3 };
        var sampler = new TokenSampler(options, Enumerable.Range(0, Draws).Select(row => (long)row));

        var chosen = sampler.Next(logits).data<long>().ToArray();

        for (var rank = 0; rank < expected.Length; rank++)
        {
            var share = chosen.Count(id => id == 3 - rank) / (double)Draws;
            // Five standard errors; exactly never where the token is cut off.
            Assert.InRange(share, expected[rank] - 5 * Error(expected[rank]), expected[rank] + 5 * Error(expected[rank]));
        }
    }

    [Fact]
    public void Next_TopPBeyondTheFirstThousand_DrawsFromAllTokens()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(2000, 5000);
        var options = new GenerationOptions { NewTokens = 1, Temperature = 1, TopP = 0.99, Seed = 1 };

        var chosen = new TokenSampler(options, Enumerable.Range(0, 2000).Select(row => (long)row)).Next(logits).data<long>().ToArray();

        Assert.InRange(chosen.Distinct().Count(), 1500, 2000);
        Assert.InRange(chosen.Average(), 2300, 2700);
    }

    private static double Error(double share) => Math.Sqrt(share * (1 - share) / Draws);
}
