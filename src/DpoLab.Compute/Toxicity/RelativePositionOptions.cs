using DpoLab.Compute.Models.Families;
using static TorchSharp.torch;

namespace DpoLab.Compute.Toxicity;

/// <summary>DeBERTa's distances between tokens (He et al. 2021, arXiv 2006.03654, section 3): near ones exact, far ones in logarithmic buckets.</summary>
/// <param name="Buckets">Buckets on each side; 0 or less: none, distances are only cut.</param>
/// <param name="Longest">The distance that the last bucket ends at.</param>
/// <param name="ContentToPosition">Queries look at distances.</param>
/// <param name="PositionToContent">Distances look at keys.</param>
/// <param name="SharedProjections">Distances go through the projections of queries and keys.</param>
/// <param name="Normalized">The table of distances goes through a norm.</param>
internal sealed record RelativePositionOptions(
    int Buckets, int Longest, bool ContentToPosition, bool PositionToContent, bool SharedProjections, bool Normalized)
{
    /// <summary>The table of distances has twice as many rows.</summary>
    public int Span => Buckets > 0 ? Buckets : Longest;

    /// <summary>Terms in the sum of attention scores: they are scaled by the root of this times the head size.</summary>
    public int Terms => 1 + (ContentToPosition ? 1 : 0) + (PositionToContent ? 1 : 0);

    public static RelativePositionOptions Read(ConfigurationFile config)
    {
        var kinds = config.OptionalTexts("pos_att_type") ?? [];
        if (kinds.Except(["p2c", "c2p"], StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw config.Refusal("pos_att_type", $"'{unknown}' is not supported, only c2p and p2c are");
        if (config.OptionalText("norm_rel_ebd") is not (null or "none" or "layer_norm"))
            throw config.Refusal("norm_rel_ebd", "only none and layer_norm are supported");
        int longest = (int)(config.OptionalNumber("max_relative_positions") ?? -1);
        return new RelativePositionOptions(
            (int)(config.OptionalNumber("position_buckets") ?? -1),
            longest > 0 ? longest : config.Count("max_position_embeddings"),
            kinds.Contains("c2p", StringComparer.Ordinal),
            kinds.Contains("p2c", StringComparer.Ordinal),
            config.Flag("share_att_key", false),
            config.OptionalText("norm_rel_ebd") is "layer_norm");
    }

    /// <summary>Where each pair of positions finds its distance in the table.</summary>
    public RelativePlaces Places(int positions, Device device)
    {
        long[] ofKeys = new long[positions * positions];
        long[] ofQueries = new long[positions * positions];
        for (int query = 0; query < positions; query++)
        {
            for (int key = 0; key < positions; key++)
            {
                int distance = Bucket(query - key);
                ofKeys[(query * positions) + key] = Math.Clamp(Span + distance, 0, (2 * Span) - 1);
                ofQueries[(query * positions) + key] = Math.Clamp(Span - distance, 0, (2 * Span) - 1);
            }
        }

        long[] shape = [positions, positions];
        return new RelativePlaces(
            tensor(ofKeys, shape, ScalarType.Int64, device: device), tensor(ofQueries, shape, ScalarType.Int64, device: device));
    }

    /// <summary>The distance itself if it is small, otherwise its logarithmic bucket, with its sign.</summary>
    internal int Bucket(int distance)
    {
        int middle = Buckets / 2;
        int size = Math.Abs(distance);
        if (Buckets <= 0 || size <= middle)
            return distance;
        // in single precision and in this order, as where the models were trained: the ceiling makes rounding visible
        float scaled = MathF.Log(size / (float)middle) / MathF.Log((Longest - 1) / (float)middle) * (middle - 1);
        return Math.Sign(distance) * ((int)MathF.Ceiling(scaled) + middle);
    }
}

/// <summary>Rows of the table of distances, [T, T] int64.</summary>
/// <param name="OfKeys">For a query (row) that looks at a key (column).</param>
/// <param name="OfQueries">For a key (row) that is looked at by a query (column).</param>
internal sealed record RelativePlaces(Tensor OfKeys, Tensor OfQueries);
