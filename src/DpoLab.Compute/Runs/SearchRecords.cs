using System.Globalization;
using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>The artifact of trials: what a search goes on from, and what others can go on from.</summary>
internal sealed class SearchRecords
{
    private readonly RunContext context;
    private readonly SortedDictionary<string, string> measuredOn;

    /// <summary>Reads the trials of the search that is extended, if one is.</summary>
    /// <exception cref="InputException">The earlier search measured on something else.</exception>
    public SearchRecords(RunContext context, SearchParameters parameters)
    {
        this.context = context;
        measuredOn = MeasuredOn(parameters);
        Trials = parameters.Extends is { } extended ? Read(extended) : [];
    }

    /// <summary>Trials of earlier searches; empty where there are none.</summary>
    public IReadOnlyList<SearchTrial> Trials { get; }

    /// <summary>Writes all trials.</summary>
    public void Write(EvaluationRow plain, IReadOnlyList<SearchTrial> trials) => context.Artifacts.File(
        Artifacts.Search, path => File.WriteAllText(path, JsonSerializer.Serialize(new SearchRecord(measuredOn, plain, trials), ContractJson.Options)));

    private IReadOnlyList<SearchTrial> Read(InputRef extended)
    {
        string path = context.Inputs.Find(extended);
        SearchRecord record;
        try
        {
            record = JsonSerializer.Deserialize<SearchRecord>(File.ReadAllBytes(path), ContractJson.Options)!;
        }
        catch (JsonException e)
        {
            throw new InputException($"{extended.Name}: {path} is no record of a search. Choose the trials of a finished search.", e);
        }

        foreach (var (what, value) in measuredOn)
        {
            string before = record.MeasuredOn.GetValueOrDefault(what, "");
            if (before != value)
            {
                throw new InputException(
                    $"{extended.Name} was measured with another {what}: {before} there, {value} here, so its trials cannot be compared with new ones. "
                    + "Extend it with the settings that it has, or start a new search.");
            }
        }

        return record.Trials;
    }

    private SortedDictionary<string, string> MeasuredOn(SearchParameters p)
    {
        string Digest(InputRef input) => context.Inputs.Digest(input, context.Cancellation);
        string Of(DatasetRef data) =>
            $"{Digest(data.File)} {string.Join(',', (data.Columns ?? new Dictionary<string, string>()).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}={c.Value}"))} {data.Limit}".TrimEnd();
        return new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["model"] = Digest(p.Model),
            ["set of neuron statistics"] = Digest(p.Neurons),
            ["set of prompts"] = Of(p.Data.Prompts),
            ["text"] = Of(p.Data.Text!),
            ["scorer"] = $"{Digest(p.Data.Scorer)} {p.Data.ScorerLabel}".TrimEnd(),
            ["number of selection prompts"] = p.SelectionPrompts?.ToString(CultureInfo.InvariantCulture) ?? "all",
            ["length of prompts and answers"] = string.Create(CultureInfo.InvariantCulture, $"{p.Data.MaxPromptTokens} and {p.Data.NewTokens}"),
            ["window of perplexity"] = string.Create(CultureInfo.InvariantCulture, $"{p.Data.Window} by {p.Data.Stride}"),
            ["seed"] = p.Seed.ToString(CultureInfo.InvariantCulture),
            ["protocol"] = p.Protocol.ToString(),
            ["precision"] = p.Precision.ToString(),
        };
    }
}
