using System.CommandLine;
using DpoLab.Compute;
using DpoLab.Compute.Hosting;
using DpoLab.Compute.Runs;
using DpoLab.Compute.Verification;

NativeSettings.Choose();
try
{
    PyTorchLibraries.LoadIfNamed();
}
catch (InputException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

var root = new RootCommand("DpoLab's compute service, and the process that executes one run.")
{
    ServeCommand.Create(),
    RunCommand.Create(),
    LookCommand.Create(),
    WarmCommand.Create(),
    VerifyCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
