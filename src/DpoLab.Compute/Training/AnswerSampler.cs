using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;

namespace DpoLab.Compute.Training;

/// <summary>The greedy answers that are shown side by side at validations.</summary>
public static class AnswerSampler
{
    /// <summary>A function that answers prompts with the model as it is at the call, for <see cref="TrainingSubject.Answer"/>.</summary>
    /// <param name="model">Who answers.</param>
    /// <param name="tokens">Tokens of an answer; fewer where the model's context ends.</param>
    /// <param name="endOfText">The ids that end an answer; they are not part of it.</param>
    public static Func<IReadOnlyList<int[]>, IReadOnlyList<int[]>> Greedy(Decoder model, int tokens, IReadOnlyList<long> endOfText) => prompts =>
    {
        int room = model.Configuration.ContextLength - prompts.Max(prompt => prompt.Length) + 1;
        if (room < 1)
            return [.. prompts.Select(_ => Array.Empty<int>())];
        var options = new GenerationOptions { NewTokens = Math.Min(tokens, room), EndOfText = endOfText };
        return
        [
            .. TextGenerator.GenerateAll(model, prompts, options)
                .Select(answer => answer.Length > 0 && endOfText.Contains(answer[^1]) ? answer[..^1] : answer),
        ];
    };
}
