using System.CommandLine;
using DpoLab.Compute.Hosting;
using DpoLab.Compute.Verification;

var root = new RootCommand("DpoLab's compute service, and the process that executes one run.")
{
    ServeCommand.Create(),
    RunCommand.Create(),
    VerifyCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
