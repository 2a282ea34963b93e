using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Neurons;
using DpoLab.Web.Runs.NewRun;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Playground;

/// <summary>All that decides an answer, as the page's address says it: with the same models and device, the same address gives the same answer.</summary>
public sealed partial record PlaygroundSettings
{
    /// <summary>The neurons run whose models answer; null: the newest.</summary>
    public string? Run { get; init; }

    public string Prompt { get; init; } = "";

    public IReadOnlyList<ColumnKind> Columns { get; init; } = [ColumnKind.Base, ColumnKind.Dpo, ColumnKind.Edited, ColumnKind.Patched];

    public InterventionForm EditForm { get; init; } = InterventionForm.Live;

    /// <summary>α.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>β.</summary>
    public double Beta { get; init; } = 0.5;

    public IReadOnlyList<NeuronGroup> EditGroups { get; init; } = AllGroups;

    /// <summary>The edit's quadrants are of the layers from this one on, from 0; null: from the first.</summary>
    public int? EditFirstLayer { get; init; }

    /// <summary>Up to and with this one; null: to the last.</summary>
    public int? EditLastLayer { get; init; }

    /// <summary>Only those of the edited neurons that are among these; null: all of them.</summary>
    public NeuronSelection? EditWithin { get; init; }

    public InterventionForm PatchForm { get; init; } = InterventionForm.Shift;

    /// <summary>k of a shift.</summary>
    public double PatchStrength { get; init; } = 1;

    public NeuronSelection PatchNeurons { get; init; } = FourGroups;

    /// <summary>Those that take the tuned model's live values.</summary>
    public NeuronSelection LiveNeurons { get; init; } = FourGroups;

    /// <summary>s of the ablation; 0 switches neurons off.</summary>
    public double AblateFactor { get; init; }

    public NeuronSelection AblatedNeurons { get; init; } = new TopToxicSelection(100, PositiveOnly: true);

    /// <summary>s, in <see cref="SteerUnit"/>.</summary>
    public double SteerStrength { get; init; } = 0.2;

    public SteeringUnit SteerUnit { get; init; } = SteeringUnit.StreamNorm;

    /// <summary>The vector w as <see cref="InputText"/> writes it; null: the pair's direction.</summary>
    public string? SteerDirection { get; init; }

    /// <summary>From 0; null: the last layer.</summary>
    public int? SteerLayer { get; init; }

    public int NewTokens { get; init; } = 40;

    public int MaxPromptTokens { get; init; } = 32;

    /// <summary>0: greedy.</summary>
    public double Temperature { get; init; }

    public double TopP { get; init; } = 1;

    public long Seed { get; init; }

    public Precision Precision { get; init; }

    /// <summary>As <see cref="InputText"/> writes it; null: the service's first one; empty: none.</summary>
    public string? Scorer { get; init; }

    /// <summary>Four columns in a row instead of two by two.</summary>
    public bool InARow { get; init; }

    /// <summary>The address is one of an answer: who opens it sees it answered.</summary>
    public bool Asked { get; init; }

    /// <summary>In the order of the page.</summary>
    public static IReadOnlyList<NeuronGroup> AllGroups { get; } = [NeuronGroup.Tp, NeuronGroup.An, NeuronGroup.Tn, NeuronGroup.Ap];

    private static GroupSelection FourGroups { get; } = new(AllGroups);

    /// <summary>What nobody has changed.</summary>
    public static PlaygroundSettings Usual { get; } = new();

    /// <summary>What the compute service is asked.</summary>
    /// <param name="made">Settings of the neurons run.</param>
    /// <param name="scorer">Null: answers are not scored.</param>
    public PlaygroundQuestion Question(NeuronsParameters made, InputRef? scorer)
    {
        ArgumentNullException.ThrowIfNull(made);
        return new PlaygroundQuestion
        {
            RunId = Run!,
            Precision = Precision,
            Task = new AnswerTask
            {
                Prompt = Prompt,
                Columns = [.. Columns.Select(kind => new PlaygroundColumn(Words.Of(kind), kind is ColumnKind.Dpo, InterventionOf(kind, made)))],
                MaxPromptTokens = MaxPromptTokens,
                NewTokens = NewTokens,
                Temperature = Temperature,
                TopP = TopP,
                Seed = Seed,
                Scorer = scorer,
            },
        };
    }

    /// <summary>The tuning-free edit.</summary>
    public EditIntervention Edit => new()
    {
        Form = EditForm,
        Alpha = Alpha,
        Beta = Beta,
        Groups = EditGroups,
        FirstLayer = EditFirstLayer,
        LastLayer = EditLastLayer,
        Neurons = EditWithin,
    };

