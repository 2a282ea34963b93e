using System.Globalization;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Runs;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace DpoLab.Web.Playground;

/// <summary>All that decides what the lens shows, as the page's address says it.</summary>
public sealed record LensSettings
{
    /// <summary>Before a word that is no beginning of one: <c>=ing</c> is the token without a space.</summary>
    private const char NoSpace = '=';

    /// <summary>The neurons run whose models are read; null: the newest.</summary>
    public string? Run { get; init; }

    public string Prompt { get; init; } = "";

    /// <summary>A dataset of prompts instead of one; null: <see cref="Prompt"/>.</summary>
    public int? Dataset { get; init; }

    /// <summary>Its first so many prompts.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>The words to follow, with commas between them, as a person writes them.</summary>
    public string Followed { get; init; } = "shit";

    public int MaxPromptTokens { get; init; } = 32;

    public Precision Precision { get; init; }

    /// <summary>The address is one of an answer: who opens it sees it answered.</summary>
    public bool Asked { get; init; }

    private static LensSettings Usual { get; } = new();

    /// <summary>The tokens that are meant: each word with the space before it, unless it begins with <c>=</c>.</summary>
    public IReadOnlyList<string> Tokens =>
        [.. Followed.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(word => word[0] is NoSpace ? word[1..] : " " + word)];

    /// <summary>The page's address.</summary>
    public string Address => Urls.LensOf(
        ("run", Run),
        ("prompt", Prompt.Length > 0 ? Prompt : null),
        ("set", Dataset?.ToString(CultureInfo.InvariantCulture)),
        ("limit", Limit == Usual.Limit ? null : Limit.ToString(CultureInfo.InvariantCulture)),
        ("tokens", Followed == Usual.Followed ? null : Followed),
        ("cut", MaxPromptTokens == Usual.MaxPromptTokens ? null : MaxPromptTokens.ToString(CultureInfo.InvariantCulture)),
        ("precision", Precision == Usual.Precision ? null : Shell.Words.Of(Precision)),
        ("ask", Asked ? "1" : null));

    /// <summary>What an address says; what it does not say, or says wrongly, is as usual.</summary>
    public static LensSettings Read(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Dictionary<string, StringValues> query = QueryHelpers.ParseQuery(address.Query);
        return new LensSettings
        {
            Run = Text("run"),
            Prompt = Text("prompt") ?? "",
            Dataset = Number("set", 1, int.MaxValue),
            Limit = Number("limit", 1, 2000) ?? Usual.Limit,
            Followed = Text("tokens") ?? Usual.Followed,
            MaxPromptTokens = Number("cut", 1, 8192) ?? Usual.MaxPromptTokens,
            Precision = Shell.Words.Parse<Precision>(Text("precision")) ?? Usual.Precision,
            Asked = Text("ask") is "1",
        };

        string? Text(string name) => query.TryGetValue(name, out var found) && found.ToString() is { Length: > 0 } text ? text : null;
        int? Number(string name, int least, int most) => int.TryParse(Text(name), CultureInfo.InvariantCulture, out int value) && value >= least && value <= most ? value : null;
    }

    /// <summary>What the compute service is asked.</summary>
    /// <param name="prompts">The dataset; null: the prompt alone.</param>
    public PlaygroundQuestion Question(DatasetRef? prompts) => new()
    {
        RunId = Run!,
        Precision = Precision,
        Task = new LensTask
        {
            Prompt = prompts is null ? Prompt : null,
            Prompts = prompts is null ? null : prompts with { Limit = Limit },
            Tokens = Tokens,
            MaxPromptTokens = MaxPromptTokens,
        },
    };
}
