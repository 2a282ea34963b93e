using DpoLab.Benchmarks;
using DpoLab.Compute.Runs;

PyTorchLibraries.LoadIfNamed();
return BenchmarkProgram.Run(args);
