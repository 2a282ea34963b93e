using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Tests;

/// <summary>
/// Statistics of neurons of any shape, invented with a seed: for pages at the scale of real models. What they sum up to is computed here by plain
/// loops of its own, so that the lab's figures have something to be compared with.
/// </summary>
internal sealed class SyntheticNeurons
{
    private static readonly NeuronGroup[] Groups = [NeuronGroup.Tp, NeuronGroup.An, NeuronGroup.Tn, NeuronGroup.Ap];

    private SyntheticNeurons(int layers, int perLayer, int seed)
    {
        (Layers, PerLayer) = (layers, perLayer);
        int count = layers * perLayer;
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[] Made(Func<int, double> value) => [.. Enumerable.Range(0, count).Select(value)];
        // a few neurons point far along the direction, as in the papers
        Cosine = Made(_ => 0.03 * Normal() * (random.NextDouble() < 0.001 ? 4 : 1));
        ActivationBefore = Made(i => i % 5000 == 17 ? 0 : (0.3 * Normal()) - 0.1);
        ActivationAfter = Made(i => ActivationBefore[i] - (Cosine[i] * 0.5 * random.NextDouble()) + (0.01 * Normal()));
        VarianceBefore = Made(_ => 0.05 + (0.1 * random.NextDouble()));
        VarianceAfter = Made(i => VarianceBefore[i] * 0.9);
        ProjectionBefore = Made(i => ActivationBefore[i] * Cosine[i] * 0.4);
        ProjectionAfter = Made(i => ActivationAfter[i] * Cosine[i] * 0.4);
        Code = [.. Enumerable.Range(0, count).Select(CodeOf)];
        Rank = new int[count];
        int[] byCosine = [.. Enumerable.Range(0, count).OrderByDescending(i => Cosine[i]).ThenBy(i => i)];
        for (int place = 0; place < count; place++)
            Rank[byCosine[place]] = place;
    }

    public int Layers { get; }

    public int PerLayer { get; }

    public double[] Cosine { get; }

    public double[] ActivationBefore { get; }

    public double[] ActivationAfter { get; }

    public double[] VarianceBefore { get; }

    public double[] VarianceAfter { get; }

    public double[] ProjectionBefore { get; }

    public double[] ProjectionAfter { get; }

    public byte[] Code { get; }

    public int[] Rank { get; }

    /// <summary>The shape of Llama-3.1-8B: 458,752 neurons.</summary>
    public static SyntheticNeurons Llama8B() => Of(32, 14_336, seed: 1);

    public static SyntheticNeurons Of(int layers, int perLayer, int seed) => new(layers, perLayer, seed);

    /// <summary>A direction file: an unremarkable unit vector.</summary>
    public static byte[] Direction(int width)
    {
        var tensors = new Tensors([]);
        tensors.Add("direction", "F32", [.. Enumerable.Range(0, width).Select(i => (float)(Math.Cos(i) / Math.Sqrt(width / 2.0)))]);
        return tensors.File();
    }

    /// <summary>As the file that a neurons run writes.</summary>
    public byte[] File()
    {
        var tensors = new Tensors(new()
        {
            [NeuronArrays.Layers] = Layers.ToString(CultureInfo.InvariantCulture),
            [NeuronArrays.NeuronsPerLayer] = PerLayer.ToString(CultureInfo.InvariantCulture),
        });
        tensors.Add(NeuronArrays.Cosine, "F64", Cosine);
        tensors.Add(NeuronArrays.ActivationBefore, "F64", ActivationBefore);
        tensors.Add(NeuronArrays.ActivationAfter, "F64", ActivationAfter);
        tensors.Add(NeuronArrays.VarianceBefore, "F64", VarianceBefore);
        tensors.Add(NeuronArrays.VarianceAfter, "F64", VarianceAfter);
        tensors.Add(NeuronArrays.ProjectionBefore, "F64", ProjectionBefore);
        tensors.Add(NeuronArrays.ProjectionAfter, "F64", ProjectionAfter);
        tensors.Add(NeuronArrays.ToxicRank, "I32", Rank);
        tensors.Add(NeuronArrays.Group, "U8", Code);
        return tensors.File();
    }

