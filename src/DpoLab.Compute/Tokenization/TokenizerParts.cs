using DpoLab.Compute.Tokenization.Decoders;
using DpoLab.Compute.Tokenization.Models;
using DpoLab.Compute.Tokenization.Normalizers;
using DpoLab.Compute.Tokenization.PreTokenizers;

namespace DpoLab.Compute.Tokenization;

/// <summary>The stages that a tokenizer is made of, in the words of <c>tokenizer.json</c>.</summary>
internal sealed record TokenizerParts
{
    public required ITokenModel Model { get; init; }

    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    public INormalizer? Normalizer { get; init; }

    public IPreTokenizer? PreTokenizer { get; init; }

    public Template Template { get; init; } = Template.Nothing;

    /// <summary>Null: tokens are joined by spaces, as the library does.</summary>
    public IDecoder? Decoder { get; init; }

    public TokenRoles Roles { get; init; } = new();

    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A token that is found in the text before anything else looks at it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its spelling.</param>
/// <param name="Special">Left out of decoded text.</param>
/// <param name="Normalized">Looked for in the normalized text instead of the raw one.</param>
/// <param name="StripLeft">Swallows white space on its left.</param>
/// <param name="StripRight">Swallows white space on its right.</param>
/// <param name="SingleWord">Only where no word character touches it.</param>
/// <param name="FoundInText">False: where its spelling stands in a text, it is text.</param>
internal sealed record AddedToken(
    int Id,
    string Content,
    bool Special,
    bool Normalized = false,
    bool StripLeft = false,
    bool StripRight = false,
    bool SingleWord = false,
    bool FoundInText = true);

/// <summary>Which tokens play a part of their own, from the folder's configuration files.</summary>
internal sealed record TokenRoles(int? BeginOfText = null, int? EndOfText = null, int? Pad = null, int? MaxLength = null);

/// <summary>The special tokens before and after a text.</summary>
internal sealed record Template(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    public static Template Nothing { get; } = new([], []);

    /// <summary>How many tokens it adds.</summary>
    public int Added => Before.Count + After.Count;

    public int[] Apply(List<int> ids) => [.. Before, .. ids, .. After];
}
