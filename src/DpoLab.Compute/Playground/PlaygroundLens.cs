using DpoLab.Compute.Data;
using DpoLab.Compute.Neurons;
using DpoLab.Compute.Runs;
using DpoLab.Contracts.Playground;

namespace DpoLab.Compute.Playground;

/// <summary>Reads prompts with both models through the logit lens.</summary>
internal sealed class PlaygroundLens(WarmSet set, LensTask task, Action<PlaygroundEvent> tell, CancellationToken cancellation)
{
    private const int MostPrompts = 2000;
    private const int MostTokens = 6;

    /// <summary>Reads them.</summary>
    /// <exception cref="InputException">The question cannot be answered; the message says why.</exception>
    public LensReport Run()
    {
        var before = set.Base(tell);
        var followed = Followed(before);
        var prompts = Prompts();
        var plain = Read(before, prompts, followed, told: 0);
        return new LensReport
        {
            Tokens = followed,
            Layers = before.Decoder.Configuration.Layers,
            Prompts = prompts.Count,
            Base = plain,
            Tuned = Read(set.Model(wantsTuned: true, tell), prompts, followed, told: prompts.Count),
        };
    }

    private IReadOnlyList<LensPoint> Read(LoadedModel model, IReadOnlyList<string> prompts, IReadOnlyList<LensedToken> followed, int told)
    {
        int[][] ids = [.. prompts.Select(prompt => model.Encode(prompt, task.MaxPromptTokens, "A prompt"))];
        model.RequireRoom(ids.Max(p => p.Length), newTokens: 1);
        return LayerLens.Read(
            model.Decoder, model.Tokenizer, ids, [.. followed.Select(token => token.Id)], task.Top, progress: new Counted(tell, told, 2 * prompts.Count), cancellationToken: cancellation);
    }

    private List<LensedToken> Followed(LoadedModel model)
    {
        if (task.Tokens.Count is < 1 or > MostTokens)
            throw new InputException($"{task.Tokens.Count} tokens are to be followed. Enter 1 to {MostTokens}.");
        if (task.Top is < 1 or > 50)
            throw new InputException($"The {task.Top} likeliest tokens are asked for. Enter 1 to 50.");
        return [.. task.Tokens.Select(text => Single(model, text)).DistinctBy(token => token.Id)];
    }

    private static LensedToken Single(LoadedModel model, string text)
    {
        int[] ids = model.Tokenizer.Encode(text, specialTokens: false);
        if (ids is [var only])
            return new LensedToken(only, model.Tokenizer.Decode([only], skipSpecialTokens: false));
        string parts = string.Join(", ", ids.Select(id => $"“{model.Tokenizer.Decode([id], skipSpecialTokens: false)}”"));
        throw new InputException(
            ids.Length == 0
                ? "A token to follow is empty. Enter a word, with a space before it where it begins a word."
                : $"“{text}” is {ids.Length} tokens of this model ({parts}), and the lens follows single ones. Enter one of them.");
    }

    private IReadOnlyList<string> Prompts()
    {
        IReadOnlyList<string> prompts = task.Prompts is { } dataset ? Datasets.Prompts(set.FileOf(dataset), cancellation) : [task.Prompt ?? ""];
        prompts = [.. prompts.Where(prompt => prompt.Length > 0)];
        return prompts.Count is >= 1 and <= MostPrompts
            ? prompts
            : throw new InputException($"There are {prompts.Count} prompts to read. Give 1 to {MostPrompts}: set a limit on the dataset.");
    }

    private sealed class Counted(Action<PlaygroundEvent> tell, int before, int total) : IProgress<int>
    {
        public void Report(int value) => tell(new ReadingEvent(before + value, total));
    }
}
