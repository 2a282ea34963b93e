using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Models;
using DpoLab.Web.Neurons;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Runs;
using DpoLab.Web.Studies;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Shell;

/// <summary>Finds a place by a few letters.</summary>
public sealed partial class JumpDialog
{
    private const int MostRuns = 8;

    private static readonly JumpPlace[] Pages =
    [
        new("Home", Urls.Home, IconName.Home, "page"),
        new("Studies", Urls.Studies, IconName.Study, "page"),
        new("New study", Urls.NewStudy, IconName.Plus, "form"),
        new("Runs", Urls.Runs, IconName.Runs, "page"),
        new("New run", Urls.NewRun, IconName.Plus, "form"),
        new("Neurons", Urls.Neurons, IconName.Neuron, "page"),
        new("Neuron sets", Urls.NeuronSets, IconName.NeuronSet, "page"),
        new("Playground", Urls.Playground, IconName.Playground, "page"),
        new("Logit lens", Urls.Lens, IconName.Playground, "page"),
        new("Models", Urls.Models, IconName.Model, "page"),
        new("Datasets", Urls.Datasets, IconName.Dataset, "page"),
        new("Compute", Urls.Compute, IconName.Compute, "page"),
        new("Admin", Urls.Admin, IconName.Admin, "page"),
    ];

    private string text = "";
    private IReadOnlyList<JumpPlace> places = Pages;
    private int asked;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Inject]
    private StudyQueries Studies { get; set; } = null!;

    [Inject]
    private ModelQueries Models { get; set; } = null!;

    [Inject]
    private NeuronSetQueries Sets { get; set; } = null!;

    private async Task OnInputAsync(ChangeEventArgs input)
    {
        text = input.Value?.ToString() ?? "";
        int ask = ++asked;
        IReadOnlyList<JumpPlace> found = await FindAsync(text.Trim());
        // a slower answer to earlier letters must not replace a newer one
        if (ask == asked)
            places = found;
    }

    private async Task<IReadOnlyList<JumpPlace>> FindAsync(string words)
    {
        if (words.Length == 0)
            return Pages;
        Paged<RunSummary> runs = await Runs.ListAsync(new RunFilter { Text = words, Take = MostRuns });
        IEnumerable<JumpPlace> studies = (await Studies.ListAsync()).Items
            .Where(s => Holds(s.Question, words) || s.Id == words)
            .Select(s => new JumpPlace(s.Question, Urls.Study(s.Id), IconName.Study, "study")).Take(5);
        IEnumerable<JumpPlace> models = (await Models.ListAsync())
            .Where(m => Holds(m.Name, words)).Select(m => new JumpPlace(m.Name, Urls.Models, IconName.Model, m.Service)).Take(5);
        IEnumerable<JumpPlace> sets = (await Sets.ListAsync())
            .Where(s => Holds(s.Name, words)).Select(s => new JumpPlace(s.Name, Urls.NeuronSet(s.Id), IconName.NeuronSet, $"neuron set, {Numbers.Count(s.Count)}")).Take(5);
        return
        [
            .. await NeuronAsync(words),
            .. Pages.Where(p => Holds(p.Title, words)),
            .. studies,
            .. sets,
            .. runs.Items.Select(r => new JumpPlace(r.Name, Urls.Run(r.Id), IconName.Runs, $"{Words.Of(r.Kind)} · {r.Id} · {State(r.Status.State)}")),
            .. models,
        ];
    }

    // of the pair that was measured last: the same place means another neuron in another model
    private async Task<IReadOnlyList<JumpPlace>> NeuronAsync(string words)
    {
        if (NeuronName.Parse(words) is not { } neuron)
            return [];
        RunSummary? latest = (await Runs.ListAsync(new RunFilter { Kinds = [RunKind.Neurons], States = [RunState.Succeeded], Order = RunOrder.Finished, Take = 1 })).Items.FirstOrDefault();
        return latest is not null && (await Runs.FindAsync(latest.Id))?.Result is NeuronsResult result && neuron.Layer < result.Layers && neuron.Neuron < result.NeuronsPerLayer
            ? [new JumpPlace(NeuronViews.Name(neuron), Urls.Neuron(latest.Id, neuron.Layer, neuron.Neuron), IconName.Neuron, $"neuron · {latest.Name}")]
            : [];
    }

    private static string State(RunState state) => state.ToString().ToLowerInvariant();

    private static bool Holds(string title, string words) => title.Contains(words, StringComparison.OrdinalIgnoreCase);

    private sealed record JumpPlace(string Title, string Href, IconName Icon, string Detail);
}
