"""Model folders as sentence-transformers and transformers write them, and what the former makes of them, in float64.

Small encoders with random weights over a vocabulary of letters. Each folder differs from the others in what there is to
misunderstand: pooling, normalisation, the type of the weights, shards, which files say what, and the architecture.
"""

import json
import math
import shutil
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer import modules
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertModel,
    BertTokenizer,
    DistilBertConfig,
    DistilBertModel,
    PreTrainedModel,
)

from . import versions
from .awkward_texts import awkward_texts

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LOWER, UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WORDS = ["the", "The", "cat", "Cat", "mat", "sat", "on", "##ing", "##s", "café", "cafe", "é", "e", "東", "京", "東京"]
PUNCTUATION = [".", ",", "?", "!", "'", "-", "1", "2", "##2"]
SIZE = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 32,
    "max_position_embeddings": 24,
}
SENTENCES = [
    "The cat sat on the mat.",
    "the CAT, sitting on 12 mats?",
    "Café, CAFÉ: cafe!",
    "東京 Cat 東",
    "",
    "no",
    "on the mat the cat sat, and on the cat the mat; the cat's mats, the mat's cats",
]
N_AWKWARD_TEXTS, EVERY, MAX_SEQ_LENGTH = 2000, 16, 128
SHARD_SIZE = "15KB"
CASED = {"do_lower_case": False}


def vocabulary() -> list[str]:
    """A token for each line of vocab.txt."""
    letters = [*LOWER, *UPPER, *(f"##{letter}" for letter in LOWER + UPPER)]
    return list(dict.fromkeys([*SPECIAL, *letters, *WORDS, *PUNCTUATION]))


def random_bert(seed: int, dtype: torch.dtype) -> BertModel:
    """A BERT of this size."""
    config = BertConfig(vocab_size=len(vocabulary()), **SIZE)
    return with_random_weights(BertModel(config, add_pooling_layer=False), seed).to(dtype)


def random_distilbert(seed: int, dtype: torch.dtype) -> DistilBertModel:
    """A DistilBERT of the same size."""
    size = dict(SIZE)
    size["hidden_dim"] = size.pop("intermediate_size")  # it knows BERT's names of the others
    config = DistilBertConfig(vocab_size=len(vocabulary()), **size)
    return with_random_weights(DistilBertModel(config), seed).to(dtype)


def with_random_weights(encoder: PreTrainedModel, seed: int) -> PreTrainedModel:
    """The model with weights at which nothing is degenerate."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in encoder.named_parameters():
        normal = torch.randn(parameter.shape, generator=generator)
        if name.endswith("weight") and parameter.dim() == 1:  # of a layer norm
            values = 1 + 0.2 * normal
        elif name.endswith("bias"):
            values = 0.2 * normal
        elif name.startswith("embeddings."):
            values = 0.3 * normal
        else:
            values = normal / math.sqrt(parameter.shape[1])
        parameter.data = values
    return encoder


def write_checkpoint(folder: Path, seed: int, dtype: torch.dtype, encoder=random_bert, **settings) -> None:
    """What transformers saves of a model and a tokenizer."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lines = folder / "vocab.txt"
    lines.write_text("\n".join(vocabulary()) + "\n", encoding="utf-8")
    tokenizer = BertTokenizer(str(lines), **settings)
    lines.unlink()
    tokenizer.save_pretrained(folder)
    encoder(seed, dtype).save_pretrained(folder)


def write_sentence_transformer(folder: Path, seed: int, dtype: torch.dtype, pooling: str, *more, **settings) -> None:
    """What sentence-transformers saves of such a model with pooling and perhaps more."""
    write_checkpoint(folder, seed, dtype, **settings)
    torch.manual_seed(seed)  # loading draws a pooler over [CLS], which is saved too, for nobody
    transformer = modules.Transformer(str(folder), model_kwargs={"dtype": dtype})
    pooling = modules.Pooling(transformer.get_embedding_dimension(), pooling)
    model = SentenceTransformer(modules=[transformer, pooling, *more], device="cpu")
    model.max_seq_length = 12
    model.save_pretrained(str(folder), create_model_card=False)


