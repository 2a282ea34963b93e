using System.Globalization;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Neurons;
using DpoLab.Web.Runs.NewRun;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace DpoLab.Web.Playground;

/// <content>Between the settings and the page's address. Numbers have the bounds that runs have.</content>
public sealed partial record PlaygroundSettings
{
    private const string TogetherSign = ",";
    private const int MostLayers = 1000;

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
            Alpha = query.Number("alpha", -10, 10) ?? Usual.Alpha,
            Beta = query.Number("beta", 0, 1) ?? Usual.Beta,
            EditGroups = query.Several<NeuronGroup>("groups") ?? AllGroups,
            EditFirstLayer = (int?)query.Number("from", 0, MostLayers),
            EditLastLayer = (int?)query.Number("to", 0, MostLayers),
            EditWithin = query.Neurons("within"),
            PatchForm = query.Word<InterventionForm>("patch") is InterventionForm.Constant ? InterventionForm.Constant : InterventionForm.Shift,
            PatchStrength = query.Number("k", -100, 100) ?? Usual.PatchStrength,
            PatchNeurons = query.PatchNeurons() ?? FourGroups,
            LiveNeurons = query.Neurons("live") ?? FourGroups,
            AblateFactor = query.Number("factor", -1000, 1000) ?? Usual.AblateFactor,
            AblatedNeurons = query.Neurons("ablated") ?? Usual.AblatedNeurons,
            SteerStrength = query.Number("steer", -1e6, 1e6) ?? Usual.SteerStrength,
            SteerUnit = query.Word<SteeringUnit>("unit") ?? Usual.SteerUnit,
            SteerDirection = query.Text("direction") is { } direction && InputText.TryRead(direction) is not null ? direction : null,
            SteerLayer = (int?)query.Number("layer", 0, MostLayers),
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
        ("alpha", AddressNumber.Write(Alpha, Usual.Alpha)),
        ("beta", AddressNumber.Write(Beta, Usual.Beta)),
        ("groups", Join(EditGroups, AllGroups)),
        ("from", EditFirstLayer?.ToString(CultureInfo.InvariantCulture)),
        ("to", EditLastLayer?.ToString(CultureInfo.InvariantCulture)),
        ("within", EditWithin is null ? null : SelectionText.Write(EditWithin)),
        ("patch", PatchForm == Usual.PatchForm ? null : Words.Of(PatchForm)),
        ("k", AddressNumber.Write(PatchStrength, Usual.PatchStrength)),
        ("patched", Neurons(PatchNeurons, FourGroups)),
        ("live", Neurons(LiveNeurons, FourGroups)),
        ("factor", AddressNumber.Write(AblateFactor, Usual.AblateFactor)),
        ("ablated", Neurons(AblatedNeurons, Usual.AblatedNeurons)),
        ("steer", AddressNumber.Write(SteerStrength, Usual.SteerStrength)),
        ("unit", SteerUnit == Usual.SteerUnit ? null : Words.Of(SteerUnit)),
        ("direction", SteerDirection),
        ("layer", SteerLayer?.ToString(CultureInfo.InvariantCulture)),
        ("new", AddressNumber.Write(NewTokens, Usual.NewTokens)),
        ("cut", AddressNumber.Write(MaxPromptTokens, Usual.MaxPromptTokens)),
        ("temperature", AddressNumber.Write(Temperature, Usual.Temperature)),
        ("top-p", AddressNumber.Write(TopP, Usual.TopP)),
        ("seed", AddressNumber.Write(Seed, Usual.Seed)),
        ("precision", Precision == Usual.Precision ? null : Words.Of(Precision)),
        ("scorer", Scorer is "" ? "none" : Scorer),
        ("layout", InARow ? "row" : null),
        ("ask", Asked ? "1" : null),
    ];

    /// <summary>The page's address.</summary>
    public string Address => Urls.PlaygroundOf(Write());

    private static string? Neurons(NeuronSelection neurons, NeuronSelection usual) =>
        SelectionText.Write(neurons) is var text && text == SelectionText.Write(usual) ? null : text;

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

        /// <summary>Addresses of before wrote the number of the strongest apart from the groups.</summary>
        public NeuronSelection? PatchNeurons() => (Neurons("patched"), (int?)Number("top", 1, 100_000_000)) switch
        {
            (null, { } top) => FourGroups with { Top = top },
            (GroupSelection { Top: null } groups, { } top) => groups with { Top = top },
            var (neurons, _) => neurons,
        };

        public NeuronSelection? Neurons(string name) => SelectionText.Read(Text(name));

        public double? Number(string name, double least, double most) => AddressNumber.Read(Text(name), least, most);
    }
}
