"""Sentence-BERT's training model in PyTorch's and transformers' own words: the pair's embeddings and both losses."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch.nn.functional import cosine_similarity, cross_entropy, log_softmax
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel, PreTrainedModel

IGNORED = -100  # the label that cross_entropy leaves out


def encoder_of(config: dict) -> PreTrainedModel:
    """transformers' encoder of a config.json, without a pooler, its weights fresh."""
    if config["model_type"] == "distilbert":
        return DistilBertModel(DistilBertConfig.from_dict(config))
    return BertModel(BertConfig.from_dict(config), add_pooling_layer=False)


class SentencePairModel(torch.nn.Module):
    """transformers' encoder with mean pooling, and a linear layer over (u, v, |u-v|)."""

    def __init__(self, folder: Path, dtype: torch.dtype):
        super().__init__()
        self.bert = encoder_of(json.loads((folder / "config.json").read_text()))
        self.pad_id = self.bert.config.pad_token_id
        self.bert.set_attn_implementation("eager")
        self.bert.load_state_dict(load_file(folder / "model.safetensors"))
        # Embedding would zero the gradient of the padding token's row. The mask has to do that without its help.
        self.bert.embeddings.word_embeddings.padding_idx = None
        head = load_file(folder / "classifier.safetensors")
        n_classes, n_inputs = head["weight"].shape
        self.classifier = torch.nn.Linear(n_inputs, n_classes)
        self.classifier.load_state_dict(head)
        self.to(dtype).eval()  # no dropout, in training either

    def parameters_by_name(self) -> dict[str, torch.nn.Parameter]:
        """Every parameter by its name in a checkpoint."""
        return {name.removeprefix("bert."): parameter for name, parameter in self.named_parameters()}

    def embed(self, sentences: list[list[int]]) -> torch.Tensor:
        """Embeddings `[batch_size, d_model]` of one batch, padded to its longest sentence."""
        seq_length = max(map(len, sentences))
        ids = torch.tensor([ids + [self.pad_id] * (seq_length - len(ids)) for ids in sentences])
        mask = torch.tensor([[1] * len(ids) + [0] * (seq_length - len(ids)) for ids in sentences])
        hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        return (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)

    def losses(self, sentences: list[list[int]], pairs: list[dict]) -> tuple[torch.Tensor, torch.Tensor]:
        """Cross-entropy over the pairs that have a label, squared error of the cosine over those that have a score."""
        sides = [pair["sentence_a"] for pair in pairs] + [pair["sentence_b"] for pair in pairs]
        u, v = self.embed([sentences[position] for position in sides]).chunk(2)

        labels = torch.tensor([IGNORED if pair["label"] is None else pair["label"] for pair in pairs])
        one_hot = (labels[:, None] == torch.arange(self.classifier.out_features)).to(u.dtype)
        n_labelled = int(one_hot.sum())
        logits = self.classifier(torch.cat([u, v, (u - v).abs()], 1))
        # Written out, because cross_entropy is NaN where no pair has a label; here that is 0, and the head's gradient
        # is zeros rather than missing, so that AdamW decays the head in such a step too.
        classification = -(log_softmax(logits, 1) * one_hot).sum() / max(1, n_labelled)
        if n_labelled > 0:
            torch.testing.assert_close(classification, cross_entropy(logits, labels, ignore_index=IGNORED))

        has_score = torch.tensor([pair["score"] is not None for pair in pairs])
        scores = torch.tensor([pair["score"] or 0.0 for pair in pairs], dtype=u.dtype)
        errors = (cosine_similarity(u, v) - scores) * has_score
        return classification, errors.square().sum() / max(1, int(has_score.sum()))


def joint(losses: tuple[torch.Tensor, torch.Tensor], weights: dict) -> torch.Tensor:
    """The weighted sum of both losses."""
    return weights["classification_weight"] * losses[0] + weights["regression_weight"] * losses[1]
