using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Datasets;
using DpoLab.Web.Downloads;
using DpoLab.Web.Live;
using DpoLab.Web.Models;
using DpoLab.Web.Neurons;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Playground;
using DpoLab.Web.Runs;
using DpoLab.Web.Sharing;
using DpoLab.Web.Studies;
using DpoLab.Web.Studies.Paper;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web;

/// <summary>Registers what pages, endpoints and background work ask for.</summary>
public static class LabServices
{
    /// <summary>The database, queries and commands; no connection to any compute service yet.</summary>
    public static IServiceCollection AddLab(this IServiceCollection services, LabOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(options);
        services.AddDbContextFactory<LabDbContext>(db => db
            .UseSqlite(LabDatabase.ConnectionString(options.DatabaseFile))
            .AddInterceptors(new ConnectionSetup()));
        return services
            .AddSingleton<LabDatabase>()
            .AddSingleton<LabSignals>()
            .AddSingleton<SignalledCache>()
            .AddSingleton<ServiceBoard>()
            .AddSingleton<RunSignals>()
            .AddSingleton<RunAdmission>()
            .AddSingleton<RunQueries>()
            .AddSingleton<MetricQueries>()
            .AddSingleton<RunCommands>()
            .AddSingleton<Interventions.TextPairs>()
            .AddSingleton<Compare.ComparisonQueries>()
            .AddSingleton<StudyQueries>()
            .AddSingleton<StudyCommands>()
            .AddSingleton<PaperSheetQueries>()
            .AddSingleton<ModelQueries>()
            .AddSingleton<ParityQueries>()
            .AddSingleton<ModelCommands>()
            .AddSingleton<DatasetQueries>()
            .AddSingleton<DatasetCommands>()
            .AddSingleton<NeuronTables>()
            .AddSingleton<NeuronViews>()
            .AddSingleton<DownloadQueries>()
            .AddSingleton<DownloadCommands>()
            .AddSingleton<NeuronLookQueries>()
            .AddSingleton<PlaygroundQueries>()
            .AddSingleton<NeuronSetQueries>()
            .AddSingleton<NeuronSetCommands>()
            .AddSingleton<NeuronSetSources>()
            .AddSingleton<NeuronSetUploads>()
            .AddSingleton<ShareLinks>()
            .AddSingleton<Runs.NewRun.FormLibrary>()
            .AddScoped<CurrentUser>();
    }
}
