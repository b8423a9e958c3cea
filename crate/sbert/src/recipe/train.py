"""Trains a sentence encoder and a classification head on pairs of sentences, with sentence-transformers.

    pip install "sentence-transformers[train]>=5.1"
    python train.py [--model FOLDER] [--data pairs.jsonl] [--out trained]
    accelerate launch train.py ...        on several GPUs or machines

A pair's class trains softmax(W (u, v, |u-v|) + b) by cross-entropy, its score cosine(u, v) by mean squared error
(SBERT, arXiv 1908.10084, section 3); a pair that lacks one of them does not count in that one's mean.
"""

import argparse
import json
import math
import os
from pathlib import Path

import torch
from datasets import Dataset
from safetensors.torch import load_file, save_file
from scipy.stats import pearsonr, spearmanr
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sklearn.metrics import accuracy_score, f1_score
from torch.nn import functional as F
from torch.utils.data import BatchSampler, SequentialSampler
from transformers import set_seed

# {settings}

HEAD_FILE = "classifier.safetensors"
NO_CLASS = -1


class Head(torch.nn.Linear):
    """The classification head: part of the model, so that several processes share its gradient, but not of a
    sentence's way through it."""

    def forward(self, features, **_):
        return features

    def logits(self, u, v):
        return F.linear(torch.cat([u, v, (u - v).abs()], dim=1), self.weight, self.bias)


class JointLoss(torch.nn.Module):
    """The sum of the objectives' losses, each times its weight."""

    def __init__(self, model, head):
        super().__init__()
        self.model, self.head = model, [head]  # in a list: its parameters are the model's

    def forward(self, sentence_features, labels):
        u, v = (self.model(features)["sentence_embedding"] for features in sentence_features)
        classes, scores = labels[:, 0].long(), labels[:, 1]
        has_class, has_score = classes != NO_CLASS, ~scores.isnan()
        cross_entropy = F.cross_entropy(self.head[0].logits(u, v), classes.clamp(min=0), reduction="none")
        cosine = F.cosine_similarity(u, v)
        squared_error = (cosine - scores.nan_to_num()) ** 2
        return {
            "classification": CLASSIFICATION_WEIGHT * masked_mean(cross_entropy, has_class),
            "regression": REGRESSION_WEIGHT * masked_mean(squared_error, has_score),
            "cosent": COSENT_WEIGHT * cosent(cosine[has_score], scores[has_score]),
        }


def masked_mean(values, mask):
    return (values * mask).sum() / mask.sum().clamp(min=1)


def cosent(cosine, scores):
    """As `CoSENTLoss` with scale 20. Each of several processes orders the pairs of its own share."""
    difference = 20 * (cosine[:, None] - cosine[None, :])[scores[:, None] < scores[None, :]]
    return torch.cat([cosine.new_zeros(1), difference]).logsumexp(0)


def load(folder):
    """The encoder with its head as the last module: the folder's own head, or a fresh one."""
    model = SentenceTransformer(str(folder))
    model.max_seq_length = MAX_SEQ_LENGTH
    bert = model[0].auto_model
    layers = layers_of(bert)
    if max(N_LAYERS or 0, N_TRAINED_LAYERS or 0) > len(layers):
        raise SystemExit(f"the model has only {len(layers)} encoder layers")
    if N_LAYERS is not None:
        del layers[N_LAYERS:]
        bert.config.num_hidden_layers = N_LAYERS
    bert.pooler = None  # no embedding depends on it
    set_seed(SEED)
    head = Head(3 * bert.config.hidden_size, max(len(CLASSES), 1))
    if (folder / HEAD_FILE).exists():
        head.load_state_dict(load_file(folder / HEAD_FILE))
    model.add_module("head", head.to(model.device))
    return model


def layers_of(bert):
    """The encoder layers, wherever the architecture has them."""
    return next(module for module in bert.modules() if isinstance(module, torch.nn.ModuleList))


def freeze(model, has_classes):
    """Leave gradients, and dropout, to the parts that are trained."""
    bert = model[0].auto_model
    layers = list(layers_of(bert))
    trained = layers if N_TRAINED_LAYERS is None else layers[len(layers) - N_TRAINED_LAYERS :]
    if TRAINS_EMBEDDINGS:
        trained.append(bert.embeddings)
    if TRAINS_HEAD and has_classes and CLASSIFICATION_WEIGHT > 0:
        trained.append(model.head)  # without classes it would only decay
    model.requires_grad_(False)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    for part in trained:
        part.requires_grad_(True)
        for module in part.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = DROPOUT