def in_older_layout(folder: Path, flag: str, transformer: dict) -> None:
    """Rewrite sentence-transformers' settings as its versions 2 to 4 wrote them."""
    width = SIZE["hidden_size"]
    flags = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")
    pooling = {"word_embedding_dimension": width} | {f"pooling_mode_{name}": name == flag for name in flags}
    classes = [("", "Transformer"), ("1_Pooling", "Pooling")]
    listed = [
        {"idx": idx, "name": str(idx), "path": path, "type": f"sentence_transformers.models.{name}"}
        for idx, (path, name) in enumerate(classes)
    ]
    (folder / "1_Pooling").mkdir(exist_ok=True)
    for path, content in [
        ("1_Pooling/config.json", pooling),
        ("modules.json", listed),
        ("sentence_bert_config.json", transformer),
    ]:
        (folder / path).write_text(json.dumps(content, indent=2))


def with_vocabulary_alone(folder: Path) -> None:
    """As checkpoints were before there was a tokenizer.json."""
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("\n".join(vocabulary()) + "\n", encoding="utf-8")


def write_folders(root: Path) -> list[str]:
    """Write every folder; their names."""
    write_sentence_transformer(root / "mean", 1, torch.float32, "mean")

    write_sentence_transformer(root / "cls", 2, torch.float16, "cls")
    in_older_layout(root / "cls", "cls_token", {"max_seq_length": 10, "do_lower_case": False})

    write_sentence_transformer(root / "max", 3, torch.float16, "max")

    write_sentence_transformer(root / "normalize", 4, torch.bfloat16, "mean", modules.Normalize(), strip_accents=False)

    write_checkpoint(root / "cased", 5, torch.float16, **CASED)
    with_vocabulary_alone(root / "cased")

    write_checkpoint(root / "sharded", 6, torch.float16, **CASED)
    (root / "sharded/model.safetensors").unlink()
    random_bert(6, torch.float16).save_pretrained(root / "sharded", max_shard_size=SHARD_SIZE)
    in_older_layout(root / "sharded", "mean_tokens", {"max_seq_length": None, "do_lower_case": True})

    write_sentence_transformer(root / "distilbert", 7, torch.float16, "mean", encoder=random_distilbert)
    return ["mean", "cls", "max", "normalize", "cased", "sharded", "distilbert"]


def encode(folder: Path) -> dict:
    """Token ids and embeddings of the sentences, one at a time, so that there is no padding."""
    model = SentenceTransformer(str(folder), device="cpu", model_kwargs={"attn_implementation": "eager"}).double()
    embeddings = model.encode(SENTENCES, batch_size=1)
    tokenize = {"truncation": True, "max_length": model.max_seq_length}
    return {
        "max_seq_length": model.max_seq_length,
        "token_ids": [model.tokenizer(text, **tokenize)["input_ids"] for text in SENTENCES],
        "embeddings": [[float(f"{value:.9g}") for value in row] for row in embeddings.tolist()],
    }


def generate(root: Path) -> None:
    """Write tests/oracle/folders."""
    torch.set_num_threads(1)  # one order of summation
    folders = root / "tests/oracle/folders"
    names = write_folders(folders)
    dump = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
    lines = [f'"versions":{dump(versions("torch", "transformers", "sentence-transformers", "tokenizers"))}']
    lines.append(f'"sentences":{dump(SENTENCES)}')
    # The tokenizer that transformers makes of a cased vocab.txt.
    tokenizer = AutoTokenizer.from_pretrained(folders / "cased")
    texts = awkward_texts(N_AWKWARD_TEXTS)[::EVERY]
    tokenize = {"truncation": True, "max_length": MAX_SEQ_LENGTH}
    rows = ",\n".join(dump([text, tokenizer(text, **tokenize)["input_ids"]]) for text in texts)
    lines.append(f'"cased":[\n{rows}\n]')
    rows = ",\n".join(f'"{name}":{dump(encode(folders / name))}' for name in names)
    lines.append(f'"folders":{{\n{rows}\n}}')
    (folders / "oracle.json").write_text("{" + ",\n".join(lines) + "}\n")
