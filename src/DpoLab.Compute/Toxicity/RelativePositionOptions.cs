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

    /// <summary>The bucketed distance of every query position to every key position, [T, T] int64, from −Span to Span.</summary>
    public Tensor Distances(int positions, Device device)
    {
        using var scope = NewDisposeScope();
        var places = arange(positions, dtype: ScalarType.Int64, device: device);
        var distance = places.unsqueeze(1) - places.unsqueeze(0); // [T, T]
        if (Buckets <= 0)
            return distance.MoveToOuterDisposeScope();
        int middle = Buckets / 2;
        var size = where((distance < middle) & (distance > -middle), tensor((long)(middle - 1), device: device), distance.abs());
        // in fp32 and in this order, as where the model was trained: the ceiling makes rounding visible
        var scaled = log(size.to(ScalarType.Float32) / middle)
            / log(tensor((Longest - 1.0f) / middle, device: device)) * (middle - 1);
        var bucket = scaled.ceil().to(ScalarType.Int64) + middle;
        return where(size <= middle, distance, bucket * distance.sign()).MoveToOuterDisposeScope();
    }
}
