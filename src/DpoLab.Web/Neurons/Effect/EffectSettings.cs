using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Playground;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Neurons;

/// <summary>What is done to a neuron and which prompts show its effect, as the page's address says it.</summary>
public sealed record EffectSettings
{
    /// <summary>Prompts at once.</summary>
    public const int MostPrompts = 8;

    /// <summary>Of the texts on which the neuron fires most, so many show its effect, unless prompts are chosen.</summary>
    private const int UsualPrompts = 4;

    /// <summary>Of α and k, either way: what the sliders take.</summary>
    private const double MostStrength = 10;

    public NeuronDeed Deed { get; init; }

    /// <summary>α of the edit: what the paper's edits use.</summary>
    public double Alpha { get; init; } = 0.05;

    public InterventionForm PatchForm { get; init; } = InterventionForm.Shift;

    /// <summary>k of a shift.</summary>
    public double PatchStrength { get; init; } = 1;

    /// <summary>Empty: not chosen yet.</summary>
    public IReadOnlyList<string> Prompts { get; init; } = [];

    private static EffectSettings Usual { get; } = new();

    /// <summary>What an address says; what it says wrongly is as usual. Null: nothing is done to the neuron.</summary>
    public static EffectSettings? Read(string? deed, string? alpha, string? form, string? strength, IReadOnlyList<string>? prompts) =>
        Words.Parse<NeuronDeed>(deed) is not { } known
            ? null
            : new EffectSettings
            {
                Deed = known,
                Alpha = AddressNumber.Read(alpha, -MostStrength, MostStrength) ?? Usual.Alpha,
                PatchForm = Words.Parse<InterventionForm>(form) is InterventionForm.Constant ? InterventionForm.Constant : InterventionForm.Shift,
                PatchStrength = AddressNumber.Read(strength, -MostStrength, MostStrength) ?? Usual.PatchStrength,
                Prompts = [.. (prompts ?? []).Where(prompt => prompt.Length > 0).Distinct(StringComparer.Ordinal).Take(MostPrompts)],
            };

    /// <summary>The query that says it; what is as usual is left out.</summary>
    public (string Name, string? Value)[] Write() =>
    [
        ("do", Words.Of(Deed)),
        ("alpha", AddressNumber.Write(Alpha, Usual.Alpha)),
        ("patch", PatchForm == Usual.PatchForm ? null : Words.Of(PatchForm)),
        ("k", AddressNumber.Write(PatchStrength, Usual.PatchStrength)),
        .. Prompts.Select(prompt => ("prompt", (string?)prompt)),
    ];

    /// <summary>The same settings make the same answers.</summary>
    public bool AnswersAs(EffectSettings? other) => other is not null && Write().SequenceEqual(other.Write());

    /// <summary>What is done to the base model.</summary>
    /// <param name="neuron">The neuron.</param>
    /// <param name="quadrant">Decides whether an edit weakens or strengthens it; null: weakens.</param>
    public Intervention On(NeuronIndex neuron, NeuronGroup? quadrant)
    {
        var alone = new ListSelection([neuron]);
        return Deed switch
        {
            NeuronDeed.Patch => new PatchIntervention { Form = PatchForm, Strength = PatchStrength, Neurons = alone },
            _ => new ScaleIntervention { Factor = FactorOf(quadrant), Neurons = alone },
        };
    }

    /// <summary>What the activation is multiplied by.</summary>
    public double FactorOf(NeuronGroup? quadrant) => Deed is NeuronDeed.Ablate ? 0 : quadrant is NeuronGroup.Tn or NeuronGroup.Ap ? 1 + Alpha : 1 - Alpha;

    /// <summary>The question for one prompt.</summary>
    /// <param name="columns">Which models answer, in this order.</param>
    /// <param name="prompt">What they go on with, cut as the run's prompts are, for as many tokens as the run's answers have.</param>
    /// <param name="runId">The neurons run.</param>
    /// <param name="made">Its settings.</param>
    /// <param name="done">What is done to the base model.</param>
    /// <param name="scorer">Null: answers are not scored.</param>
    public static PlaygroundQuestion Question(IEnumerable<ColumnKind> columns, string prompt, string runId, NeuronsParameters made, Intervention done, InputRef? scorer)
    {
        ArgumentNullException.ThrowIfNull(made);
        return new PlaygroundQuestion
        {
            RunId = runId,
            Task = new AnswerTask
            {
                Prompt = prompt,
                Columns = [.. columns.Select(kind => new PlaygroundColumn(Words.Of(kind), kind is ColumnKind.Dpo, kind is ColumnKind.Base or ColumnKind.Dpo ? null : done))],
                MaxPromptTokens = made.MaxPromptTokens,
                NewTokens = made.NewTokens,
                Scorer = scorer,
            },
        };
    }

    /// <summary>The prompts on which the neuron fires most where changes act: at the last token of the prompt and after it.</summary>
    public static IReadOnlyList<string> PromptsOf(FiringLook firing)
    {
        ArgumentNullException.ThrowIfNull(firing);
        return
        [
            .. firing.Texts.OrderByDescending(text => text.Tokens.Skip(Math.Max(0, text.PromptTokens - 1)).Max(token => token.Before))
                .Select(text => text.PromptText).Where(prompt => prompt.Length > 0).Distinct(StringComparer.Ordinal).Take(UsualPrompts),
        ];
    }
}
