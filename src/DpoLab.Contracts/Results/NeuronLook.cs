namespace DpoLab.Contracts.Results;

/// <summary>What is asked about one neuron of a neurons run's pair.</summary>
/// <param name="RunId">The succeeded run.</param>
/// <param name="Layer">From 0.</param>
/// <param name="Neuron">Index in the layer, from 0.</param>
/// <param name="Texts">So many of the run's texts are read by both models; 0: vectors alone, which is quick.</param>
public sealed record NeuronQuestion(string RunId, int Layer, int Neuron, int Texts = 0);

/// <summary>What the two models' weights, and what they do on texts, say about a neuron.</summary>
public sealed record NeuronLook
{
    /// <summary>The tokens whose logits its value vector raises most in the base model, through the final norm and the unembedding.</summary>
    public required IReadOnlyList<LookedToken> Promotes { get; init; }

    /// <summary>Those that it lowers most.</summary>
    public required IReadOnlyList<LookedToken> Suppresses { get; init; }

    /// <summary>The tokens whose embedding, alone in the stream, its key answers most: key · norm(embedding), without bias.</summary>
    public required IReadOnlyList<LookedToken> ListensTo { get; init; }

    /// <summary>The value vectors of the base model that point most nearly the same way.</summary>
    public required IReadOnlyList<NearNeuron> Nearest { get; init; }

    /// <summary>Cosine of the tuned model's value vector with the direction.</summary>
    public required double CosineAfter { get; init; }

    /// <summary>Cosine of the base model's value vector with the tuned one's.</summary>
    public required double ValueSimilarity { get; init; }

    /// <summary>Null where no texts were asked for.</summary>
    public FiringLook? Firing { get; init; }
}

/// <summary>A token and a number of it in both models.</summary>
public sealed record LookedToken(int Id, string Text, double Before, double After);

/// <summary>Another neuron, by the cosine of its value vector.</summary>
public sealed record NearNeuron(int Layer, int Neuron, double Cosine);

/// <summary>What the neuron does while both models read the same texts.</summary>
public sealed record FiringLook
{
    /// <summary>Texts read, of all that the run has.</summary>
    public required int Read { get; init; }

    public required int Known { get; init; }

    /// <summary>Tokens read in all.</summary>
    public required int Tokens { get; init; }

    /// <summary>Share of tokens at which the activation is positive.</summary>
    public required double PositiveBefore { get; init; }

    public required double PositiveAfter { get; init; }

    /// <summary>Ends of the histogram.</summary>
    public required double Low { get; init; }

    public required double High { get; init; }

    /// <summary>Tokens in each of equally wide bins.</summary>
    public required IReadOnlyList<int> BinsBefore { get; init; }

    public required IReadOnlyList<int> BinsAfter { get; init; }

    /// <summary>Texts with the highest activation in the base or in the tuned model.</summary>
    public required IReadOnlyList<FiringText> Texts { get; init; }
}

/// <summary>A text with the activation at each token.</summary>
/// <param name="Prompt">Index among the run's texts, from 0.</param>
/// <param name="PromptText">The whole prompt, cut as the run cuts it.</param>
/// <param name="PromptTokens">How many of the tokens are the prompt's.</param>
/// <param name="Tokens">Its end: the last tokens of the prompt and what follows.</param>
/// <param name="PeakBefore">Highest activation in the base model over the shown tokens.</param>
/// <param name="PeakAfter">In the tuned model.</param>
public sealed record FiringText(int Prompt, string PromptText, int PromptTokens, IReadOnlyList<FiringToken> Tokens, double PeakBefore, double PeakAfter);

/// <summary>A token and the activation where it is read.</summary>
public sealed record FiringToken(string Text, double Before, double After);
