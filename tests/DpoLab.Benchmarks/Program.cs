using DpoLab.Benchmarks;

return BenchmarkProgram.Run(args);
