namespace DpoLab.Web.Help;

/// <summary>What a short help is about.</summary>
public enum HelpTopic
{
    /// <summary>The paper's table: rows, intervals, verdicts, shares, protocols.</summary>
    Table,

    /// <summary>The four groups of neurons.</summary>
    Groups,
}
