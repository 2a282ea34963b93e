using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Runs;

/// <summary>What the list of runs shows, as its address says it.</summary>
internal sealed record RunListState
{
    public const int PageSize = 50;

    /// <summary>Columns that can be switched on and off, by name, with their titles; State and Run always show.</summary>
    public static IReadOnlyList<(string Name, string Title)> Columns { get; } =
    [
        ("kind", "Kind"), ("model", "Model"), ("study", "Study"), ("progress", "Progress"), ("time", "Took"), ("created", "Created"), ("finished", "Finished"),
        ("by", "By"), ("service", "Service"), ("memory", "Peak memory"), ("tags", "Tags"),
    ];

    private static readonly string[] Usual = ["kind", "model", "study", "progress", "time", "created", "tags"];

    public string? Text { get; init; }

    public RunKind? Kind { get; init; }

    /// <summary><c>active</c>, <c>running</c>, <c>waiting</c>, <c>done</c>, <c>failed</c>, <c>cancelled</c>; null: all.</summary>
    public string? State { get; init; }

    public string? Tag { get; init; }

    public bool Archived { get; init; }

    public RunOrder Order { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    public required IReadOnlySet<string> Shown { get; init; }

    public bool IsFiltered => !string.IsNullOrWhiteSpace(Text) || Kind is not null || State is not null || Tag is not null || Archived;

    /// <summary>What is filtered by, in words: <c>kind: dpo, tag: 8B</c>.</summary>
    public string FilterWords => string.Join(", ", new[]
    {
        string.IsNullOrWhiteSpace(Text) ? null : $"“{Text}”",
        Kind is { } kind ? $"kind: {Words.Of(kind)}" : null,
        State is null ? null : $"state: {State}",
        Tag is null ? null : $"tag: {Tag}",
        Archived ? "archived" : null,
    }.OfType<string>());

    public static RunListState Of(string? text, string? kind, string? state, string? tag, bool archived, string? order, int? page, string? columns) => new()
    {
        Text = text,
        Kind = Words.Parse<RunKind>(kind),
        State = StatesOf(state).Count > 0 ? state : null,
        Tag = tag,
        Archived = archived,
        Order = Words.Parse<RunOrder>(order) ?? RunOrder.Newest,
        Page = Math.Max(1, page ?? 1),
        Shown = (columns?.Split('.', StringSplitOptions.RemoveEmptyEntries) ?? Usual).ToHashSet(StringComparer.Ordinal),
    };

    /// <summary>The query value of the shown columns; null: the usual ones.</summary>
    public static string? ColumnsValue(IReadOnlySet<string> shown) =>
        shown.SetEquals(Usual) ? null : string.Join('.', Columns.Select(c => c.Name).Where(shown.Contains)) is { Length: > 0 } some ? some : "none";

    public RunFilter ToFilter() => new()
    {
        Text = Text,
        Kinds = Kind is { } kind ? [kind] : [],
        States = StatesOf(State),
        Tag = Tag,
        Archived = Archived,
        Order = Order,
        Skip = (Page - 1) * PageSize,
        Take = PageSize,
    };

    private static IReadOnlyList<RunState> StatesOf(string? state) => state switch
    {
        "active" => [RunState.Waiting, RunState.Queued, RunState.Running],
        "running" => [RunState.Running],
        "waiting" => [RunState.Waiting, RunState.Queued],
        "done" => [RunState.Succeeded],
        "failed" => [RunState.Failed],
        "cancelled" => [RunState.Cancelled],
        _ => [],
    };
}