def read_pairs(path):
    """Training pairs and held-out pairs."""
    with open(path, encoding="utf-8") as lines:
        pairs = [json.loads(line) for line in lines]
    held_out = [pair for pair in pairs if pair.get("split") == "held-out"]
    return [pair for pair in pairs if pair.get("split") != "held-out"], held_out


def label_of(pair):
    """Class and score as two numbers, which is what a batch can hold."""
    class_idx = CLASSES.index(pair["label"]) if "label" in pair else NO_CLASS
    return [float(class_idx), float(pair.get("score", math.nan))]


@torch.no_grad()
def evaluate(model, pairs):
    """Scores on pairs, by scikit-learn and scipy."""
    if not pairs:
        return {}
    u = model.encode([pair["sentence_a"] for pair in pairs], convert_to_tensor=True)
    v = model.encode([pair["sentence_b"] for pair in pairs], convert_to_tensor=True)
    predicted = model.head.logits(u, v).argmax(dim=1).tolist()
    cosine = F.cosine_similarity(u, v).double().tolist()
    labels = [label_of(pair) for pair in pairs]
    classified = [(int(gold), found) for (gold, _), found in zip(labels, predicted) if gold != NO_CLASS]
    scored = [(gold, found) for (_, gold), found in zip(labels, cosine) if not math.isnan(gold)]
    scores = {"n_pairs": len(pairs)}
    if classified:
        gold, found = zip(*classified)
        scores |= {"accuracy": accuracy_score(gold, found), "macro_f1": f1_score(gold, found, average="macro")}
    if len(scored) > 1:
        gold, found = zip(*scored)
        scores |= {"pearson": pearsonr(gold, found).statistic, "spearman": spearmanr(gold, found).statistic}
    return scores


def in_file_order(dataset, batch_size, drop_last, **_):
    return BatchSampler(SequentialSampler(dataset), batch_size, drop_last)


def train(model, pairs, folder):
    n_processes = int(os.environ.get("WORLD_SIZE", 1))
    # The batch is shared among the processes, so that steps and rates are those of one.
    batch_size = max(BATCH_SIZE // n_processes, 1)
    n_steps = math.ceil(len(pairs) / (batch_size * n_processes)) * EPOCHS
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(folder),
        **TRAINING_ARGUMENTS,
        per_device_train_batch_size=batch_size,
        optim="adamw_torch",
        learning_rate_mapping={r"(^|\.)head\.": HEAD_LEARNING_RATE},
        lr_scheduler_type="linear",
        warmup_steps=math.ceil(WARMUP_FRACTION * n_steps),
        **({} if SHUFFLE else {"batch_sampler": in_file_order}),
        ddp_find_unused_parameters=False,
        dataloader_pin_memory=torch.cuda.is_available(),
        save_strategy="no",
        logging_steps=10,
        report_to="none",
    )
    sentences = [{name: pair[name] for name in ("sentence_a", "sentence_b")} for pair in pairs]
    rows = [sentence_pair | {"label": label_of(pair)} for sentence_pair, pair in zip(sentences, pairs)]
    SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        loss=JointLoss(model, model.head),
    ).train()


def save(model, folder):
    """A sentence-transformers folder with the head beside it."""
    head = model.head
    del model.head
    model.save_pretrained(str(folder))
    if CLASSES:
        tensors = {"weight": head.weight.detach().cpu().contiguous(), "bias": head.bias.detach().cpu()}
        save_file(tensors, folder / HEAD_FILE, metadata={"classes": json.dumps(CLASSES)})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=HUB_ID is None, help="model folder; without it the hub's")
    parser.add_argument("--data", default=Path(__file__).with_name("pairs.jsonl"))
    parser.add_argument("--out", default="trained", type=Path)
    arguments = parser.parse_args()
    if arguments.model is None:
        from huggingface_hub import snapshot_download

        patterns = ["*.json", "*.txt", "*.safetensors"]
        arguments.model = snapshot_download(HUB_ID, revision=REVISION, allow_patterns=patterns)

    training_pairs, held_out_pairs = read_pairs(arguments.data)
    model = load(Path(arguments.model))
    freeze(model, has_classes=any("label" in pair for pair in training_pairs))
    is_main = int(os.environ.get("RANK", 0)) == 0
    if is_main:
        print("before", json.dumps(evaluate(model, held_out_pairs)))
    if any(parameter.requires_grad for parameter in model.parameters()):
        train(model, training_pairs, arguments.out)
    elif TRAINS_HEAD:
        raise SystemExit("nothing to train: without classes the head does not learn; train encoder layers too")
    if is_main:
        print("after", json.dumps(evaluate(model, held_out_pairs)))
        save(model, arguments.out)


if __name__ == "__main__":
    main()
