using DpoLab.Web.Playground;

namespace DpoLab.Web.Neurons;

/// <summary>One prompt's answers: by base, by base with the neuron changed, and by the tuned model. Each is asked for once and kept until it is forgotten.</summary>
public sealed class PromptEffect(string prompt)
{
    private readonly Dictionary<ColumnKind, ColumnAnswer> kept = [];

    public string Prompt => prompt;

    /// <summary>The question under way, or the last one.</summary>
    public PlaygroundAnswer Answer { get; private set; } = new();

    /// <summary>What a model has said so far.</summary>
    public ColumnAnswer Of(ColumnKind kind) => kept.GetValueOrDefault(kind) ?? Answer.Of(kind);

    /// <summary>Those of the models whose answer is not complete.</summary>
    public IReadOnlyList<ColumnKind> Missing(IEnumerable<ColumnKind> kinds) => [.. kinds.Where(kind => Of(kind).End is null)];

    /// <summary>A question was sent, for this answer; what is complete stays.</summary>
    public PlaygroundAnswer Begin()
    {
        Keep();
        Answer.Begin();
        return Answer;
    }

    /// <summary>The neuron is changed in another way: what was said with it changed means nothing any more.</summary>
    public void ForgetChange()
    {
        Keep();
        foreach (ColumnKind kind in kept.Keys.Where(kind => kind is not (ColumnKind.Base or ColumnKind.Dpo)).ToList())
            kept.Remove(kind);
    }

    private void Keep()
    {
        foreach (ColumnKind kind in Enum.GetValues<ColumnKind>())
        {
            if (Answer.Of(kind) is { End: not null } complete)
                kept[kind] = complete;
        }

        Answer = new PlaygroundAnswer(); // what comes late is told to the old one
    }
}
