using DpoLab.Web.Charts;
using DpoLab.Web.Live;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace DpoLab.Web.Studies.Paper;

/// <summary>The paper's figures of a study or of a run of neuron statistics, to look at and to take along.</summary>
public sealed partial class PaperFiguresPage : IAsyncDisposable
{
    private static readonly string[] Formats = ["SVG", "PNG"];

    /// <summary>A figure of more pixels than this stands beside two others.</summary>
    private const int Tall = 400;

    private PaperSheets? sheets;
    private string? content;
    private JsModule? module;
    private string? failed;
    private bool working;

    [Inject]
    private PaperSheetQueries Queries { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private ShownWords ShownWords { get; set; } = null!;

    [Parameter]
    public string? StudyId { get; set; }

    [Parameter]
    public string? RunId { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics => [StudyId is null ? Topics.Run(Id) : Topics.Study(Id), Topics.Services];

    private string Id => StudyId ?? RunId ?? "";

    private string Back => StudyId is null ? Urls.NeuronsOf(Id) : Urls.Study(Id);

    /// <inheritdoc/>
    protected override void OnInitialized() => ShownWords.Changed += OnWords;

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        PaperSheets? now = StudyId is null ? await Queries.OfRunAsync(Id) : await Queries.OfStudyAsync(Id);
        // a chart is drawn anew for every new object: the same numbers keep theirs
        string? says = now?.Content();
        if (says != content)
            (content, sheets) = (says, now);
    }

    private ChartFigure Shown(PaperSheet sheet) => ShownWords.Shown ? sheet.Figure! : sheet.MaskedFigure ?? sheet.Figure!;

    private string Data(PaperSheet sheet, string format) => StudyId is null ? Urls.RunFigure(Id, sheet.Key, format) : Urls.StudyFigure(Id, sheet.Key, format);

    private Task DownloadAsync(PaperSheet sheet, string format) => DrawAsync("save", Picture(sheet), $"{Id}-{sheet.Key}", format.ToLowerInvariant());

    private Task DownloadAllAsync() => DrawAsync(
        "saveAll", $"{Id}-figures", sheets!.Drawn.Select(Picture), sheets.Drawn.Select(sheet => new PaperFile($"{sheet.Key}.csv", sheet.Table.Csv())).Append(new PaperFile("README.md", sheets.Readme())));

    private static PaperPicture Picture(PaperSheet sheet) => new(sheet.Key, sheet.Title, sheet.Caption, sheet.Figure!, sheet.Height);

    private async Task DrawAsync(string function, params object?[] arguments)
    {
        (working, failed) = (true, null);
        try
        {
            await (module ??= new JsModule(Js, "./js/paper.js")).InvokeVoidAsync(function, arguments);
        }
        catch (JSException e)
        {
            failed = $"The browser could not draw it: {e.Message}";
        }
        finally
        {
            working = false;
        }
    }

    private void OnWords(object? sender, EventArgs e) => _ = InvokeAsync(StateHasChanged);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        ShownWords.Changed -= OnWords;
        Dispose();
        if (module is not null)
            await module.DisposeAsync();
    }

    /// <summary>What the browser draws for a file.</summary>
    private sealed record PaperPicture(string Name, string Title, string Caption, ChartFigure Figure, int Height);

    /// <summary>A text that goes into the zip as it is.</summary>
    private sealed record PaperFile(string Name, string Text);
}
