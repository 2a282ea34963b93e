namespace DpoLab.Compute.Tokenization.Models;

/// <summary>Cuts one pre-tokenized piece of text into tokens of its vocabulary.</summary>
internal interface ITokenModel
{
    /// <summary>The greatest id of the vocabulary, plus 1.</summary>
    int Size { get; }

    /// <summary>Adds the ids of the piece to <paramref name="ids"/>.</summary>
    void Encode(string piece, List<int> ids);

    /// <summary>Null: no such token.</summary>
    int? IdOf(string token);

    /// <summary>Null: no such id.</summary>
    string? TokenOf(int id);
}
