using System.Globalization;
using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>The README of an exported model: what made it, so that its numbers can be traced.</summary>
internal static class ModelCard
{
    public static string Of(RunContext context, ExportParameters parameters, ExportResult result)
    {
        string digests = string.Join('\n', context.Digests.Select(input => $"| {input.Key} | `{input.Value}` |"));
        return string.Create(CultureInfo.InvariantCulture, $"""
            ---
            library_name: transformers
            pipeline_tag: text-generation
            tags: [dpolab, dpo, detoxification]
            ---

            # {context.Spec.Name}

            {What(parameters, result)}

            | | |
            |---|---|
            | made from | {parameters.Model.Name}{(parameters.Model.RunId is { } run ? $", of run {run}" : "")} |
            | SHA-256 of that model | `{result.ModelDigest}` |
            | SHA-256 of this model | `{result.Digest}` |
            | made by run | {context.Spec.Id} |
            | protocol, seed | {parameters.Protocol.ToString().ToLowerInvariant()}, {parameters.Seed} |
            | stored as | {result.StoredPrecision}, {result.WeightBytes} bytes in {result.Shards} file(s) |

            Digests are SHA-256 over the sorted lines `sha256  path` of configuration, weights and tokenizer.

            ## Checked

            Loaded again and compared with the live model on {result.Check.Texts} texts, {result.Check.Positions} positions: the largest difference of a logit is
            {result.Check.LargestDifference:g3} (bound {result.Check.Bound:g3}), the most probable token agrees at {result.Check.SameTopToken:0.#%} of the positions.
            {Change(result)}

            ## Inputs

            | input | SHA-256 |
            |---|---|
            {digests}
            {Settings(parameters)}
            The licence of the model that it was made from applies.

            """);
    }

    private static string What(ExportParameters parameters, ExportResult result) => (parameters.Intervention, parameters.Adapter) switch
    {
        (null, null) => $"{parameters.Model.Name}, as the lab has it.",
        (null, { } adapter) => $"{parameters.Model.Name} with the LoRA adapter {adapter.Name} merged into its weights.",
        _ => $"{parameters.Model.Name}{(result.Merged ? $" with the LoRA adapter {parameters.Adapter!.Name} merged in" : "")}, with an intervention on its MLP neurons written into the "
            + "weights. Weights act at every position, so prompts are read edited too, where the lab’s evaluations may begin at the last prompt position.",
    };

    private static string Change(ExportResult result) => result.Check.LogitChange > 0
        ? string.Create(CultureInfo.InvariantCulture, $"What was written into the weights moves a logit of these texts by up to {result.Check.LogitChange:g3}.")
        : "";

    private static string Settings(ExportParameters parameters) => parameters.Intervention is null
        ? ""
        : $"\n## Intervention\n\n```json\n{JsonSerializer.Serialize(parameters.Intervention, ContractJson.Indented)}\n```\n";
}