    /// <summary>The run directory of a succeeded run, below a compute service's folder of runs; the lab takes the run in when its spec is submitted.</summary>
    /// <param name="runs">The folder of runs.</param>
    /// <param name="id">The run's.</param>
    /// <param name="made">Settings with real models of this shape; null: models that are not there.</param>
    public RunSpec WriteRun(string runs, string id, NeuronsParameters? made = null)
    {
        string folder = Path.Combine(runs, id);
        Directory.CreateDirectory(Path.Combine(folder, "artifacts"));
        var spec = new RunSpec
        {
            Id = id,
            Name = $"Synthetic pair, {Layers} layers of {PerLayer} neurons",
            Parameters = made ?? new NeuronsParameters
            {
                Base = InputRef.OfPath("/nowhere", "synthetic base"),
                Tuned = InputRef.OfPath("/nowhere", "synthetic DPO"),
                Direction = InputRef.OfPath("/nowhere", "synthetic direction"),
                Prompts = new DatasetRef(InputRef.OfPath("/nowhere", "synthetic prompts")),
            },
        };
        RunResult result = Result();
        System.IO.File.WriteAllText(Path.Combine(folder, "spec.json"), JsonSerializer.Serialize(spec, ContractJson.Options));
        System.IO.File.WriteAllText(Path.Combine(folder, "result.json"), JsonSerializer.Serialize(result, ContractJson.Options));
        System.IO.File.WriteAllBytes(Path.Combine(folder, "artifacts", Artifacts.Neurons), File());
        // the supervisor's note that this attempt has ended: nothing is started
        System.IO.File.WriteAllText(Path.Combine(folder, "queue.json"), """{"state":"ended","submission":1,"order":1}""");
        RunEvent[] events =
        [
            new StartedEvent { Host = "none", Device = "none", ProcessId = 1, Versions = new Dictionary<string, string>(), Stages = [] },
            new FinishedEvent { Outcome = RunOutcome.Succeeded, Result = result, Seconds = 1 },
        ];
        System.IO.File.WriteAllLines(
            Path.Combine(folder, "events.jsonl"),
            events.Select((e, i) => JsonSerializer.Serialize(e with { Seq = i + 1, Attempt = 1, Time = DateTimeOffset.UnixEpoch.AddDays(20_000) }, ContractJson.Options)));
        return spec;
    }

    /// <summary>What the neurons sum up to.</summary>
    public NeuronsResult Result()
    {
        int count = Code.Length;
        double Change(int i) => ProjectionAfter[i] - ProjectionBefore[i];
        double total = -Enumerable.Range(0, count).Where(i => Code[i] is >= 1 and <= 4).Sum(Change);
        double[] falling = [.. Enumerable.Range(0, count).Where(i => Code[i] is >= 1 and <= 4).Select(i => -Change(i)).OrderDescending()];
        return new NeuronsResult
        {
            Layers = Layers,
            NeuronsPerLayer = PerLayer,
            BaseTokens = 23_980,
            TunedTokens = 23_980,
            Prompts = 1_199,
            Groups = [.. Groups.Select(group => Group(group, total))],
            GroupsByActivation = [.. Groups.Select(group => Group(group, total))],
            Zeros = Code.Count(c => c == 0),
            TotalReduction = total,
            NetReduction = -Enumerable.Range(0, count).Sum(Change),
            Cumulative = Curve(falling, total),
            ByLayer = [.. Enumerable.Range(0, Layers).Select(Layer)],
            TopToxic = [.. new[] { 8, 128, 256 }.Where(k => k <= count).Select(k => Top(k, total))],
            ActivationChanges = [],
            CorrelationWithCosine = 0,
            CorrelationWithActivation = 0,
            MostToxic = [],
            StrongestReductions = [],
            ProjectionCheck = 0,
        };
    }

