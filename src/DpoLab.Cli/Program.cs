using System.CommandLine;
using DpoLab.Cli;
using Spectre.Console;

var lab = new Option<Uri>("--lab")
{
    Description = "Address of the lab.",
    DefaultValueFactory = _ => new Uri("http://127.0.0.1:5080"),
    CustomParser = argument =>
    {
        if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var address))
            return address;
        argument.AddError($"'{argument.Tokens[0].Value}' is not an address such as http://127.0.0.1:5080.");
        return null;
    },
};
var demoFolder = new Option<DirectoryInfo>("--demo") { Description = "The demo folder, as the compute host sees it.", Required = true };
var process = new Option<int?>("--process") { Description = "Process id of the lab: stop waiting for it when it is gone." };
var demo = new Command("demo", "Registers the demo's model, scorer and data, submits its study and shows it until its table is there.") { lab, demoFolder, process };
demo.SetAction(async (arguments, cancellationToken) =>
{
    var console = AnsiConsole.Console;
    if (Console.IsOutputRedirected)
        console.Profile.Width = 240; // a log file has no edge to fold the table at
    try
    {
        using var api = new LabApi(arguments.GetRequiredValue(lab));
        var study = new DemoStudy(api, console, arguments.GetRequiredValue(lab), arguments.GetRequiredValue(demoFolder).FullName);
        return await study.RunAsync(arguments.GetValue(process), cancellationToken) ? 0 : 1;
    }
    catch (LabException refusal)
    {
        await Console.Error.WriteLineAsync($"dpolab: {refusal.Message}");
        return 2;
    }
    catch (HttpRequestException broken)
    {
        await Console.Error.WriteLineAsync($"dpolab: the lab does not answer any more ({broken.Message}). Its log says why.");
        return 2;
    }
});

return await new RootCommand("Talks to a DpoLab through its public API.") { demo }.Parse(args).InvokeAsync();
