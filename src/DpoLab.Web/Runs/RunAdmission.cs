using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Runs;

/// <summary>Checks what is submitted and puts it into the database.</summary>
public sealed class RunAdmission(ServiceBoard services)
{
    /// <summary>What is wrong with a spec by itself; empty when nothing is. The form asks it while typing.</summary>
    public static IReadOnlyList<FieldError> Check(RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var errors = new List<FieldError>(spec.Parameters.Validate());
        if (string.IsNullOrWhiteSpace(spec.Name))
            errors.Insert(0, new FieldError("name", "The name is empty. Enter one: it is shown in lists."));
        if (!RunIds.IsValid(spec.Id))
            errors.Add(new FieldError("id", $"'{spec.Id}' cannot name a run. Use letters, digits and dashes, at most 64."));
        return errors;
    }

    internal async Task AdmitAsync(LabDbContext db, IReadOnlyList<RunSpec> specs, Actor by, string? service, CancellationToken cancellationToken)
    {
        if (specs.Count == 0)
            throw new InputRefusedException("runs", "There is nothing to run.");
        FieldError[] errors = [.. specs.SelectMany((spec, i) => Check(spec).Select(e => specs.Count == 1 ? e : e with { Field = $"runs[{i}].{e.Field}" }))];
        if (errors.Length > 0)
            throw new InputRefusedException(errors);
        await CheckIdsAsync(db, specs, cancellationToken);
        IReadOnlyDictionary<string, string> needed = await NeededAsync(db, specs, cancellationToken);
        string where = ServiceFor(needed, service);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        for (int i = 0; i < specs.Count; i++)
        {
            RunSpec spec = specs[i];
            db.Runs.Add(new RunEntity
            {
                Id = spec.Id,
                Name = spec.Name.Trim(),
                Kind = spec.Parameters.Kind,
                State = RunState.Waiting,
                Service = where,
                Model = ModelOf(spec.Parameters)?.Name,
                CreatedBy = by.Name,
                // one microsecond apart, so that lists keep the order in which they were given
                CreatedAt = now.AddMicroseconds(i),
                SpecJson = JsonSerializer.Serialize(spec, ContractJson.Options),
            });
            db.RunNeeds.AddRange(spec.Needs.Select(n => new RunNeedEntity { RunId = spec.Id, NeededId = n }));
        }
    }

    internal static InputRef? ModelOf(RunParameters parameters) => parameters switch
    {
        DirectionParameters direction => direction.Model,
        PairsParameters pairs => pairs.Model,
        DpoParameters dpo => dpo.Model,
        NeuronsParameters neurons => neurons.Base,
        EvaluateParameters evaluate => evaluate.Model,
        SweepParameters sweep => sweep.Model,
        SearchParameters search => search.Model,
        VerifyParameters verify => verify.Model,
        ExportParameters export => export.Model,
        DynamicPatchParameters patch => patch.Model,
        SurviveParameters survive => survive.Model,
        _ => null,
    };

    private static async Task CheckIdsAsync(LabDbContext db, IReadOnlyList<RunSpec> specs, CancellationToken cancellationToken)
    {
        string[] ids = [.. specs.Select(s => s.Id)];
        if (ids.Distinct(StringComparer.Ordinal).Count() != ids.Length)
            throw new InputRefusedException("id", "Two of the runs have the same id. Leave ids out to get new ones.");
        if (await db.Runs.Where(r => ids.Contains(r.Id)).Select(r => r.Id).FirstOrDefaultAsync(cancellationToken) is { } taken)
            throw new InputRefusedException("id", $"There is a run {taken} already. Leave the id out to get a new one.");
    }

    /// <summary>The service of every run that is needed and there already.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> NeededAsync(LabDbContext db, IReadOnlyList<RunSpec> specs, CancellationToken cancellationToken)
    {
        var own = specs.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        string[] others = [.. specs.SelectMany(s => s.Needs).Where(id => !own.Contains(id)).Distinct(StringComparer.Ordinal)];
        Dictionary<string, string> found = await db.Runs.Where(r => others.Contains(r.Id)).ToDictionaryAsync(r => r.Id, r => r.Service, cancellationToken);
        if (others.FirstOrDefault(id => !found.ContainsKey(id)) is { } missing)
            throw new InputRefusedException("inputs", $"Run {missing}, whose result is to be read, is not in this lab. Choose another input.");
        RefuseCircles(specs);
        return found;
    }

    private static void RefuseCircles(IReadOnlyList<RunSpec> specs)
    {
        var open = specs.ToDictionary(s => s.Id, s => s.Needs.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        while (open.Count > 0)
        {
            string[] free = [.. open.Where(s => !s.Value.Any(open.ContainsKey)).Select(s => s.Key)];
            if (free.Length == 0)
                throw new InputRefusedException("inputs", $"Runs {string.Join(", ", open.Keys)} wait for each other in a circle. Take one input away.");
            foreach (string id in free)
                open.Remove(id);
        }
    }

    /// <summary>Artifacts stay on the host that made them, so a run goes where the runs that it needs are.</summary>
    private string ServiceFor(IReadOnlyDictionary<string, string> needed, string? asked)
    {
        string[] holders = [.. needed.Values.Distinct(StringComparer.Ordinal)];
        if (holders.Length > 1)
            throw new InputRefusedException("service", $"The inputs are on different compute services ({string.Join(", ", holders)}). Choose inputs of one.");
        string? service = holders.FirstOrDefault() ?? asked ?? services.List().Select(s => s.Name).FirstOrDefault();
        if (service is null)
            throw new InputRefusedException("service", "No compute service is configured. Set Compute:Mode to Embedded or add one to Compute:Services.");
        if (asked is not null && asked != service)
            throw new InputRefusedException("service", $"The inputs are on {service}, not on {asked}. Choose {service}.");
        return services.Find(service) is not null
            ? service
            : throw new InputRefusedException("service", $"There is no compute service '{service}'. Choose one of: {string.Join(", ", services.List().Select(s => s.Name))}.");
    }
}
