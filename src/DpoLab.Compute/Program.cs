using System.CommandLine;
using DpoLab.Compute.Hosting;

var root = new RootCommand("DpoLab's compute service, and the process that executes one run.")
{
    ServeCommand.Create(),
    RunCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
