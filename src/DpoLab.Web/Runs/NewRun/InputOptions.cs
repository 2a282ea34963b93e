using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Runs.NewRun;

/// <summary>Something that an input field offers.</summary>
/// <param name="Role">What it is good for.</param>
/// <param name="Reference">What the spec says.</param>
/// <param name="Label">What people read.</param>
/// <param name="Note">A few facts beside the field, once chosen.</param>
/// <param name="Group">Heading in the list.</param>
public sealed record InputOption(InputRole Role, InputRef Reference, string Label, string Note = "", string Group = "")
{
    /// <summary>Models: what the folder holds; null: not known.</summary>
    public ModelReport? Report { get; init; }

    /// <summary>Scorers: names of the outputs.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];
}

/// <summary>A dataset that a field offers.</summary>
public sealed record DatasetOption(DatasetKind Kind, DatasetRef Reference, string Label, string Note = "");

/// <summary>What the lab has that a form can choose from, on one compute service.</summary>
public sealed record InputOptions
{
    /// <summary>An empty lab.</summary>
    public static InputOptions None { get; } = new();

    public IReadOnlyList<InputOption> Inputs { get; init; } = [];

    public IReadOnlyList<DatasetOption> Datasets { get; init; } = [];

    /// <summary>What runs would compute on; null: not known.</summary>
    public DeviceReport? Device { get; init; }

    /// <summary>What a chosen model's folder holds, by its text; null: nothing is known of it.</summary>
    public ModelReport? ReportOf(string model) =>
        Inputs.FirstOrDefault(option => option.Role is InputRole.Model && InputText.Write(option.Reference) == model)?.Report;

    /// <summary>Of the registered ones, by their text; anything else is taken as a path, artifact or upload.</summary>
    public InputRef Input(InputRole role, string text) =>
        Inputs.FirstOrDefault(option => option.Role == role && InputText.Write(option.Reference) == text)?.Reference ?? InputText.Read(text);

    /// <summary>The outputs of a registered scorer, by its text; none are known of others.</summary>
    public IReadOnlyList<string> OutputsOf(string scorer) =>
        Inputs.FirstOrDefault(option => option.Role is InputRole.Scorer && InputText.Write(option.Reference) == scorer)?.Outputs ?? [];

    /// <summary>With its column mapping, if it is registered.</summary>
    public DatasetRef Dataset(DatasetKind kind, string text) =>
        Datasets.FirstOrDefault(option => option.Kind == kind && InputText.Write(option.Reference.File) == text)?.Reference
        ?? new DatasetRef(InputText.Read(text));
}

/// <summary>Inputs as the address and the fields write them: <c>/a/path</c>, <c>r-7k2m9x4q:model-best</c>, <c>sha256:…</c>.</summary>
public static class InputText
{
    private const string Upload = "sha256:";

    public static string Write(InputRef input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Source switch
        {
            InputSource.Artifact => $"{input.RunId}:{input.Location}",
            InputSource.Upload => Upload + input.Location,
            _ => input.Location,
        };
    }

    /// <summary>The input that a text stands for.</summary>
    /// <exception cref="FormatException">The text is none of the three.</exception>
    public static InputRef Read(string text) =>
        TryRead(text) ?? throw new FormatException($"“{text}” is not known here. Choose one from the list, or enter an absolute path on the compute host.");

    /// <summary>The same; null: the text is none of the three.</summary>
    public static InputRef? TryRead(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith('/'))
            return InputRef.OfPath(text);
        if (text.StartsWith(Upload, StringComparison.Ordinal))
            return InputRef.OfUpload(text[Upload.Length..]);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && RunIds.IsValid(text[..colon]) && colon + 1 < text.Length
            ? InputRef.OfArtifact(text[..colon], text[(colon + 1)..])
            : null;
    }
}