    private static CumulativeReduction Curve(double[] falling, double total)
    {
        double[] sums = [.. falling];
        for (int i = 1; i < sums.Length; i++)
            sums[i] += sums[i - 1];
        int[] neurons = [.. Enumerable.Range(0, 200).Select(i => Math.Min(sums.Length, (int)Math.Pow(sums.Length, i / 199.0))).Where(n => n > 0).Distinct()];
        return new CumulativeReduction
        {
            Neurons = neurons,
            Share = [.. neurons.Select(n => sums[n - 1] / total)],
            Marks = [.. new[] { 0.5, 0.75, 0.99 }.Select(share => Array.FindIndex(sums, s => s >= share * total) + 1)],
        };
    }

    private GroupSummary Group(NeuronGroup group, double total)
    {
        double[] changes = [.. Members((byte)(1 + (int)group))];
        double[] against = [.. Members((byte)(5 + (int)group))];
        return new GroupSummary
        {
            Group = group,
            Total = changes.Length + against.Length,
            Lowered = changes.Length,
            Reduction = -changes.Sum(),
            Share = -changes.Sum() / total,
            Raised = against.Length,
            CounterMovement = against.Sum(),
        };
    }

    private IEnumerable<double> Members(byte code) =>
        Enumerable.Range(0, Code.Length).Where(i => Code[i] == code).Select(i => ProjectionAfter[i] - ProjectionBefore[i]);

    private LayerProjection Layer(int layer)
    {
        int[] own = [.. Enumerable.Range(layer * PerLayer, PerLayer)];
        double Sum(Func<byte, bool> codes) => own.Where(i => codes(Code[i])).Sum(i => ProjectionAfter[i] - ProjectionBefore[i]);
        return new LayerProjection
        {
            Layer = layer,
            Before = own.Sum(i => ProjectionBefore[i]),
            After = own.Sum(i => ProjectionAfter[i]),
            GroupChange = [.. Enumerable.Range(1, 4).Select(code => Sum(c => c == code))],
            CounterChange = Sum(c => c > 4),
        };
    }

    private TopToxicShare Top(int k, double total)
    {
        int[] lowered = [.. Enumerable.Range(0, Code.Length).Where(i => Rank[i] < k && Code[i] == 1)];
        return new TopToxicShare(k, lowered.Length, -lowered.Sum(i => ProjectionAfter[i] - ProjectionBefore[i]) / total);
    }

    // TP 1, AN 2, TN 3, AP 4; four more where the projection rose
    private byte CodeOf(int i)
    {
        double change = ProjectionAfter[i] - ProjectionBefore[i];
        if (Cosine[i] == 0 || ActivationBefore[i] == 0 || change == 0)
            return 0;
        int code = (Cosine[i] > 0, ActivationBefore[i] > 0) switch { (true, true) => 1, (false, false) => 2, (true, false) => 3, _ => 4 };
        return (byte)(change < 0 ? code : code + 4);
    }

    /// <summary>A safetensors file as it is put together.</summary>
    private sealed class Tensors(Dictionary<string, string> metadata)
    {
        private readonly Dictionary<string, object> header = new() { ["__metadata__"] = metadata };
        private readonly List<byte[]> parts = [];
        private long length;

        public void Add<T>(string name, string type, T[] values)
            where T : unmanaged
        {
            byte[] bytes = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
            header[name] = new { dtype = type, shape = new[] { values.Length }, data_offsets = new[] { length, length + bytes.Length } };
            parts.Add(bytes);
            length += bytes.Length;
        }

        public byte[] File()
        {
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
            var size = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(size, json.Length);
            return [.. size, .. json, .. parts.SelectMany(part => part)];
        }
    }
}
