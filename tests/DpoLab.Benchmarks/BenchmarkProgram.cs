using System.CommandLine;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>Measures speed and memory as ratios within one run, so that machines and days can be compared, and prints them beside their goals.</summary>
internal static class BenchmarkProgram
{
    private static readonly IFigure[] All =
    [
        new LoadingFigure(), new PrefillFigure(), new GenerationFigure(), new StatisticsFigure(), new EditFigure(),
        new DpoStepFigure(), new ProbeFigure(), new LossStageFigure(),
        new DynamicPatchFigure(),
    ];

    /// <summary>What prints figures of its own: named by <c>--filter</c>, or all with <c>--all</c>.</summary>
    private static readonly (string Name, Action<TextWriter> Run)[] Reports =
    [
        ("recomputation", output =>
        {
            Recomputation.Run(output, layers: 12, width: 512, pairs: 4, responseTokens: 96);
            Recomputation.Run(output, layers: 24, width: 512, pairs: 4, responseTokens: 96);
        }),
        ("demo training", output => DemoTraining.Run(output)),
        ("tokenizer", output => TokenizerSpeed.Run(output)),
    ];

    public static int Run(string[] args)
    {
        var filter = new Option<string?>("--filter") { Description = "Only figures whose name contains this text." };
        var shape = new Option<string>("--shape") { Description = $"Shape of the random model: {string.Join(", ", ModelShape.All.Select(s => s.Name))}.", DefaultValueFactory = _ => "medium" };
        var repeats = new Option<int>("--repeats") { Description = "Times each thing is measured; the fastest counts.", DefaultValueFactory = _ => 2 };
        var cpu = new Option<bool>("--cpu-time") { Description = "Count processor time instead of time: for a machine that is busy with other things." };
        var all = new Option<bool>("--all") { Description = "Also the longer reports: " + string.Join(", ", Reports.Select(report => report.Name)) + "." };
        var command = new RootCommand("Speed and memory of the lab's computation, as ratios measured in one run.") { filter, shape, repeats, cpu, all };
        command.SetAction(parsed =>
        {
            var chosen = Array.Find(ModelShape.All, s => s.Name == parsed.GetRequiredValue(shape));
            if (chosen is null)
            {
                Console.Error.WriteLine($"There is no shape '{parsed.GetValue(shape)}'. Choose one of {string.Join(", ", ModelShape.All.Select(s => s.Name))}.");
                return 2;
            }

            var wanted = parsed.GetValue(filter);
            var figures = All.Where(figure => IsWanted(figure.Name, wanted)).ToList();
            if (figures.Count > 0)
                Measure(figures, chosen, new BenchmarkClock(parsed.GetValue(cpu), parsed.GetRequiredValue(repeats)));
            foreach (var report in Reports.Where(report => parsed.GetValue(all) || (wanted is not null && IsWanted(report.Name, wanted))))
                report.Run(Console.Out);
            return 0;
        });
        return command.Parse(args).Invoke();
    }

    private static bool IsWanted(string name, string? filter) => name.Contains(filter ?? "", StringComparison.OrdinalIgnoreCase);

    private static void Measure(List<IFigure> figures, ModelShape shape, BenchmarkClock clock)
    {
        Console.WriteLine($"{shape.Description}, random weights, fp32, {get_num_threads()} threads, {clock.Description}");
        Console.WriteLine();
        Console.WriteLine($"{"figure",-62} {"measured",9}   goal");
        using var none = no_grad();
        using var model = new BenchmarkModel(shape, clock);
        foreach (var figure in figures)
        {
            foreach (var value in figure.Measure(model))
            {
                var sign = value.Reached ? "" : "   missed";
                Console.WriteLine($"{value.Name,-62} {value.Measured,9:g3}   {(value.AtLeast ? ">=" : "<=")} {value.Goal:g3}{sign}");
                Console.WriteLine($"    {value.Detail}");
            }
        }

        Console.WriteLine();
        Console.WriteLine($"GEMM peak of this run: {model.Peak:f0} GFLOP/s");
    }
}
