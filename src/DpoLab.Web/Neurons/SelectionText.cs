using System.Globalization;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs.NewRun;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Neurons;

/// <summary>
/// Which neurons are meant, as addresses write it: <c>tp,an</c>, <c>tp,an:256</c> (the strongest), <c>top-toxic:100</c>, <c>top-positive:100</c>,
/// <c>change:256</c>, <c>change-activation:256</c>, <c>sha256:…</c> (a version of a set, by its file), <c>L19.770,L12.345</c>; still to be named:
/// <c>none</c> (no group), <c>sha256:</c>, <c>list</c>.
/// </summary>
internal static class SelectionText
{
    /// <summary>Neurons that an address lists one by one: more of them belong in a set.</summary>
    public const int MostListed = 100;

    private const string Nothing = "none";
    private const string Toxic = "top-toxic";
    private const string Positive = "top-positive";
    private const string Change = "change";
    private const string ActivationChange = "change-activation";
    private const string Set = "sha256";
    private const string Unnamed = "list";
    private const char Together = ',';
    private const char Count = ':';

    public static string Write(NeuronSelection selection) => selection switch
    {
        GroupSelection { Groups.Count: 0 } => Nothing,
        GroupSelection groups => string.Join(Together, groups.Groups.Select(group => Words.Of<NeuronGroup>(group))) + (groups.Top is { } top ? Number(top) : ""),
        TopToxicSelection top => (top.PositiveOnly ? Positive : Toxic) + Number(top.Count),
        ChangeSelection change => (change.Measure is ChangeMeasure.Activation ? ActivationChange : Change) + Number(change.Count),
        SetSelection set => InputText.Write(set.Set),
        ListSelection { Neurons.Count: 0 } => Unnamed,
        ListSelection list => string.Join(Together, list.Neurons.Select(NeuronText.Write)),
        _ => throw new ArgumentException($"Unknown selection {selection?.GetType().Name ?? "null"}.", nameof(selection)),
    };

    /// <summary>Null: the text is none of them.</summary>
    public static NeuronSelection? Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        string[] parts = text.Split(Count, 2);
        return (parts[0], parts.ElementAtOrDefault(1)) switch
        {
            (Nothing, null) => new GroupSelection([]),
            (Unnamed, null) => new ListSelection([]),
            (Set, { } digest) => IsDigest(digest) ? new SetSelection(InputRef.OfUpload(digest)) : null,
            (Toxic or Positive, { } count) => Whole(count) is { } k ? new TopToxicSelection(k, parts[0] is Positive) : null,
            (Change or ActivationChange, { } count) => Whole(count) is { } k
                ? new ChangeSelection(k, parts[0] is ActivationChange ? ChangeMeasure.Activation : ChangeMeasure.Projection) : null,
            (var groups, var top) when Several(groups, Words.Parse<NeuronGroup>) is { } named => top is null ? new GroupSelection(named)
                : Whole(top) is { } strongest ? new GroupSelection(named, strongest) : null,
            _ => List(text),
        };
    }

    /// <summary>Neurons by name with commas, semicolons or lines between them; null: one of them is no name, or they are too many for an address.</summary>
    public static ListSelection? List(string text) =>
        FieldText.Split(text) is { Count: > 0 and <= MostListed } names && names.Select(NeuronName.Parse).ToList() is var neurons && neurons.TrueForAll(neuron => neuron is not null)
            ? new ListSelection([.. neurons.Select(neuron => neuron!.Value).Distinct()])
            : null;

    /// <summary>In a few words.</summary>
    /// <param name="selection">Which neurons.</param>
    /// <param name="nameOf">The name of a set's version by its digest; null: it is not known.</param>
    public static string Say(NeuronSelection selection, Func<string, string?> nameOf) => selection switch
    {
        GroupSelection groups => (groups.Groups.Count == Enum.GetValues<NeuronGroup>().Length ? "four groups" : string.Join(" ", groups.Groups.Select(Words.Of)))
            + (groups.Top is { } top ? $", top {Numbers.Count(top)}" : ""),
        TopToxicSelection top => $"top {Numbers.Count(top.Count)} toxic{(top.PositiveOnly ? ", positive" : "")}",
        ChangeSelection change => $"{Numbers.Count(change.Count)} most changed{(change.Measure is ChangeMeasure.Activation ? " in activation" : "")}",
        SetSelection { Set.Location: "" } => "no set chosen",
        SetSelection set => nameOf(set.Set.Location) ?? $"set {Numbers.Digest(set.Set.Location)}",
        ListSelection { Neurons.Count: 0 } => "no neuron",
        ListSelection { Neurons.Count: <= 3 } list => string.Join(", ", list.Neurons.Select(NeuronText.Write)),
        ListSelection list => $"{Numbers.Count(list.Neurons.Count)} listed neurons",
        _ => "",
    };

    /// <summary>Why no neuron is chosen; null: some are.</summary>
    public static string? Problem(NeuronSelection selection) => selection switch
    {
        GroupSelection { Groups.Count: 0 } => "takes no group: switch one on",
        SetSelection { Set.Location: "" } => "takes a set: choose one",
        ListSelection { Neurons.Count: 0 } => "takes no neuron: name one, as L19.770",
        _ => null,
    };

    private static string Number(int count) => Count + count.ToString(CultureInfo.InvariantCulture);

    private static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= 100_000_000 ? count : null;

    private static bool IsDigest(string text) => text.Length is 0 || (text.Length is 64 && text.All(char.IsAsciiHexDigitLower));

    private static List<T>? Several<T>(string text, Func<string, T?> parse)
        where T : struct =>
        text.Split(Together).Select(parse).ToList() is var values && values.TrueForAll(value => value is not null) ? [.. values.Select(value => value!.Value).Distinct()] : null;
}
