namespace DpoLab.Web.Live;

/// <summary>What can change on a page. A signal carries nothing but its topic: whoever hears it asks the queries again.</summary>
public static class Topics
{
    /// <summary>Any run was added, or changed its state, place or progress.</summary>
    public const string Runs = "runs";

    /// <summary>A study was added, or its title or membership changed.</summary>
    public const string Studies = "studies";

    public const string Models = "models";

    public const string Datasets = "datasets";

    /// <summary>A neuron set was saved, renamed or removed.</summary>
    public const string NeuronSets = "neuron-sets";

    /// <summary>A compute service came, went, or its queue or load changed.</summary>
    public const string Services = "services";

    /// <summary>A run was added, ended, was cancelled or is to be retried: the dispatcher plans again.</summary>
    internal const string Dispatch = "dispatch";

    /// <summary>Anything about this run.</summary>
    public static string Run(string id) => "run:" + id;

    /// <summary>Anything about this study or one of its runs.</summary>
    public static string Study(string id) => "study:" + id;
}
