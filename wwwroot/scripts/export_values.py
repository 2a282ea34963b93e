#!/usr/bin/env python3
"""Exports what transformers computes with a model, so that DpoLab can compare its own numbers with them (Models page, Verify).

usage: python export_values.py MODEL_FOLDER OUTPUT_FOLDER [--dtype float32|bfloat16] [--device cpu|cuda]
needs: pip install torch transformers

The folder that it writes holds values.json (texts, token ids, greedy continuations, versions, the model's digest) and values.safetensors: for text i
the logits at its last positions, and of some layers the residual stream after the layer and the neuron activations, at all positions.
"""
import argparse
import hashlib
import json
import pathlib

TEXTS = [
    "The capital of France is",
    "It was a bright cold day in April, and the clocks were striking thirteen.",
    "Hello",
    "def add(a, b):\n    return a + b\n",
    "Schöne Grüße aus Köln – naïve café, 12.5 % 😀",
    "One two three four five six seven eight nine ten eleven twelve",
    "You are a complete and utter",
    "The cat sat on the mat. " * 8,
]
LAST_POSITIONS = 4
NEW_TOKENS = 20


def digest(folder):
    """The digest that DpoLab shows: of configuration, weights and tokenizer files, not of what lies beside them."""
    lines = []
    for path in pathlib.Path(folder).rglob("*"):
        name = path.relative_to(folder)
        if not path.is_file() or any(part.startswith(".") for part in name.parts):
            continue
        if path.suffix.lower() not in (".json", ".safetensors", ".txt", ".model") or path.name.upper().startswith("README"):
            continue
        sha = hashlib.sha256()
        with open(path, "rb") as file:
            while piece := file.read(1 << 20):
                sha.update(piece)
        lines.append(f"{sha.hexdigest()}  {name.as_posix()}\n")
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def find_layers(model):
    """The transformer's layers, whatever the family calls them."""
    for path in ("transformer.h", "model.layers", "gpt_neox.layers"):
        found = model
        for part in path.split("."):
            found = getattr(found, part, None)
        if found is not None:
            return found
    raise SystemExit(f"{type(model).__name__}: its layers are not where this script looks; name them in find_layers.")


def find_output(layer):
    """The MLP's output projection: its input are the neuron activations."""
    for name in ("c_proj", "down_proj", "dense_4h_to_h"):
        if hasattr(layer.mlp, name):
            return getattr(layer.mlp, name)
    raise SystemExit(f"{type(layer.mlp).__name__}: its output projection is not where this script looks; name it in find_output.")


def look(model, ids, layers):
    """Logits [T, V] of one text, and its values in some layers."""
    import torch

    values, handles = {}, []
    for index in layers:
        layer = find_layers(model)[index]

        def keep_activations(module, inputs, index=index):
            values[f"mlp_post.{index}"] = inputs[0]

        def keep_stream(module, inputs, output, index=index):
            values[f"resid_post.{index}"] = output[0] if isinstance(output, tuple) else output

        handles.append(find_output(layer).register_forward_pre_hook(keep_activations))
        handles.append(layer.register_forward_hook(keep_stream))
    with torch.no_grad():
        logits = model(torch.tensor([ids], device=model.device)).logits[0]
    for handle in handles:
        handle.remove()
    return logits, {name: value.reshape(len(ids), -1) for name, value in values.items()}


def continue_greedily(model, ids):
    """The likeliest tokens, end of text or not, and by how much the likeliest led where it led least."""
    import torch

    tokens, margin = [], float("inf")
    for _ in range(NEW_TOKENS):
        with torch.no_grad():
            best = model(torch.tensor([ids + tokens], device=model.device)).logits[0, -1].float().topk(2)
        margin = min(margin, (best.values[0] - best.values[1]).item())
        tokens.append(best.indices[0].item())
    return tokens, margin


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("output")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()

    import torch
    import transformers
    from safetensors.torch import save_file

    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    load, dtype = transformers.AutoModelForCausalLM.from_pretrained, getattr(torch, options.dtype)
    try:
        model = load(options.model, dtype=dtype, attn_implementation="eager")
    except TypeError:  # transformers before 4.56
        model = load(options.model, torch_dtype=dtype, attn_implementation="eager")
    model = model.to(options.device).eval()
    count = len(find_layers(model))
    layers = sorted({0, count // 2, count - 1})
    tensors, texts = {}, []
    for text in TEXTS:
        ids = tokenizer(text)["input_ids"]
        logits, values = look(model, ids, layers)
        values["logits"] = logits[-LAST_POSITIONS:]
        tensors |= {f"{len(texts)}.{name}": value.float().cpu().contiguous() for name, value in values.items()}
        greedy, margin = continue_greedily(model, ids)
        texts.append({"text": text, "ids": ids, "greedy": greedy, "smallest_margin": margin})
        print(f"{len(texts)} of {len(TEXTS)} texts")

    output = pathlib.Path(options.output)
    output.mkdir(parents=True, exist_ok=True)
    save_file(tensors, output / "values.safetensors")
    described = {
        "format": "dpolab-values-1",
        "model_sha256": digest(options.model),
        "dtype": options.dtype,
        "device": options.device,
        "versions": {"transformers": transformers.__version__, "torch": torch.__version__},
        "layers": layers,
        "texts": texts,
    }
    (output / "values.json").write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"Give {output.resolve()} to Verify in the lab.")


if __name__ == "__main__":
    main()
