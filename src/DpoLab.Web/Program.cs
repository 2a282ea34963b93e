using DpoLab.Web;

try
{
    WebApplication app = LabHost.Build(args);
    await LabHost.RunAsync(app);
    return 0;
}
catch (StartRefusedException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
