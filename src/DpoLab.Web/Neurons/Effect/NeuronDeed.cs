using DpoLab.Web.Playground;

namespace DpoLab.Web.Neurons;

/// <summary>What can be done to one neuron at once.</summary>
public enum NeuronDeed
{
    /// <summary>Its activation is set to 0.</summary>
    Ablate,

    /// <summary>Its activation is multiplied by 1 ∓ α, as the tuning-free edit does to neurons of its quadrant.</summary>
    Edit,

    /// <summary>Its activation moves by k times the change of its mean, or stands still at the tuned mean.</summary>
    Patch,
}

/// <summary>How deeds are called and answered.</summary>
internal static class NeuronDeeds
{
    /// <summary>What it does, in words.</summary>
    public static string Meaning(NeuronDeed deed) => deed switch
    {
        NeuronDeed.Ablate => "its activation set to 0",
        NeuronDeed.Edit => "its activation × (1 ∓ α), as the tuning-free edit does to its group",
        _ => "its activation moved by the change of its mean",
    };

    /// <summary>The Playground's column that answers so.</summary>
    public static ColumnKind Column(NeuronDeed deed) => deed switch
    {
        NeuronDeed.Ablate => ColumnKind.Ablated,
        NeuronDeed.Edit => ColumnKind.Edited,
        _ => ColumnKind.Patched,
    };
}
