using DpoLab.Benchmarks;
using DpoLab.Compute.Runs;

// measured as runs compute
NativeSettings.Choose();
PyTorchLibraries.LoadIfNamed();
return args is [DpoStepFigure.Verb, .. var arguments] ? DpoStepFigure.Child(arguments) : BenchmarkProgram.Run(args);
