using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>
/// Sequences for one forward pass and the positions whose next token is scored. Row i is the chosen side of pair i, row B + i
/// its rejected side.
/// </summary>
/// <remarks>Tensors belong to the dispose scope in which the batch was made.</remarks>
internal sealed record ScoredBatch
{
    /// <summary>[2B, T] int64.</summary>
    public required Tensor Ids { get; init; }

    /// <summary>
    /// [2B, T], 1 = real; null where padding is on the right alone: no real position can see what comes after it, so the plain
    /// causal pass gives the same values and is faster.
    /// </summary>
    public Tensor? AttentionMask { get; init; }

    /// <summary>How the forward pass goes: plain attention, and under <c>published</c> the reference code's positions.</summary>
    public ForwardOptions Forward { get; init; } = new() { PlainAttention = true };

    /// <summary>[R] int64: flat indices row·T + t of the positions that predict.</summary>
    public required Tensor Positions { get; init; }

    /// <summary>[R] int64: the tokens that they should predict.</summary>
    public required Tensor Targets { get; init; }

    /// <summary>[R]: the row of each scored position.</summary>
    public required int[] Rows { get; init; }

    /// <summary>[R]: 1 where the target's log-probability counts, 0 where the position enters the divergence alone.</summary>
    public required double[] TargetWeights { get; init; }

    /// <summary>[R]: the position's share in its row's mean divergence.</summary>
    public required double[] DivergenceWeights { get; init; }

    /// <summary>[2B]: tokens whose log-probability counts.</summary>
    public required int[] ResponseTokens { get; init; }

    /// <summary>Real tokens of the batch, for tokens a second.</summary>
    public required int Tokens { get; init; }

    /// <summary>Pairs.</summary>
    public int Pairs => ResponseTokens.Length / 2;

    /// <summary>The states [R, D] after the final norm at the scored positions: nothing after them is computed for any other.</summary>
    public Tensor States(Decoder model) => Scored(model, model.Hidden(Ids, AttentionMask, options: Forward));

    /// <summary>The states at the scored positions, from the residual stream [2B, T, D] after the last layer.</summary>
    public Tensor Scored(Decoder model, Tensor hidden) =>
        model.FinalNorm(hidden.reshape(-1, hidden.shape[2]).index_select(0, Positions));

    /// <summary>
    /// Pads on the right; response tokens alone are scored (<c>corrected</c>).
    /// </summary>
    public static ScoredBatch Of(IReadOnlyList<PreferencePair> pairs, Device device) =>
        OfRows([.. pairs.Select(p => (p.Prompt, p.Chosen)), .. pairs.Select(p => (p.Prompt, p.Rejected))], device);

    /// <summary>As <see cref="Of"/>, with rows that make no pairs.</summary>
    public static ScoredBatch OfRows((int[] Prompt, int[] Response)[] rows, Device device)
    {
        int width = rows.Max(r => r.Prompt.Length + r.Response.Length);
        long[] ids = new long[rows.Length * width];
        int scored = rows.Sum(r => r.Response.Length);
        long[] positions = new long[scored], targets = new long[scored];
        int[] rowOf = new int[scored];
        double[] shares = new double[scored];
        int next = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            (int[] prompt, int[] response) = rows[row];
            int start = row * width;
            for (int t = 0; t < prompt.Length; t++)
                ids[start + t] = prompt[t];
            for (int t = 0; t < response.Length; t++, next++)
            {
                int at = start + prompt.Length + t;
                ids[at] = response[t];
                (positions[next], targets[next], rowOf[next]) = (at - 1, response[t], row);
                shares[next] = 1.0 / response.Length;
            }
        }

        return new ScoredBatch
        {
            Ids = tensor(ids, ScalarType.Int64).view(rows.Length, width).to(device),
            Positions = tensor(positions, ScalarType.Int64).to(device),
            Targets = tensor(targets, ScalarType.Int64).to(device),
            Rows = rowOf,
            TargetWeights = [.. Enumerable.Repeat(1.0, scored)],
            DivergenceWeights = shares,
            ResponseTokens = [.. rows.Select(r => r.Response.Length)],
            Tokens = rows.Sum(r => r.Prompt.Length + r.Response.Length),
        };
    }
}
