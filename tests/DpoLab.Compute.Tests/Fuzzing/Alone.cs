namespace DpoLab.Compute.Tests.Fuzzing;

/// <summary>
/// Hundreds of thousands of tensor operations: TorchSharp can lose an operator's number to a collection that another thread begins, so nothing
/// else computes beside them.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
