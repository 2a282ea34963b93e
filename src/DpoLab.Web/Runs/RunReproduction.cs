using System.Text.Json;
using DpoLab.Contracts;

namespace DpoLab.Web.Runs;

/// <summary>The lines by which anyone makes a run again or fetches its data.</summary>
internal static class RunReproduction
{
    public static Reproduction Of(RunView run, Uri lab)
    {
        string address = new Uri(lab, Urls.ApiRun(run.Summary.Id)).ToString();
        return new Reproduction(
            JsonSerializer.Serialize(run.Spec, ContractJson.Indented),
            $"dpolab-compute run runs/{run.Summary.Id}",
            $$"""
            import requests  # pip install requests
            lab = {"Authorization": "Bearer <token from Admin, API tokens>"}
            run = requests.get("{{address}}", headers=lab).json()
            rows = requests.get("{{address}}/rows", headers=lab).json()
            metrics = requests.get("{{address}}/metrics", headers=lab).json()
            texts = requests.get("{{address}}/texts", headers=lab).json()
            """);
    }
}
