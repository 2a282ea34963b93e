using System.Text.Json.Serialization;
using DpoLab.Contracts.Results;

namespace DpoLab.Contracts.Playground;

/// <summary>What happens to a question, as it happens.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(WaitingEvent), "waiting")]
[JsonDerivedType(typeof(LoadingEvent), "loading")]
[JsonDerivedType(typeof(ColumnStartedEvent), "column-started")]
[JsonDerivedType(typeof(TokenEvent), "token")]
[JsonDerivedType(typeof(ColumnEndedEvent), "column-ended")]
[JsonDerivedType(typeof(ReadingEvent), "reading")]
[JsonDerivedType(typeof(LensEvent), "lens")]
[JsonDerivedType(typeof(QuestionEndedEvent), "ended")]
public abstract record PlaygroundEvent;

/// <summary>It is not this question's turn, or a run has the device. Whatever was answered before is void: the answer begins anew.</summary>
/// <param name="Place">From 1: the next one to be answered.</param>
/// <param name="Of">Questions that wait or are answered.</param>
/// <param name="Run">The run that has the device; null: another person's question does.</param>
public sealed record WaitingEvent(int Place, int Of, string? Run = null) : PlaygroundEvent;

/// <summary>A model or scorer is being loaded.</summary>
/// <param name="What">Its name.</param>
public sealed record LoadingEvent(string What) : PlaygroundEvent;

/// <summary>A column begins to answer.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Prompt">The prompt's tokens as they were read, cut.</param>
/// <param name="Neurons">Neurons acted on; null: none, or a whole stream.</param>
public sealed record ColumnStartedEvent(string Column, IReadOnlyList<string> Prompt, int? Neurons) : PlaygroundEvent;

/// <summary>A token was chosen.</summary>
public sealed record TokenEvent : PlaygroundEvent
{
    public required string Column { get; init; }

    /// <summary>From 0.</summary>
    public required int Index { get; init; }

    public required int Id { get; init; }

    /// <summary>What it adds to the text; empty where it is the first bytes of a character.</summary>
    public required string Text { get; init; }

    /// <summary>
    /// x·w/‖w‖ of the residual stream x after the last layer, before the final norm, at the position that the token was predicted from.
    /// </summary>
    public required double Projection { get; init; }

    /// <summary>Of this token, by the model's own distribution, before temperature and top-p.</summary>
    public required double Probability { get; init; }

    /// <summary>The likeliest tokens there.</summary>
    public required IReadOnlyList<NextToken> Top { get; init; }
}

/// <summary>A token that could come next.</summary>
/// <param name="Id">In the vocabulary.</param>
/// <param name="Text">Leading space included.</param>
/// <param name="Probability">By the model's own distribution.</param>
public sealed record NextToken(int Id, string Text, double Probability);

/// <summary>A column has answered.</summary>
public sealed record ColumnEndedEvent : PlaygroundEvent
{
    public required string Column { get; init; }

    /// <summary>The answer, without the prompt.</summary>
    public required string Text { get; init; }

    public required int Tokens { get; init; }

    /// <summary>It ended by itself, before the limit.</summary>
    public required bool Ended { get; init; }

    /// <summary>By the question's scorer; null: there is none, or the answer could not be scored.</summary>
    public double? Toxicity { get; init; }

    /// <summary>Of the answer after the prompt, under the plain base model; null: the answer is empty.</summary>
    public double? Perplexity { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>From the beginning of this column to its first token.</summary>
    public required double FirstTokenSeconds { get; init; }

    /// <summary>From the first token to the last.</summary>
    public required double FurtherSeconds { get; init; }
}

/// <summary>Prompts read by the lens.</summary>
public sealed record ReadingEvent(int Done, int Total) : PlaygroundEvent;

/// <summary>The lens has read both models.</summary>
public sealed record LensEvent(LensReport Report) : PlaygroundEvent;

/// <summary>All is answered.</summary>
/// <param name="Device">Where it was computed.</param>
/// <param name="ScorerDigest">SHA-256 of the scorer; null: none.</param>
public sealed record QuestionEndedEvent(string Device, string? ScorerDigest = null) : PlaygroundEvent;

/// <summary>What the lens saw.</summary>
public sealed record LensReport
{
    /// <summary>The followed tokens.</summary>
    public required IReadOnlyList<LensedToken> Tokens { get; init; }

    public required int Layers { get; init; }

    /// <summary>How many prompts were read.</summary>
    public required int Prompts { get; init; }

    /// <summary>The base model's points, from the first layer up.</summary>
    public required IReadOnlyList<LensPoint> Base { get; init; }

    public required IReadOnlyList<LensPoint> Tuned { get; init; }
}

/// <summary>A followed token.</summary>
public sealed record LensedToken(int Id, string Text);

/// <summary>What would come next if the model ended here.</summary>
public sealed record LensPoint
{
    public required int Layer { get; init; }

    /// <summary>After the layer's MLP (<c>resid_post</c>) rather than before it (<c>resid_mid</c>).</summary>
    public required bool AfterMlp { get; init; }

    /// <summary>For each followed token the mean of its probability over the prompts, with its 95 % interval.</summary>
    public required IReadOnlyList<Estimate> Probabilities { get; init; }

    /// <summary>The likeliest tokens, by mean probability.</summary>
    public required IReadOnlyList<NextToken> Top { get; init; }
}

/// <summary>A line that the compute service writes to the process that keeps the models.</summary>
/// <param name="Ask">A question; null: what is being answered is to stop.</param>
public sealed record WarmOrder(PlaygroundQuestion? Ask = null);

/// <summary>A line that this process writes.</summary>
/// <param name="Event">What happened; null: the question is done with.</param>
/// <param name="Failure">Why it could not be answered, in words for people.</param>
public sealed record WarmReply(PlaygroundEvent? Event = null, string? Failure = null);
