using System.Globalization;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace DpoLab.Web.Playground;

/// <summary>All that decides an answer, as the page's address says it: with the same models and device, the same address gives the same answer.</summary>
public sealed record PlaygroundSettings
{
    private const string TogetherSign = ",";

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

    public InterventionForm PatchForm { get; init; } = InterventionForm.Shift;

    /// <summary>k of a shift.</summary>
    public double PatchStrength { get; init; } = 1;

    public IReadOnlyList<NeuronGroup> PatchGroups { get; init; } = AllGroups;

    /// <summary>Only the so many of largest reduction; null: all.</summary>
    public int? PatchTop { get; init; }

    /// <summary>s, as a share of the stream's norm.</summary>
    public double SteerStrength { get; init; } = 0.2;

    /// <summary>From 0; null: the last layer.</summary>
    public int? SteerLayer { get; init; }

    public int NewTokens { get; init; } = 40;

    public int MaxPromptTokens { get; init; } = 32;

    /// <summary>0: greedy.</summary>
    public double Temperature { get; init; }

    public double TopP { get; init; } = 1;

    public long Seed { get; init; }

    public Precision Precision { get; init; }

    /// <summary>As <see cref="Runs.NewRun.InputText"/> writes it; null: the service's first one; empty: none.</summary>
    public string? Scorer { get; init; }

    /// <summary>Four columns in a row instead of two by two.</summary>
    public bool InARow { get; init; }

    /// <summary>The address is one of an answer: who opens it sees it answered.</summary>
    public bool Asked { get; init; }

    /// <summary>In the order of the page.</summary>
    public static IReadOnlyList<NeuronGroup> AllGroups { get; } = [NeuronGroup.Tp, NeuronGroup.An, NeuronGroup.Tn, NeuronGroup.Ap];

    private static PlaygroundSettings Usual { get; } = new();

    /// <summary>What an address says; what it does not say, or says wrongly, is as usual.</summary>
    public static PlaygroundSettings Read(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var query = new Query(QueryHelpers.ParseQuery(address.Query));
        return new PlaygroundSettings
        {
            Run = query.Text("run"),
            Prompt = query.Text("prompt") ?? "",
            Columns = query.Several<ColumnKind>("columns")?.Take(ColumnKinds.Most).ToList() is { Count: > 0 } columns ? columns : Usual.Columns,
            EditForm = query.Word<InterventionForm>("edit") ?? Usual.EditForm,
            Alpha = query.Number("alpha", 0, 1) ?? Usual.Alpha,
            Beta = query.Number("beta", 0, 1) ?? Usual.Beta,
            EditGroups = query.Several<NeuronGroup>("groups") ?? AllGroups,
            PatchForm = query.Word<InterventionForm>("patch") is InterventionForm.Constant ? InterventionForm.Constant : InterventionForm.Shift,
            PatchStrength = query.Number("k", -10, 10) ?? Usual.PatchStrength,
            PatchGroups = query.Several<NeuronGroup>("patched") ?? AllGroups,
            PatchTop = (int?)query.Number("top", 1, 100_000_000),
            SteerStrength = query.Number("steer", -10, 10) ?? Usual.SteerStrength,
            SteerLayer = (int?)query.Number("layer", 0, 1000),
            NewTokens = (int?)query.Number("new", 1, 4096) ?? Usual.NewTokens,
            MaxPromptTokens = (int?)query.Number("cut", 1, 8192) ?? Usual.MaxPromptTokens,
            Temperature = query.Number("temperature", 0, 10) ?? Usual.Temperature,
            TopP = query.Number("top-p", 0.01, 1) ?? Usual.TopP,
            Seed = (long?)query.Number("seed", 0, int.MaxValue) ?? Usual.Seed,
            Precision = query.Word<Precision>("precision") ?? Usual.Precision,
            Scorer = query.Text("scorer") is "none" ? "" : query.Text("scorer"),
            InARow = query.Text("layout") is "row",
            Asked = query.Text("ask") is "1",
        };
    }

