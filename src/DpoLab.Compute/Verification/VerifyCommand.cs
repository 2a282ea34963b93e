using System.CommandLine;

namespace DpoLab.Compute.Verification;

/// <summary><c>verify &lt;folder&gt;</c>: compares this lab with reference values that other people's code computed.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "A folder laid out like tests/fixtures." };
        var data = new Option<string?>("--data") { Description = "Holds tokenizers/ and text/; by default ../data beside the folder." };
        var models = new Option<string?>("--models") { Description = "Holds the real models, each a Hugging Face folder, or is one of them." };
        var device = new Option<string>("--device") { Description = "Where decoders are computed: cpu or cuda.", DefaultValueFactory = _ => "cpu" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var command = new Command("verify", "Checks every case below a folder: 0 all right, 1 a value differs, 2 a case cannot be read.") { folder, data, models, device };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(device) == "cuda" && !TorchSharp.torch.cuda.is_available())
            {
                Console.Error.WriteLine("There is no GPU that libtorch can use here. Leave --device out, or build with -p:Torch=cuda on a host with one.");
                return 2;
            }

            // how a sum is split among threads changes its rounding, which training amplifies: one thread adds in one order everywhere
            TorchSharp.torch.set_num_threads(1);
            var path = Path.GetFullPath(parsed.GetRequiredValue(folder));
            var where = new VerificationFolder(path, parsed.GetValue(data) ?? Path.Combine(path, "..", "data"), parsed.GetValue(models)) { Device = new TorchSharp.torch.Device(parsed.GetRequiredValue(device)) };
            var report = new VerificationReport(where, Console.Out);
            report.Run(CaseCheckers.All);
            return report.ExitCode;
        });
        return command;
    }
}