    /// <summary>The vector that steering pushes away from.</summary>
    public InputRef DirectionOf(NeuronsParameters made)
    {
        ArgumentNullException.ThrowIfNull(made);
        return SteerDirection is null || SteerDirection == InputText.Write(made.Direction) ? made.Direction : InputText.Read(SteerDirection);
    }

    /// <summary>The neuron sets that the columns name, by the digests of their files.</summary>
    public IReadOnlyList<string> Sets =>
    [
        .. Columns.Select(SelectionOf).OfType<SetSelection>().Select(set => set.Set.Location).Where(digest => digest.Length > 0).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>What is done to the base model in a column; null: nothing, or it is the tuned model.</summary>
    public Intervention? InterventionOf(ColumnKind kind, NeuronsParameters made)
    {
        ArgumentNullException.ThrowIfNull(made);
        return kind switch
        {
            ColumnKind.Edited => Edit,
            ColumnKind.Patched => new PatchIntervention { Form = PatchForm, Strength = PatchStrength, Neurons = PatchNeurons },
            ColumnKind.Live => new DynamicPatchIntervention { Tuned = made.Tuned, Neurons = LiveNeurons },
            ColumnKind.Ablated => new ScaleIntervention { Factor = AblateFactor, Neurons = AblatedNeurons },
            ColumnKind.Steered => new SteerIntervention { Strength = SteerStrength, Unit = SteerUnit, Layer = SteerLayer, Direction = DirectionOf(made) },
            _ => null,
        };
    }

    /// <summary>What a column does, in a few words.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="made">Settings of the neurons run.</param>
    /// <param name="setName">The name of a set's version by its digest; null: it is not known.</param>
    public string Says(ColumnKind kind, NeuronsParameters made, Func<string, string?> setName)
    {
        ArgumentNullException.ThrowIfNull(made);
        string neurons = SelectionOf(kind) is { } selection ? SelectionText.Say(selection, setName) : "";
        return kind switch
        {
            ColumnKind.Base => made.Base.Name,
            ColumnKind.Dpo => made.Tuned.Name,
            ColumnKind.Edited => $"{Words.Of(EditForm)}, α {Numbers.Setting(Alpha)}, β {Numbers.Setting(Beta)}{Named(EditGroups)}{Layers}{(EditWithin is null ? "" : $", in {neurons}")}",
            ColumnKind.Patched => $"{neurons}, " + (PatchForm is InterventionForm.Constant ? "constant" : $"shift{(PatchStrength == 1 ? "" : $" × {Numbers.Setting(PatchStrength)}")}"),
            ColumnKind.Live => neurons,
            ColumnKind.Ablated => neurons + (AblateFactor == 0 ? "" : $", × {Numbers.Setting(AblateFactor)}"),
            _ => $"{Numbers.Setting(-SteerStrength)}{(SteerUnit is SteeringUnit.Raw ? " · w" : " of the norm")}, layer {(SteerLayer is { } layer ? $"{layer}" : "last")}",
        };
    }

    /// <summary>Why the columns cannot answer; null: they can.</summary>
    /// <param name="made">Settings of the neurons run.</param>
    public string? Problem(NeuronsParameters made)
    {
        ArgumentNullException.ThrowIfNull(made);
        return this switch
        {
            { Columns.Count: 0 } => "No column is chosen.",
            _ when Columns.Contains(ColumnKind.Edited) && EditGroups.Count == 0 => "The edit takes no group: switch one on, or leave the column out.",
            _ when Columns.Contains(ColumnKind.Edited) && EditLastLayer < (EditFirstLayer ?? 0) => "The edit's last layer lies before its first: enter at least the first.",
            _ when Columns.Contains(ColumnKind.Live) && ModelRefusals.LiveValues(made.Base, made.Tuned) is { } refusal => $"{ColumnKinds.Title(ColumnKind.Live)}: {refusal}",
            _ => Columns.Select(kind => SelectionOf(kind) is { } selection && SelectionText.Problem(selection) is { } problem
                ? $"{ColumnKinds.Title(kind)} {problem}, or leave the column out." : null).FirstOrDefault(problem => problem is not null),
        };
    }

    private string Layers => (EditFirstLayer, EditLastLayer) switch
    {
        (null, null) => "",
        ({ } first, null) => $", from layer {first}",
        (null, { } last) => $", to layer {last}",
        ({ } first, { } last) => $", layers {first} to {last}",
    };

    /// <summary>The neurons that a column chooses; null: it chooses none.</summary>
    private NeuronSelection? SelectionOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Edited => EditWithin,
        ColumnKind.Patched => PatchNeurons,
        ColumnKind.Live => LiveNeurons,
        ColumnKind.Ablated => AblatedNeurons,
        _ => null,
    };

    private static string Named(IReadOnlyList<NeuronGroup> groups) =>
        groups.Count == AllGroups.Count ? "" : ", " + string.Join(" ", groups.Select(group => Words.Of(group)));
}
