namespace DpoLab.Compute.Tokenization.Files;

/// <summary>The <c>post_processor</c> of <c>tokenizer.json</c>, for single texts.</summary>
internal static class TemplateJson
{
    public static Template Read(JsonPart part)
    {
        string type = part.Text("type");
        return type switch
        {
            "TemplateProcessing" => ReadTemplate(part),
            "RobertaProcessing" or "BertProcessing" => new Template([ReadPair(part, "cls")], [ReadPair(part, "sep")]),
            "ByteLevel" => Template.Nothing, // moves offsets, which nobody asks for here
            "Sequence" => ReadSequence(part),
            _ => throw part.Unsupported($"the post-processor '{type}'"),
        };
    }

    private static Template ReadSequence(JsonPart part)
    {
        var template = Template.Nothing;
        foreach (var inner in part.Required("processors").Items().Select(Read))
            template = new Template([.. inner.Before, .. template.Before], [.. template.After, .. inner.After]);
        return template;
    }

    private static int ReadPair(JsonPart part, string name)
    {
        var pair = part.Required(name).Items().ToArray();
        return pair.Length == 2 ? pair[1].AsInteger() : throw part.Required(name).Unexpected("a token and its id");
    }

    private static Template ReadTemplate(JsonPart part)
    {
        var before = new List<int>();
        var after = new List<int>();
        bool seen = false;
        foreach (var item in part.Required("single").Items())
        {
            if (item.Optional("Sequence") is not null)
            {
                if (seen)
                    throw item.Unsupported("a template that holds the text twice");
                seen = true;
                continue;
            }

            string name = item.Required("SpecialToken").Text("id");
            var ids = part.Required("special_tokens").Required(name).Required("ids").Items().Select(id => id.AsInteger());
            (seen ? after : before).AddRange(ids);
        }

        return seen ? new Template(before, after) : throw part.Unsupported("a template without the text");
    }
}
