"""Encodes sentences in Python, and prints how many a second: the bench's peers of `sbert encode`.

    PYTHON tests/bench/encode_in_python.py --engine sentence-transformers --in sentences.txt --threads 1

Needs sentence-transformers, or onnxruntime and the file that export_onnx.py writes. Both tokenize within the time, take
batches of 32 sentences of like length, as sentence-transformers does, and pad them to the longest. Prints one line of
JSON; loading, and encoding one batch to warm up, come before the clock starts.
"""

import argparse
import json
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "tests/models/all-MiniLM-L6-v2"
# sentence-transformers' default.
BATCH_SIZE = 32
# No sentence here comes near.
MAX_SEQ_LENGTH = 128


def sentence_transformers(threads: int):
    """SentenceTransformer.encode as it comes."""
    import torch
    from sentence_transformers import SentenceTransformer, models

    torch.set_num_threads(threads)
    transformer = models.Transformer(str(MODEL), max_seq_length=MAX_SEQ_LENGTH)
    pooling = models.Pooling(transformer.get_word_embedding_dimension())
    model = SentenceTransformer(modules=[transformer, pooling, models.Normalize()], device="cpu")
    return lambda sentences: model.encode(sentences, batch_size=BATCH_SIZE, show_progress_bar=False)


def onnxruntime(threads: int):
    """The engine itself, in fp32, with batches as sentence-transformers makes them."""
    import numpy as np
    import onnxruntime as ort
    from tokenizers import Tokenizer

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(str(ROOT / "build/bench/minilm.onnx"), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_SEQ_LENGTH)
    tokenizer.enable_padding()

    def encode(sentences: list[str]) -> "np.ndarray":
        order = sorted(range(len(sentences)), key=lambda position: -len(sentences[position]))
        embeddings = [None] * len(sentences)
        for start in range(0, len(order), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            tokens = tokenizer.encode_batch([sentences[position] for position in batch])
            inputs = {
                "input_ids": np.array([sentence.ids for sentence in tokens], dtype=np.int64),
                "attention_mask": np.array([sentence.attention_mask for sentence in tokens], dtype=np.int64),
            }
            for position, embedding in zip(batch, session.run(None, inputs)[0]):
                embeddings[position] = embedding / np.linalg.norm(embedding)
        return np.array(embeddings)

    return encode


ENGINES = {"sentence-transformers": sentence_transformers, "onnxruntime": onnxruntime}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", choices=ENGINES, required=True)
    parser.add_argument("--in", dest="file", type=Path, required=True, metavar="FILE", help="one sentence a line")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="(default: %(default)s)")
    arguments = parser.parse_args()
    sentences = arguments.file.read_text(encoding="utf-8").splitlines()
    encode = ENGINES[arguments.engine](arguments.threads)
    encode(sentences[:BATCH_SIZE])
    start = time.perf_counter()
    embeddings = encode(sentences)
    seconds = time.perf_counter() - start
    first = [round(float(value), 7) for value in embeddings[0]]
    print(json.dumps({"sentences_per_second": len(sentences) / seconds, "first": first}))


if __name__ == "__main__":
    main()
