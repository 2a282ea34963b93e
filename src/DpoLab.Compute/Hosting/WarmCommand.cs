using System.CommandLine;
using DpoLab.Compute.Playground;
using DpoLab.Compute.Runs;

namespace DpoLab.Compute.Hosting;

/// <summary><c>warm &lt;data&gt;</c>: keeps the models of a run loaded and answers questions about them from standard input.</summary>
internal static class WarmCommand
{
    public static Command Create()
    {
        var data = new Argument<string>("data") { Description = "The service's data directory." };
        var command = new Command("warm", "Keeps models loaded and answers the Playground's questions (lines of JSON on standard input).") { data };
        command.SetAction(parsed =>
        {
            NativeSettings.Choose();
            using var conversation = new WarmConversation(parsed.GetRequiredValue(data), Console.In, Console.Out);
            conversation.Run();
        });
        return command;
    }
}
