using DpoLab.Compute.Data;
using DpoLab.Compute.Generation;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>What the models of a neurons run read, as token ids. Base and tuned model share a tokenizer.</summary>
internal sealed class NeuronTexts
{
    private readonly InputResolver inputs;
    private readonly CancellationToken cancellation;
    private readonly NeuronsParameters parameters;
    private IReadOnlyList<string> prompts = [];
    private IReadOnlyList<Continuation> continuations = [];
    private readonly string text = "";
    private IReadOnlyList<int[]>? answers;

    public NeuronTexts(InputResolver inputs, NeuronsParameters parameters, CancellationToken cancellation)
    {
        (this.inputs, this.parameters, this.cancellation) = (inputs, parameters, cancellation);
        switch (parameters.Reading)
        {
            case NeuronReading.Continuations:
                continuations = Datasets.Continuations(FileOf(parameters.Continuations!), cancellation);
                break;
            case NeuronReading.Text:
                text = Datasets.TextCorpus(FileOf(parameters.Text!), cancellation);
                break;
            default:
                prompts = Datasets.Prompts(FileOf(parameters.Prompts!), cancellation);
                break;
        }
    }

    /// <summary>Prompts, or pieces of text.</summary>
    public int Count(LoadedModel model) => parameters.Reading is NeuronReading.Text ? Pieces(model).Prompts.Length : Math.Max(prompts.Count, continuations.Count);

    /// <summary>Goes on with the first so many prompts alone.</summary>
    public void Keep(int most) => (prompts, continuations) = ([.. prompts.Take(most)], [.. continuations.Take(most)]);

    /// <summary>The prompts that are answered, cut.</summary>
    public int[][] Prompts(LoadedModel model)
    {
        int[][] ids = [.. prompts.Select(prompt => model.Encode(prompt, parameters.MaxPromptTokens, "A prompt"))];
        model.RequireRoom(ids.Max(p => p.Length), parameters.NewTokens);
        return ids;
    }

    /// <summary>Lets the base model answer greedily; its end of text is part of the text, as it is when a model reads its own answers.</summary>
    public void Answer(LoadedModel model, IProgress<GenerationProgress> progress) => answers = TextGenerator.GenerateAll(
        model.Decoder, Prompts(model), model.Greedy(parameters.NewTokens), parameters.BatchSize, progress, cancellation);

    /// <summary>What both models read: prompts, and for each the tokens that count.</summary>
    /// <exception cref="InputException">Nothing is left to count.</exception>
    public (int[][] Prompts, IReadOnlyList<int[]> Continuations) Read(LoadedModel model)
    {
        (int[][] Prompts, IReadOnlyList<int[]> Continuations) read = parameters.Reading switch
        {
            NeuronReading.BaseAnswers => (Prompts(model), answers!),
            NeuronReading.Continuations => Gold(model),
            _ => Pieces(model),
        };
        return read.Continuations.Any(c => c.Length > 0)
            ? read
            : throw new InputException("No token counts: the texts are shorter than the prompt's cut. Lower the prompt tokens, or choose longer texts.");
    }

    private (int[][] Prompts, IReadOnlyList<int[]> Continuations) Gold(LoadedModel model)
    {
        int[][] asked = [.. continuations.Select(c => model.Encode(c.Prompt, parameters.MaxPromptTokens, "A prompt"))];
        model.RequireRoom(asked.Max(p => p.Length), parameters.NewTokens);
        int[][] said = [.. continuations.Select(c => model.Tokenizer.Encode(c.Gold, specialTokens: false)).Select(ids => ids[..Math.Min(ids.Length, parameters.NewTokens)])];
        return (asked, said);
    }

    /// <summary>The text in pieces of prompt and new tokens, one behind the other; what is left at its end is not read.</summary>
    private (int[][] Prompts, IReadOnlyList<int[]> Continuations) Pieces(LoadedModel model)
    {
        int prompt = parameters.MaxPromptTokens;
        int length = prompt + parameters.NewTokens;
        model.RequireRoom(prompt, parameters.NewTokens);
        int[][] pieces = [.. model.Tokenizer.Encode(text, specialTokens: false).Chunk(length).Where(piece => piece.Length == length)];
        return ([.. pieces.Select(piece => piece[..prompt])], [.. pieces.Select(piece => piece[prompt..])]);
    }

    private DatasetFile FileOf(DatasetRef dataset) => DatasetFile.Of(inputs.Find(dataset.File), dataset);
}
