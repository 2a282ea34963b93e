using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using DpoLab.Web.Studies;
using Microsoft.Extensions.DependencyInjection;

namespace DpoLab.Web.Tests.Lab;

/// <summary>The lab's services over a real SQLite file in a folder of its own, without a compute service behind them.</summary>
internal sealed class TestLab : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("dpolab-web-").FullName;
    private readonly ServiceProvider services;

    private TestLab()
    {
        services = new ServiceCollection()
            .AddLogging()
            .AddLab(new LabOptions { DataDirectory = folder })
            .AddSingleton(s => new ComputeServices(s.GetRequiredService<ServiceBoard>()))
            .AddSingleton<RunIngest>()
            .AddSingleton<RunPlan>()
            .BuildServiceProvider();
        Get<ServiceBoard>().Set(new ServiceView("here", null, false, ServiceState.Connecting, null, DateTimeOffset.UtcNow, null));
    }

    /// <summary>For pages, which ask for services themselves.</summary>
    public IServiceProvider Provider => services;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public LabDatabase Database => Get<LabDatabase>();

    public LabSignals Signals => Get<LabSignals>();

    public RunCommands Commands => Get<RunCommands>();

    public RunQueries Runs => Get<RunQueries>();

    public MetricQueries Metrics => Get<MetricQueries>();

    public StudyQueries Studies => Get<StudyQueries>();

    public StudyCommands StudyCommands => Get<StudyCommands>();

    public RunIngest Ingest => Get<RunIngest>();

    public RunPlan Plan => Get<RunPlan>();

    /// <summary>A lab with an empty, migrated database.</summary>
    public static async Task<TestLab> StartAsync()
    {
        var lab = new TestLab();
        await lab.Database.MigrateAsync(Token);
        return lab;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Submits one run and returns its id.</summary>
    public async Task<string> SubmitAsync(RunParameters? parameters = null, string? id = null)
    {
        RunSpec spec = Specs.Of(parameters ?? Specs.Direction(), id);
        await Commands.SubmitAsync([spec], Actor.Local, cancellationToken: Token);
        return spec.Id;
    }

    /// <summary>What is stored of a run.</summary>
    public async Task<RunView> RunAsync(string id) => await Runs.FindAsync(id) ?? throw new InvalidOperationException($"no run {id}");

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
