namespace DpoLab.Compute.Models;

/// <summary>How the frequencies of the rotation are stretched beyond the length that a model was first trained on.</summary>
public enum RotaryScaling
{
    None,

    /// <summary>All frequencies divided by the factor.</summary>
    Linear,

    /// <summary>Llama 3.1: low frequencies divided by the factor, high ones kept, those between mixed.</summary>
    Llama3,
}

/// <summary>
/// Rotary positions (Su et al. 2021): the pair (j, j + d/2) of a head is turned by position · f_j with f_j = θ^(−2j/d). The frequencies are
/// computed in fp32 as transformers does, since at position 10,000 the rounding of a frequency shows.
/// </summary>
public sealed record RotaryScheme
{
    /// <summary>The base of the frequencies.</summary>
    public required double Theta { get; init; }

    /// <summary>How many of a head's dimensions are turned, d; the rest pass unchanged (GPT-NeoX).</summary>
    public required int Dimensions { get; init; }

    public RotaryScaling Scaling { get; init; }

    public double Factor { get; init; } = 1;

    public double LowFrequencyFactor { get; init; } = 1;

    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>The length that the model was first trained on (Llama 3.1).</summary>
    public double OriginalContextLength { get; init; }

    /// <summary>f_j for j = 0 … d/2 − 1.</summary>
    public float[] Frequencies()
    {
        var frequencies = new float[Dimensions / 2];
        for (var j = 0; j < frequencies.Length; j++)
        {
            var frequency = 1f / MathF.Pow((float)Theta, 2f * j / Dimensions);
            frequencies[j] = Scaling switch
            {
                RotaryScaling.Linear => frequency / (float)Factor,
                RotaryScaling.Llama3 => Llama3(frequency),
                _ => frequency,
            };
        }

        return frequencies;
    }

    private float Llama3(float frequency)
    {
        var wavelength = 2 * MathF.PI / frequency;
        if (wavelength < OriginalContextLength / HighFrequencyFactor)
            return frequency;
        if (wavelength > OriginalContextLength / LowFrequencyFactor)
            return frequency / (float)Factor;
        var smooth = ((float)OriginalContextLength / wavelength - (float)LowFrequencyFactor) / (float)(HighFrequencyFactor - LowFrequencyFactor);
        return (1 - smooth) * frequency / (float)Factor + smooth * frequency;
    }
}
