using System.Text.Json;
using DpoLab.Compute.Runs;
using DpoLab.Contracts;
using DpoLab.Contracts.Playground;
using static TorchSharp.torch;

namespace DpoLab.Compute.Playground;

/// <summary>
/// Answers questions that come as lines of JSON (<see cref="WarmOrder"/>) with lines of JSON (<see cref="WarmReply"/>), one question at a time.
/// Models stay loaded from one question to the next, as long as both are about the same run.
/// </summary>
internal sealed class WarmConversation(string data, TextReader orders, TextWriter replies) : IDisposable
{
    private readonly Lock gate = new();
    private WarmSet? set;

    /// <summary>Until there are no more orders.</summary>
    public void Run()
    {
        CancellationTokenSource? stop = null;
        Thread? answering = null;
        while (orders.ReadLine() is { } line)
        {
            var order = JsonSerializer.Deserialize<WarmOrder>(line, ContractJson.Options)!;
            if (order.Ask is not { } question)
            {
                stop?.Cancel();
                continue;
            }

            answering?.Join(); // nobody asks before the last question is done with
            stop?.Dispose();
            stop = new CancellationTokenSource();
            var token = stop.Token;
            answering = new Thread(() => Answer(question, token), maxStackSize: 16 << 20) { Name = "question" };
            answering.Start();
        }

        stop?.Cancel();
        answering?.Join();
        stop?.Dispose();
    }

    public void Dispose() => set?.Dispose();

    private void Answer(PlaygroundQuestion question, CancellationToken stop)
    {
        try
        {
            Tell(Work(question, stop));
            Write(new WarmReply());
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Write(new WarmReply());
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            Write(new WarmReply(Failure: FailureReason.Of(e, new RunDirectory(data))));
        }
    }

    private QuestionEndedEvent Work(PlaygroundQuestion question, CancellationToken stop)
    {
        using var noGradients = no_grad();
        if (set?.RunId != question.RunId || set.Precision != question.Precision)
        {
            set?.Dispose();
            set = null;
            set = WarmSet.Open(data, question.RunId, question.Precision, stop);
        }

        string? scorer = null;
        switch (question.Task)
        {
            case AnswerTask answer:
                scorer = new PlaygroundAnswers(set, answer, Tell, stop).Run();
                break;
            case LensTask lens:
                Tell(new LensEvent(new PlaygroundLens(set, lens, Tell, stop).Run()));
                break;
            default:
                throw new InputException($"The playground cannot do {question.Task.GetType().Name}.");
        }

        return new QuestionEndedEvent(Hardware.Describe(set.Device), scorer);
    }

    private void Tell(PlaygroundEvent happened) => Write(new WarmReply(happened));

    private void Write(WarmReply reply)
    {
        lock (gate)
        {
            replies.WriteLine(JsonSerializer.Serialize(reply, ContractJson.Options));
            replies.Flush();
        }
    }
}
