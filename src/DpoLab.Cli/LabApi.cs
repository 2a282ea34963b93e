using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DpoLab.Cli;

/// <summary>The lab's HTTP API, as far as this client uses it. Unlike the lab's own contracts it reads only what it needs.</summary>
internal sealed class LabApi(Uri lab) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient http = new() { BaseAddress = new Uri(lab, "/api/v1/"), Timeout = TimeSpan.FromSeconds(100) };

    /// <summary>Reads JSON.</summary>
    public async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(path, cancellationToken);
        return await ReadAsync<T>(answer, path, cancellationToken);
    }

    /// <summary>Sends JSON and reads JSON.</summary>
    public async Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync(path, body, Json, cancellationToken);
        return await ReadAsync<T>(answer, path, cancellationToken);
    }

    /// <summary>True when the lab answers and one of its compute services is connected.</summary>
    public async Task<bool> HasComputeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var services = await GetAsync<IReadOnlyList<Service>>("services", cancellationToken);
            return services.Any(s => s.State == "connected");
        }
        catch (HttpRequestException)
        {
            return false; // it does not listen yet
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, string path, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
        {
            return await answer.Content.ReadFromJsonAsync<T>(Json, cancellationToken)
                ?? throw new LabException($"The lab answered {path} with nothing.");
        }

        string text = await answer.Content.ReadAsStringAsync(cancellationToken);
        throw new LabException($"The lab refused {path} ({(int)answer.StatusCode}): {Reason(text)}");
    }

    /// <summary>The sentence for people in a problem-details answer, with the fields that it names.</summary>
    private static string Reason(string text)
    {
        try
        {
            var problem = JsonSerializer.Deserialize<Problem>(text, Json);
            var fields = problem?.Errors?.Select(e => $"{e.Key}: {string.Join(' ', e.Value)}") ?? [];
            string reason = string.Join(' ', new[] { problem?.Detail ?? problem?.Title }.OfType<string>().Concat(fields));
            return reason.Length > 0 ? reason : text;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private sealed record Service(string Name, string State);

    private sealed record Problem(string? Title, string? Detail, Dictionary<string, string[]>? Errors);
}

/// <summary>Something that the person at the terminal must know; shown as one line.</summary>
internal sealed class LabException(string message) : Exception(message);
