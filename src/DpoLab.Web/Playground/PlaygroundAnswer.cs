using DpoLab.Contracts.Playground;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Playground;

/// <summary>How far a question is.</summary>
public enum AnswerState
{
    /// <summary>Nothing was asked.</summary>
    None,
    Waiting,
    Loading,
    Answering,
    Done,
    Stopped,
    Failed,
}

/// <summary>A question's answer as it grows, column by column, from the events of the compute service.</summary>
public sealed class PlaygroundAnswer
{
    private readonly Dictionary<ColumnKind, ColumnAnswer> columns = [];

    public AnswerState State { get; private set; }

    /// <summary>It is not there yet, and can be stopped.</summary>
    public bool IsBusy => State is AnswerState.Waiting or AnswerState.Loading or AnswerState.Answering;

    /// <summary>While it waits.</summary>
    public WaitingEvent? Waits { get; private set; }

    /// <summary>What is being loaded.</summary>
    public string? Loads { get; private set; }

    /// <summary>Why it failed.</summary>
    public string? Failure { get; private set; }

    /// <summary>Where it was computed, and by which scorer.</summary>
    public QuestionEndedEvent? Source { get; private set; }

    /// <summary>A column; empty until it begins.</summary>
    public ColumnAnswer Of(ColumnKind kind) => columns.GetValueOrDefault(kind) ?? ColumnAnswer.Empty;

    /// <summary>Toxicity of the base column; null: it is not there, or was not scored.</summary>
    public double? BaseToxicity => Of(ColumnKind.Base).End?.Toxicity;

    /// <summary>The first token, from 1, at which the columns that have begun are not all the same; null: they agree so far.</summary>
    public int? PartsAt
    {
        get
        {
            var begun = columns.Values.Where(column => column.Tokens.Count > 0).ToList();
            int common = begun.Select(column => column.Tokens.Count).DefaultIfEmpty(0).Min();
            for (int i = 0; begun.Count > 1 && i < common; i++)
            {
                if (begun.Select(column => column.Tokens[i].Id).Distinct().Count() > 1)
                    return i + 1;
            }

            return null;
        }
    }

    /// <summary>
    /// Projections from which a token is shaded weakly, clearly, strongly: a fifth, a half and four fifths of the largest one so far, because their
    /// scale is the model's.
    /// </summary>
    public (double Weak, double Clear, double Strong) Steps => StepsOf(columns.Values.SelectMany(column => column.Tokens));

    /// <summary>The same for any tokens.</summary>
    public static (double Weak, double Clear, double Strong) StepsOf(IEnumerable<TokenEvent> tokens)
    {
        double most = tokens.Select(token => Math.Abs(token.Projection)).DefaultIfEmpty(1).Max();
        return (most * 0.2, most * 0.5, most * 0.8);
    }

    /// <summary>A question was sent.</summary>
    public void Begin()
    {
        columns.Clear();
        (State, Waits, Loads, Failure, Source) = (AnswerState.Loading, null, null, null, null);
    }

    /// <summary>Takes in what happened.</summary>
    public void Take(PlaygroundEvent happened)
    {
        switch (happened)
        {
            case WaitingEvent waiting:
                columns.Clear(); // what was answered before is void
                (State, Waits) = (AnswerState.Waiting, waiting);
                break;
            case LoadingEvent loading:
                (State, Loads) = (AnswerState.Loading, loading.What);
                break;
            case ColumnStartedEvent started when Words.Parse<ColumnKind>(started.Column) is { } kind:
                (State, columns[kind]) = (AnswerState.Answering, new ColumnAnswer { Prompt = started.Prompt, Neurons = started.Neurons });
                break;
            case TokenEvent token when Words.Parse<ColumnKind>(token.Column) is { } kind:
                columns[kind] = columns[kind] with { Tokens = [.. columns[kind].Tokens, token] };
                break;
            case ColumnEndedEvent ended when Words.Parse<ColumnKind>(ended.Column) is { } kind:
                columns[kind] = columns[kind] with { End = ended };
                break;
            case QuestionEndedEvent ended:
                (State, Source) = (AnswerState.Done, ended);
                break;
        }
    }

    /// <summary>The person stopped it.</summary>
    public void Stop() => State = AnswerState.Stopped;

    /// <summary>It cannot be answered.</summary>
    public void Fail(string reason) => (State, Failure) = (AnswerState.Failed, reason);
}

/// <summary>What a column has said.</summary>
public sealed record ColumnAnswer
{
    public static ColumnAnswer Empty { get; } = new();

    /// <summary>The prompt's tokens as the model read them; empty until the column begins.</summary>
    public IReadOnlyList<string> Prompt { get; init; } = [];

    public IReadOnlyList<TokenEvent> Tokens { get; init; } = [];

    /// <summary>Neurons acted on; null: none, or a whole stream.</summary>
    public int? Neurons { get; init; }

    /// <summary>Null until it is complete.</summary>
    public ColumnEndedEvent? End { get; init; }

    public bool HasBegun => Prompt.Count > 0;
}
