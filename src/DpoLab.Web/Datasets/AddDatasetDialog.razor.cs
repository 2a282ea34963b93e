using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Downloads;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace DpoLab.Web.Datasets;

/// <summary>Where a dataset comes from.</summary>
internal enum DatasetOrigin
{
    /// <summary>The browser's computer.</summary>
    Upload,

    /// <summary>A file on the compute host.</summary>
    Host,

    /// <summary>The Hugging Face hub.</summary>
    Hub,
}

/// <summary>Takes a dataset in, from the browser's computer, the compute host or the hub.</summary>
public partial class AddDatasetDialog
{
    /// <summary>Larger files are better put on the compute host and added by path.</summary>
    private const long MostBytes = 2L << 30;

    private static readonly (DatasetOrigin From, string Words)[] Sources =
        [(DatasetOrigin.Upload, "this computer"), (DatasetOrigin.Host, "the compute host"), (DatasetOrigin.Hub, "the Hugging Face hub")];

    private readonly Dictionary<string, string> columns = new(StringComparer.Ordinal);
    private LabDialog? dialog;
    private IBrowserFile? file;
    private DatasetKind kind;
    private string path = "";

    [Inject]
    private DatasetCommands Commands { get; set; } = null!;

    [Inject]
    private DownloadCommands Downloads { get; set; } = null!;

    [Inject]
    private CurrentUser User { get; set; } = null!;

    /// <summary>Raised with the dataset's number.</summary>
    [Parameter]
    public EventCallback<int> Added { get; set; }

    private DatasetKind Kind
    {
        get => kind;
        set
        {
            kind = value;
            Forget();
        }
    }

    private string Path
    {
        get => path;
        set
        {
            path = value;
            Forget();
        }
    }

    private DatasetOrigin From { get; set; }

    private string Repository { get; set; } = "";

    private string Revision { get; set; } = "";

    private string HubFile { get; set; } = "";

    private string Name { get; set; } = "";

    private string Licence { get; set; } = "";

    private DatasetReport? Report { get; set; }

    private IReadOnlyList<FieldError> Errors { get; set; } = [];

    private bool Working { get; set; }

    /// <summary>0 to 1 while a file is on its way.</summary>
    private double? Sent { get; set; }

    private string SentWords => file is null ? "" : $"{Numbers.Bytes((Sent ?? 0) * file.Size)} of {Numbers.Bytes(file.Size)}";

    private bool HasFile => From switch
    {
        DatasetOrigin.Upload => file is not null,
        DatasetOrigin.Host => Path.Trim().Length > 0,
        _ => Repository.Trim().Length > 0,
    };

    private string Suggested => From switch
    {
        DatasetOrigin.Upload => file?.Name,
        DatasetOrigin.Host => System.IO.Path.GetFileName(Path.Trim()),
        _ => Repository.Trim().Split('/')[^1],
    } is { Length: > 0 } found ? found : "the file’s name";

    private string SubmitWords => this switch
    {
        { From: DatasetOrigin.Hub } => "Download",
        { Working: true } => "Reading the file…",
        _ => Report?.Problem is null ? "Add" : "Check again and add",
    };

    private NewDataset Dataset => new()
    {
        Name = Name.Length == 0 ? null : Name,
        Kind = Kind,
        Columns = columns.Count == 0 ? null : columns,
        Licence = Licence.Trim(),
    };

    /// <summary>Shows the dialog, empty.</summary>
    public async Task OpenAsync(DatasetKind? first = null)
    {
        (Name, Licence, path, file, kind) = ("", "", "", null, first ?? DatasetKind.Pairs);
        (Repository, Revision, HubFile) = ("", "", "");
        Forget();
        StateHasChanged();
        if (dialog is not null)
            await dialog.OpenAsync();
    }

    private void SetSource(DatasetOrigin from)
    {
        From = from;
        Forget();
    }

    private void OnFile(InputFileChangeEventArgs e)
    {
        file = e.File;
        Forget();
    }

    private void Forget()
    {
        columns.Clear();
        (Report, Errors, Sent) = (null, [], null);
    }

    private string MappingOf(string role) => columns.GetValueOrDefault(role) ?? Report?.Mapping.GetValueOrDefault(role) ?? "";

    private void Map(string role, string? column)
    {
        if (string.IsNullOrEmpty(column))
            columns.Remove(role);
        else
            columns[role] = column;
    }

    /// <summary>The problem with its place, which the compute service may have named already, as a sentence.</summary>
    private static string Say(DatasetProblem problem)
    {
        string message = problem.Message.TrimEnd('.', ' ');
        bool placed = message.StartsWith("row", StringComparison.OrdinalIgnoreCase);
        string place = (problem.Row, problem.Column) switch
        {
            _ when placed => "",
            ({ } row, { } column) => $"Row {row:N0}, column {column}: ",
            ({ } row, null) => $"Row {row:N0}: ",
            (null, { } column) => $"Column {column}: ",
            _ => "",
        };
        return placed ? $"{char.ToUpperInvariant(message[0])}{message[1..]}." : $"{place}{message}.";
    }

    private Task InspectAsync() => TryAsync(async _ => Report = await Commands.InspectAsync(InputRef.OfPath(Path.Trim()), Dataset));

    private Task SubmitAsync() => From is DatasetOrigin.Hub ? DownloadAsync() : AddAsync();

    private Task DownloadAsync() => TryAsync(async by =>
    {
        var wanted = new DownloadParameters
        {
            Repository = Repository.Trim(),
            Dataset = Kind,
            File = HubFile.Trim() is { Length: > 0 } found ? found : null,
            ListedAs = Name.Trim() is { Length: > 0 } name ? name : null,
        };
        await Downloads.StartAsync(Revision.Trim() is { Length: > 0 } revision ? wanted with { Revision = revision } : wanted, by);
        if (dialog is not null)
            await dialog.CloseAsync();
    });

    private Task AddAsync() => TryAsync(async by =>
    {
        var addition = From is DatasetOrigin.Upload ? await UploadAsync(by) : await Commands.AddByPathAsync(Path, Dataset, by);
        Report = addition.Report;
        if (addition.Id is not { } id)
            return;
        if (dialog is not null)
            await dialog.CloseAsync();
        await Added.InvokeAsync(id);
    });

    private async Task<DatasetAddition> UploadAsync(Actor by)
    {
        if (file!.Size > MostBytes)
            throw new InputRefusedException("file", $"{file.Name} has {Numbers.Bytes(file.Size)}, more than {Numbers.Bytes(MostBytes)}. Put it on the compute host and add it by path.");
        await using var content = new CountedStream(file.OpenReadStream(MostBytes), read =>
        {
            Sent = file.Size == 0 ? 1 : (double)read / file.Size;
            _ = InvokeAsync(StateHasChanged);
        });
        return await Commands.UploadAsync(content, file.Name, Dataset, by);
    }

    private async Task TryAsync(Func<Actor, Task> act)
    {
        if (Working)
            return;
        (Working, Errors) = (true, []);
        try
        {
            await act(await User.GetAsync());
        }
        catch (InputRefusedException e)
        {
            Errors = e.Errors;
        }
        catch (Exception e) when (e is NotAllowedException or IOException)
        {
            Errors = [new FieldError("", e.Message)];
        }
        finally
        {
            Working = false;
        }
    }
}
