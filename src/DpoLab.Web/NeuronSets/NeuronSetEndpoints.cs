using System.Security.Claims;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Api;
using DpoLab.Web.Neurons;
using DpoLab.Web.Runs;

namespace DpoLab.Web.NeuronSets;

/// <summary>A set to save over HTTP: by a condition on a run's neurons, or by the neurons themselves.</summary>
internal sealed record NeuronSetRequest
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>The neurons run whose model the set is of.</summary>
    public required string Run { get; init; }

    /// <summary>A condition; null where <see cref="Neurons"/> are given.</summary>
    public string? Where { get; init; }

    public IReadOnlyList<NeuronIndex>? Neurons { get; init; }
}

/// <summary>What saving made.</summary>
internal sealed record SavedNeuronSet(int Id, int Version);

/// <summary>Neuron sets over HTTP.</summary>
internal static class NeuronSetEndpoints
{
    public static void MapNeuronSets(this RouteGroupBuilder api)
    {
        RouteGroupBuilder sets = api.MapGroup("/neuron-sets").WithTags("Neuron sets");
        sets.MapGet("/", (NeuronSetQueries queries) => queries.ListAsync()).WithSummary("Every set as its newest version.");
        sets.MapPost("/", SaveAsync).WithSummary("Saves a set, or the next version of the one with this name.").ProducesValidationProblem();
        sets.MapGet("/{id:int}", async (int id, int? version, NeuronSetQueries queries) => await queries.FindAsync(id, version) ?? throw NeuronSetCommands.Missing(id))
            .WithSummary("A set with its versions, neurons (flat indices layer · neurons a layer + neuron) and uses.");
        sets.MapGet("/{id:int}/neurons.csv", CsvAsync).WithSummary("Layer and neuron, one a line.");
        sets.MapGet("/{id:int}/compare/{other:int}", CompareAsync).WithSummary("Overlap, Jaccard and layers with another set of the same shape.").ProducesValidationProblem();
        sets.MapDelete("/{id:int}", (int id, NeuronSetCommands commands, ClaimsPrincipal user, CancellationToken cancel) => commands.RemoveAsync(id, user.Actor(), cancel))
            .WithSummary("Takes a set off the list.").ProducesValidationProblem();
    }

    private static async Task<SavedNeuronSet> SaveAsync(
        NeuronSetRequest request, NeuronSetSources sources, NeuronViews views, NeuronSetCommands commands, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        NewNeuronSet set;
        try
        {
            set = await sources.OfChoiceAsync(request.Name, request.Description, request.Run, NeuronFilter.Of(request.Where, null, null, null, null));
        }
        catch (ConditionException e)
        {
            throw new InputRefusedException("where", e.Message);
        }

        if (request.Neurons is { } listed)
        {
            var table = (await views.GetAsync(request.Run, new NeuronFilter())).Table;
            set = set with { Neurons = [.. listed.Select(n => table.FlatOf(n) ?? -1)], Origin = "listed over the API" };
        }

        var (id, version) = await commands.SaveAsync(set, user.Actor(), cancellationToken);
        return new SavedNeuronSet(id, version);
    }

    private static async Task CsvAsync(int id, int? version, NeuronSetQueries queries, HttpContext context)
    {
        NeuronSetView set = await queries.FindAsync(id, version) ?? throw NeuronSetCommands.Missing(id);
        RunExports.Begin(context, "text/csv", $"neuron-set-{id}-v{set.Shown.Version}.csv");
        await using var writer = new StreamWriter(context.Response.Body);
        await writer.WriteAsync(Csv.Line("layer", "neuron"));
        foreach (int i in set.Neurons)
            await writer.WriteAsync(Csv.Line(i / set.Shown.NeuronsPerLayer, i % set.Shown.NeuronsPerLayer));
    }

    private static async Task<NeuronSetComparison> CompareAsync(int id, int other, NeuronSetQueries queries)
    {
        NeuronSetView first = await queries.FindAsync(id) ?? throw NeuronSetCommands.Missing(id);
        NeuronSetView second = await queries.FindAsync(other) ?? throw NeuronSetCommands.Missing(other);
        return first.Shown.Layers == second.Shown.Layers && first.Shown.NeuronsPerLayer == second.Shown.NeuronsPerLayer
            ? NeuronSetComparison.Of(first.Neurons, second.Neurons, first.Shown.Layers, first.Shown.NeuronsPerLayer)
            : throw new InputRefusedException("other", "The two sets are of models of different shapes. Compare sets of one shape.");
    }
}