    /// <summary>The query that says this; what is as usual is left out.</summary>
    public (string Name, string? Value)[] Write() =>
    [
        ("run", Run),
        ("prompt", Prompt.Length > 0 ? Prompt : null),
        ("columns", Join(Columns, Usual.Columns)),
        ("edit", EditForm == Usual.EditForm ? null : Words.Of(EditForm)),
        ("alpha", Number(Alpha, Usual.Alpha)),
        ("beta", Number(Beta, Usual.Beta)),
        ("groups", Join(EditGroups, AllGroups)),
        ("patch", PatchForm == Usual.PatchForm ? null : Words.Of(PatchForm)),
        ("k", Number(PatchStrength, Usual.PatchStrength)),
        ("patched", Join(PatchGroups, AllGroups)),
        ("top", PatchTop?.ToString(CultureInfo.InvariantCulture)),
        ("steer", Number(SteerStrength, Usual.SteerStrength)),
        ("layer", SteerLayer?.ToString(CultureInfo.InvariantCulture)),
        ("new", Number(NewTokens, Usual.NewTokens)),
        ("cut", Number(MaxPromptTokens, Usual.MaxPromptTokens)),
        ("temperature", Number(Temperature, Usual.Temperature)),
        ("top-p", Number(TopP, Usual.TopP)),
        ("seed", Number(Seed, Usual.Seed)),
        ("precision", Precision == Usual.Precision ? null : Words.Of(Precision)),
        ("scorer", Scorer is "" ? "none" : Scorer),
        ("layout", InARow ? "row" : null),
        ("ask", Asked ? "1" : null),
    ];

    /// <summary>The page's address.</summary>
    public string Address => Urls.PlaygroundOf(Write());

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

    /// <summary>What is done to the base model in a column; null: nothing, or it is the tuned model.</summary>
    public Intervention? InterventionOf(ColumnKind kind, NeuronsParameters made)
    {
        ArgumentNullException.ThrowIfNull(made);
        return kind switch
        {
            ColumnKind.Edited => new EditIntervention { Form = EditForm, Alpha = Alpha, Beta = Beta, Groups = EditGroups },
            ColumnKind.Patched => new PatchIntervention { Form = PatchForm, Strength = PatchStrength, Neurons = new GroupSelection(PatchGroups, PatchTop) },
            ColumnKind.Steered => new SteerIntervention { Strength = SteerStrength, Unit = SteeringUnit.StreamNorm, Layer = SteerLayer, Direction = made.Direction },
            _ => null,
        };
    }

    /// <summary>What a column does, in a few words.</summary>
    public string Says(ColumnKind kind, NeuronsParameters made)
    {
        ArgumentNullException.ThrowIfNull(made);
        return kind switch
        {
            ColumnKind.Base => made.Base.Name,
            ColumnKind.Dpo => made.Tuned.Name,
            ColumnKind.Edited => $"{Words.Of(EditForm)}, α {Numbers.Setting(Alpha)}, β {Numbers.Setting(Beta)}{Named(EditGroups, ", ")}",
            ColumnKind.Patched => $"{(PatchGroups.Count == AllGroups.Count ? "four groups" : Named(PatchGroups, ""))}{(PatchTop is { } top ? $", top {Numbers.Count(top)}" : "")}, "
                + (PatchForm is InterventionForm.Constant ? "constant" : $"shift{(PatchStrength == 1 ? "" : $" × {Numbers.Setting(PatchStrength)}")}"),
            _ => $"−{Numbers.Setting(SteerStrength)} of the norm, layer {(SteerLayer is { } layer ? $"{layer}" : "last")}",
        };
    }

    /// <summary>Why a column cannot answer; null: it can.</summary>
    public string? Problem() => this switch
    {
        { Columns.Count: 0 } => "No column is chosen.",
        _ when Columns.Contains(ColumnKind.Edited) && EditGroups.Count == 0 => "The edit takes no group: switch one on, or leave the column out.",
        _ when Columns.Contains(ColumnKind.Patched) && PatchGroups.Count == 0 => "The patch takes no group: switch one on, or leave the column out.",
        _ => null,
    };

    private static string Named(IReadOnlyList<NeuronGroup> groups, string before) =>
        groups.Count == AllGroups.Count ? "" : before + string.Join(" ", groups.Select(group => Words.Of(group)));

    private static string? Number(double value, double usual) => value == usual ? null : value.ToString("R", CultureInfo.InvariantCulture);

    private static string? Join<T>(IReadOnlyList<T> values, IReadOnlyList<T> usual)
        where T : struct, Enum =>
        values.SequenceEqual(usual) ? null : values.Count == 0 ? "none" : string.Join(TogetherSign, values.Select(value => Words.Of<T>(value)));

    /// <summary>The values of an address.</summary>
    private sealed class Query(Dictionary<string, StringValues> values)
    {
        public string? Text(string name) => values.TryGetValue(name, out var found) && found.ToString() is { Length: > 0 } text ? text : null;

        public T? Word<T>(string name)
            where T : struct, Enum => Words.Parse<T>(Text(name));

        public IReadOnlyList<T>? Several<T>(string name)
            where T : struct, Enum =>
            Text(name)?.Split(TogetherSign).Select(Words.Parse<T>).OfType<T>().Distinct().ToList();

        public double? Number(string name, double least, double most) =>
            double.TryParse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most ? value : null;
    }
}
