using System.Globalization;
using System.Text.Json;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using static TorchSharp.torch;

namespace DpoLab.Compute.Verification;

/// <summary>
/// The interventions of <c>science/&lt;family&gt;</c>: logits, greedy tokens and likelihood under each, position 0 alone too, tuning-free
/// selections, and that nothing of an intervention stays behind.
/// </summary>
public sealed class InterventionCaseChecker : ICaseChecker
{
    private const string Strided = "stride";

    /// <inheritdoc/>
    public string Kind => "science";

    /// <inheritdoc/>
    public IEnumerable<string> Cases(VerificationFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return folder.FoldersOf(Kind);
    }

    /// <inheritdoc/>
    public IEnumerable<Comparison> Check(VerificationFolder folder, string name, CancellationToken cancellationToken)
    {
        using var noGrad = no_grad();
        using var reference = new ScienceCase(folder, name);
        using var decoder = reference.LoadBase();
        yield return Selections(reference);
        yield return StrengthZero(reference, decoder);
        foreach (string measure in reference.Json.Part("interventions").Part("none").EnumerateObject().Select(measure => measure.Name))
            yield return Likelihood(reference, decoder, "none", measure, null, ActedPositions.All, cancellationToken);
        string[] given = [.. GivenNames(reference)];
        foreach (string intervention in ReferenceInterventions.Names.Where(given.Contains))
        {
            var plan = ReferenceInterventions.Plan(reference, decoder, intervention);
            yield return Logits(reference, decoder, intervention, plan);
            if (reference.Tensors.Entries.ContainsKey($"{intervention}.generated"))
                yield return Greedy(reference, decoder, intervention, plan, cancellationToken);
            if (!reference.Json.Part("interventions").TryGetProperty(intervention, out var measured))
                continue;
            yield return Likelihood(reference, decoder, intervention, "perplexity", plan, ActedPositions.All, cancellationToken);
            const string First = "published_perplexity_first_position_only";
            if (measured.TryGetProperty(First, out _))
                yield return Likelihood(reference, decoder, intervention, First, plan, ActedPositions.FirstOfWindow, cancellationToken);
        }

        yield return NothingLeft(reference, decoder);
        string[] unknown = [.. given.Except(ReferenceInterventions.Names, StringComparer.Ordinal)];
        if (unknown.Length > 0)
            throw new InputException($"this lab knows no intervention {string.Join(", ", unknown)} (known: {string.Join(", ", ReferenceInterventions.Names)}).");
    }

    /// <summary>Every intervention with logits in the case; the lens of the directions has some too.</summary>
    private static IEnumerable<string> GivenNames(ScienceCase reference) =>
        reference.Tensors.Names.Where(name => name.EndsWith(".logits", StringComparison.Ordinal)).Select(name => name[..^".logits".Length])
            .Where(name => name != "lens").Order(StringComparer.Ordinal);

    private static Comparison Selections(ScienceCase reference)
    {
        var (before, _) = reference.Statistics();
        var chosen = EditSelection.Choose(before.Cosine, before.Activation, beta: 0.5, NeuronGroups.All);
        var expected = reference.Json.Part("selection");
        int differing = chosen.Sum(group => ScienceDifference.Differing(
            [.. expected.Part(group.Key.ToString().ToUpperInvariant()).Deserialize<int[]>()!.Order()], group.Value));
        return new Comparison("tuning-free selections", differing, 0);
    }

    private static Comparison StrengthZero(ScienceCase reference, Decoder decoder)
    {
        using var scope = NewDisposeScope();
        string? failure = null;
        try
        {
            StrengthZeroCheck.Run(decoder, reference.LoadDecoderTensor("left.input_ids"), reference.LoadDecoderTensor("left.attention_mask"));
        }
        catch (InterventionException error)
        {
            failure = error.Message;
        }

        return new Comparison("strength 0 changes no bit", failure is null ? 0 : 1, 0, failure);
    }

    private static Comparison Logits(ScienceCase reference, Decoder decoder, string name, InterventionPlan plan)
    {
        using var scope = NewDisposeScope();
        using var active = ActiveIntervention.Apply(decoder, plan, ActedPositions.All);
        var logits = decoder.Forward(reference.LoadDecoderTensor("left.input_ids"), reference.LoadDecoderTensor("left.attention_mask"));
        active.RequireFired();
        var expected = reference.Load($"{name}.logits"); // of the last positions
        var last = logits.narrow(1, logits.shape[1] - expected.shape[1], expected.shape[1]);
        return new Comparison($"{name}, logits", (last - expected).abs().max().item<float>(), ScienceDifference.Logits);
    }

    private static Comparison Greedy(ScienceCase reference, Decoder decoder, string name, InterventionPlan plan, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var expected = reference.Load($"{name}.generated"); // [B, new]
        using var active = ActiveIntervention.Apply(decoder, plan, ActedPositions.Generated);
        var generated = TextGenerator.Generate(
            decoder,
            reference.LoadDecoderTensor("left.input_ids"),
            reference.LoadDecoderTensor("left.attention_mask"),
            new GenerationOptions { NewTokens = (int)expected.shape[1] },
            cancellationToken: cancellationToken);

        // It acts at the last prompt position and at every generated one that is read again.
        if (active.Positions != expected.numel() || active.Applied != plan.Operations.Count * expected.shape[1])
            return new Comparison($"{name}, greedy tokens", double.NaN, 0, $"acted {active.Applied} times at {active.Positions} positions");
        return new Comparison($"{name}, greedy tokens", (generated.ToTensor(CPU) != expected).sum().item<long>(), 0);
    }

    private static Comparison Likelihood(
        ScienceCase reference,
        Decoder decoder,
        string name,
        string measure,
        InterventionPlan? plan,
        ActedPositions acted,
        CancellationToken cancellationToken)
    {
        using var active = plan is null ? null : ActiveIntervention.Apply(decoder, plan, acted);
        int[] text = reference.DecoderIds("text.input_ids");
        int? stride = measure.StartsWith(Strided, StringComparison.Ordinal) ? int.Parse(measure[Strided.Length..], CultureInfo.InvariantCulture) : null;
        var (nats, scored) = Perplexity.Sum(decoder, text, TextWindows.Cut(text.Length, reference.Window, stride), cancellationToken: cancellationToken);
        active?.RequireFired();
        var expected = reference.Json.Part("interventions").Part(name).Part(measure);
        double sum = expected.Part("nll_sum").GetDouble();
        bool sameTokens = scored == expected.Part("scored_tokens").GetInt64();
        string what = measure.StartsWith("published", StringComparison.Ordinal) ? "likelihood, position 0" : measure == "perplexity" ? "likelihood" : measure;
        return new Comparison($"{name}, {what}, relative", sameTokens ? Math.Abs(nats - sum) / sum : double.NaN, ScienceDifference.Statistics);
    }

    private static Comparison NothingLeft(ScienceCase reference, Decoder decoder)
    {
        using var fresh = reference.LoadBase();
        long changed = decoder.Hooks.Count;
        foreach (var (name, weight) in decoder.Parameters)
        {
            using var scope = NewDisposeScope();
            changed += (weight != fresh.Parameters[name]).sum().item<long>();
        }

        return new Comparison("hooks and weights afterwards", changed, 0);
    }
}
