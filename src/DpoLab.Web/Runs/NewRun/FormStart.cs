namespace DpoLab.Web.Runs.NewRun;

/// <summary>A form that nobody has touched starts with the lab's only model, scorer or dataset of a kind, where there is only one.</summary>
internal static class FormStart
{
    public static RunDraft Fill(RunDraft draft, InputOptions options)
    {
        foreach (var field in draft.ShownFields().Where(field => draft[field.Key].Length == 0).ToList())
        {
            string? only = field.Kind switch
            {
                // a base model is what people added; what was trained from it is chosen on purpose
                FieldKind.Input when !field.Optional && field.Key != "tuned" => Only(options.Inputs
                    .Where(option => option.Role == field.Role && (field.Role is not InputRole.Model || option.Reference.RunId is null))
                    .Select(option => InputText.Write(option.Reference))),
                FieldKind.Dataset => Only(options.Datasets.Where(option => option.Kind == field.Dataset).Select(option => InputText.Write(option.Reference.File))),
                _ => null,
            };
            if (only is not null)
                draft = draft.With(field.Key, only);
        }

        return draft;
    }

    private static string? Only(IEnumerable<string> texts)
    {
        var two = texts.Take(2).ToList();
        return two.Count == 1 ? two[0] : null;
    }
}
