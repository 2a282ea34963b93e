using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;

namespace DpoLab.Web.Runs;

/// <summary>How a list of runs is sorted.</summary>
public enum RunOrder
{
    Newest,
    Oldest,
    Name,
    Finished,
}

/// <summary>Which runs a list shows.</summary>
public sealed record RunFilter
{
    /// <summary>In the name, id, model or tags.</summary>
    public string? Text { get; init; }

    /// <summary>Empty: all.</summary>
    public IReadOnlyList<RunState> States { get; init; } = [];

    /// <summary>Empty: all.</summary>
    public IReadOnlyList<RunKind> Kinds { get; init; } = [];

    public string? Tag { get; init; }

    public string? StudyId { get; init; }

    public bool Archived { get; init; }

    public RunOrder Order { get; init; } = RunOrder.Newest;

    public int Skip { get; init; }

    public int Take { get; init; } = 50;

    /// <summary>Waiting, queued and running ones.</summary>
    public static RunFilter Active { get; } = new() { States = [RunState.Waiting, RunState.Queued, RunState.Running], Take = 200 };
}

/// <summary>Which generated texts a list shows.</summary>
public sealed record TextFilter
{
    /// <summary>Null: all variants.</summary>
    public string? Variant { get; init; }

    /// <summary>Training step; null: all.</summary>
    public long? Step { get; init; }

    public string? Text { get; init; }

    public TextOrder Order { get; init; }

    public int Skip { get; init; }

    public int Take { get; init; } = 50;
}

/// <summary>How texts are sorted.</summary>
public enum TextOrder
{
    Prompt,
    MostToxic,
    LeastToxic,
}
