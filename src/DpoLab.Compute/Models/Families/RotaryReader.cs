namespace DpoLab.Compute.Models.Families;

/// <summary>Reads rotary positions, in both dialects of <c>config.json</c>.</summary>
internal static class RotaryReader
{
    /// <summary>transformers 5 writes <c>rope_parameters</c>; transformers 4 <c>rope_theta</c> and <c>rope_scaling</c>.</summary>
    public static RotaryScheme Read(ConfigurationFile config, int headSize)
    {
        if (config.OptionalNumber("partial_rotary_factor") is { } partial && partial != 1)
            throw config.Refusal("partial_rotary_factor", "only 1 is supported in this family");
        var section = config.Section("rope_parameters") ?? config.Section("rope_scaling");
        var theta = section?.OptionalNumber("rope_theta") ?? config.OptionalNumber("rope_theta") ?? 10000;
        if (theta <= 0)
            throw config.Refusal("rope_theta", "it must be above 0");
        var scheme = new RotaryScheme { Theta = theta, Dimensions = headSize };
        return section is null ? scheme : Scaled(scheme, section);
    }

    /// <summary>The scaling that a section names.</summary>
    public static RotaryScheme Scaled(RotaryScheme scheme, ConfigurationFile section)
    {
        // Some configurations of transformers 4 call the key "type".
        var key = section.Has("rope_type") ? "rope_type" : "type";
        switch (section.OptionalText(key))
        {
            case null when !section.Has("factor"):
            case "default":
                return scheme;
            case "linear":
                return scheme with { Scaling = RotaryScaling.Linear, Factor = Positive(section, "factor") };
            case "llama3":
                return scheme with
                {
                    Scaling = RotaryScaling.Llama3,
                    Factor = Positive(section, "factor"),
                    LowFrequencyFactor = Positive(section, "low_freq_factor"),
                    HighFrequencyFactor = Positive(section, "high_freq_factor"),
                    OriginalContextLength = Positive(section, "original_max_position_embeddings"),
                };
            default:
                throw section.Refusal(key, "the known ones are default, linear and llama3");
        }
    }

    private static double Positive(ConfigurationFile section, string key) =>
        section.Number(key) is > 0 and var number ? number : throw section.Refusal(key, "it must be above 0");
}
