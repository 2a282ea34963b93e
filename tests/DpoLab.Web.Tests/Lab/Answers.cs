using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using DpoLab.Web.Neurons;

namespace DpoLab.Web.Tests.Lab;

/// <summary>What the warm process says about a prompt.</summary>
internal static class Answers
{
    /// <summary>An answer of tokens " 5", " 6", …, each the likeliest one where it stands.</summary>
    public static PlaygroundEvent[] Of(string column, double? toxicity, VerdictKind verdict, params int[] ids) =>
    [
        Begun(column),
        .. ids.Select((id, i) => Token(column, i, projection: 4 - i, new NextToken(id, $" {id}", 0.5), new NextToken(1, " the", 0.25))),
        Ended(column, toxicity, verdict, ids.Length),
    ];

    public static ColumnStartedEvent Begun(string column) => new(column, ["You"], column is "base" or "dpo" ? null : 1);

    /// <summary>The first of the likeliest is chosen.</summary>
    public static TokenEvent Token(string column, int index, double projection, params NextToken[] top) => new()
    {
        Column = column,
        Index = index,
        Id = top[0].Id,
        Text = top[0].Text,
        Projection = projection,
        Probability = top[0].Probability,
        Top = top,
    };

    public static ColumnEndedEvent Ended(string column, double? toxicity, VerdictKind verdict, int tokens) => new()
    {
        Column = column,
        Text = "text",
        Tokens = tokens,
        Ended = false,
        Toxicity = toxicity,
        Perplexity = 12,
        Verdict = new Verdict(verdict),
        FirstTokenSeconds = 0.1,
        FurtherSeconds = 0.2,
    };

    /// <summary>A prompt to which all of this was said.</summary>
    public static PromptEffect Told(string prompt, params IEnumerable<PlaygroundEvent> events)
    {
        var effect = new PromptEffect(prompt);
        effect.Begin();
        foreach (PlaygroundEvent happened in events)
            effect.Answer.Take(happened);
        return effect;
    }
}
