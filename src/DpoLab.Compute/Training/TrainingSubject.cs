using System.Security.Cryptography;
using System.Text.Json;
using DpoLab.Compute.Models;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>What is trained: the policy, which of its tensors, and on what.</summary>
public sealed record TrainingSubject
{
    /// <summary>The policy; before the first step it is the reference.</summary>
    public required Decoder Policy { get; init; }

    /// <summary>The pairs, in their dataset's order.</summary>
    public required IReadOnlyList<PreferencePair> Pairs { get; init; }

    /// <summary>A second copy of the base model, needed when γ &gt; 0 (and under <c>published</c>) and the policy's own weights are trained.</summary>
    public Decoder? Reference { get; init; }

    /// <summary>Adapters on the policy: they alone are trained, and the reference is the policy with them switched off. Null: all weights.</summary>
    public LoraAdapters? Lora { get; init; }

    /// <summary>Neurons that alone are trained, or are left as they are. Null: no difference between neurons.</summary>
    public NeuronMask? Mask { get; init; }

    /// <summary>What <c>published</c> pads with: the tokenizer's pad token, or its end of text.</summary>
    public int? PadToken { get; init; }

    /// <summary>Answers prompts greedily with the policy as it is at the call; null: no answers are sampled.</summary>
    public Func<IReadOnlyList<int[]>, IReadOnlyList<int[]>>? Answer { get; init; }

    /// <summary>The tensors that are trained, by name.</summary>
    internal IReadOnlyDictionary<string, Tensor> Trained => Lora?.Parameters ?? Mask?.Trained(Policy) ?? Policy.Parameters;

    /// <summary>Where the whole distribution of the reference comes from during training.</summary>
    internal IReferenceModel ReferenceModel => Lora is null ? new SecondModel(Reference!) : new AdaptersOff(Policy, Lora);

    /// <summary>Refuses pairs that the policy cannot read.</summary>
    internal void Validate(DpoOptions options)
    {
        bool published = options.Protocol is Protocol.Published;
        if (published && ModelRefusals.PublishedDpo(PadToken is not null) is { } reason)
            throw new TrainingException(reason);
        if ((options.Gamma > 0 || published) && Reference is null && Lora is null)
            throw new TrainingException("γ > 0 and the published protocol need the reference's distribution at every step: load the base model a second time.");
        if (Lora is not null && Mask is not null)
            throw new TrainingException("Adapters are shared by all neurons of a layer, so a neuron mask has no meaning for them. Train all weights, or drop the mask.");
        Mask?.Validate(Policy);
        int context = Policy.Configuration.ContextLength, vocabulary = Policy.Configuration.Vocabulary;
        for (int i = 0; i < Pairs.Count; i++)
        {
            PreferencePair pair = Pairs[i];
            int longest = pair.Prompt.Length + Math.Max(pair.Chosen.Length, pair.Rejected.Length);
            if (longest > context)
            {
                throw new TrainingException(
                    $"Pair {i + 1}: prompt and response have {longest} tokens, the model reads {context}. Lower the cut of prompts or responses.");
            }

            if (pair.Prompt.Length == 0 || pair.Chosen.Length == 0 || pair.Rejected.Length == 0)
                throw new TrainingException($"Pair {i + 1} has an empty prompt or response. Remove the pair or give it a text.");
            if (pair.Prompt.Concat(pair.Chosen).Concat(pair.Rejected).Any(id => id < 0 || id >= vocabulary))
                throw new TrainingException($"Pair {i + 1} holds a token that the model's vocabulary of {vocabulary} lacks: the tokenizer is not this model's.");
        }
    }

    /// <summary>A digest of everything that the curve depends on but the weights themselves.</summary>
    internal string Fingerprint(DpoOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(options, ContractJson.Options));
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(Pairs, ContractJson.Options));
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(
            Trained.Select(p => $"{p.Key} [{string.Join(", ", p.Value.shape)}] {p.Value.dtype}"), ContractJson.Options));
        if (Mask is not null)
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(Mask, ContractJson.Options));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
