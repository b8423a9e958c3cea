// Generated from `Event::ready` of crate/lab/src/protocol.rs by a test; do not edit.
import type { Event } from "../src/protocol";

export const READY: Extract<Event, { kind: "ready" }> = {
  "kind": "ready",
  "default_config": {
    "freeze": {
      "kind": "backbone"
    },
    "epochs": 3,
    "batch_size": 16,
    "learning_rate": 0.0001,
    "head_learning_rate": 0.03,
    "warmup_fraction": 0.1,
    "weight_decay": 0.01,
    "beta_2": 0.999,
    "max_gradient_norm": 1.0,
    "classification_weight": 1.0,
    "regression_weight": 10.0,
    "cosent_weight": 0.0,
    "dropout": 0.1,
    "seed": 42,
    "shuffle": true
  },
  "freeze_strategies": [
    {
      "kind": "everything",
      "flag": "everything",
      "title": "Everything",
      "text": "Nothing learns; the held-out pairs are only scored. It shows where you start.",
      "trained": {
        "embeddings": false,
        "layers": "none",
        "head": false
      }
    },
    {
      "kind": "backbone",
      "flag": "backbone",
      "title": "Backbone",
      "text": "Only the classification head learns; embeddings, and so the cosine, stay as they are. For little data or little time, or where similarities are good and classes are not.",
      "trained": {
        "embeddings": false,
        "layers": "none",
        "head": true
      }
    },
    {
      "kind": "all_but_last",
      "flag": "last",
      "title": "All but the last layers",
      "text": "The last encoder layers and the head learn. With more data or a GPU, take more layers.",
      "trained": {
        "embeddings": false,
        "layers": {
          "last": 1
        },
        "head": true
      }
    },
    {
      "kind": "embeddings",
      "flag": "embeddings",
      "title": "Embeddings",
      "text": "All encoder layers and the head learn; what words mean by themselves stays. For pairs that lack most words of the vocabulary.",
      "trained": {
        "embeddings": false,
        "layers": "all",
        "head": true
      }
    },
    {
      "kind": "head",
      "flag": "head",
      "title": "Classification head",
      "text": "The whole encoder learns; the head stays as it is. Where the classes are good and the similarities are not.",
      "trained": {
        "embeddings": true,
        "layers": "all",
        "head": false
      }
    },
    {
      "kind": "nothing",
      "flag": "nothing",
      "title": "Nothing",
      "text": "Everything learns: embeddings, all layers and the head. For much data and time, best on a GPU.",
      "trained": {
        "embeddings": true,
        "layers": "all",
        "head": true
      }
    }
  ],
  "settings": [
    {
      "name": "epochs",
      "label": "Epochs",
      "help": "Passes over the training pairs.",
      "range": {
        "kind": "whole",
        "min": 1,
        "max": 1000
      },
      "weight": null,
      "is_common": true
    },
    {
      "name": "batch_size",
      "label": "Batch size",
      "help": "Pairs in a step.",
      "range": {
        "kind": "whole",
        "min": 1,
        "max": 1024
      },
      "weight": null,
      "is_common": true
    },
    {
      "name": "learning_rate",
      "label": "Learning rate",
      "help": "Peak learning rate of the encoder.",
      "range": {
        "kind": "real",
        "min": 0.0,
        "max": 100.0,
        "is_below_max": false
      },
      "weight": null,
      "is_common": true
    },
    {
      "name": "head_learning_rate",
      "label": "Head learning rate",
      "help": "Peak learning rate of the classification head.",
      "range": {
        "kind": "real",
        "min": 0.0,
        "max": 100.0,
        "is_below_max": false
      },
      "weight": null,
      "is_common": true
    },
    {
      "name": "warmup_fraction",
      "label": "Warm-up",
      "help": "Fraction of the steps over which the rates rise linearly from zero; then they fall linearly to zero.",
      "range": {
        "kind": "real",
        "min": 0.0,
        "max": 1.0,
        "is_below_max": false
      },
      "weight": null,
      "is_common": false
    },
    {
      "name": "weight_decay",
      "label": "Weight decay",
      "help": "Decoupled weight decay of AdamW; biases and layer norms are exempt.",
      "range": {
        "kind": "real",
        "min": 0.0,
        "max": 100.0,
        "is_below_max": false
      },
      "weight": null,
      "is_common": false
    },
    {
      "name": "beta_2",
      "label": "AdamW β₂",
      "help": "Decay of the second moment of AdamW: how slowly it forgets the size of earlier gradients.",
      "range": {
        "kind": "real",
        "min": 0.0,
        "max": 1.0,
        "is_below_max": true
      },
      "weight": null,
      "is_common": false
    },
    {
      "name": "max_gradient_norm",
      "label": "Gradient clipping",
      "help": "Largest global norm of all trained gradients; 0 turns clipping off.",
      "range": {
        "kind": "real",
        "min": 0.0,
        "max": 1000000.0,
        "is_below_max": false
      },
      "weight": null,
      "is_common": false
    },
    {
      "name": "classification_weight",
      "label": "Classification weight",
      "help": "Weight of the cross-entropy in the joint loss.",
      "range": {
        "kind": "real",
        "min": 0.0,
        "max": 1000000.0,
        "is_below_max": false
      },
      "weight": {
        "index": "c",
        "loss": "cross-entropy of the classes"
      },
      "is_common": false
    },
    {
      "name": "regression_weight",
      "label": "Regression weight",
      "help": "Weight of the squared error of the cosine in the joint loss.",
      "range": {
        "kind": "real",
        "min": 0.0,
        "max": 1000000.0,
        "is_below_max": false
      },
      "weight": {
        "index": "r",
        "loss": "squared error of the cosine"
      },
      "is_common": false
    },
    {
      "name": "cosent_weight",
      "label": "CoSENT weight",
      "help": "Weight of CoSENT, which orders the cosines as the scores are ordered, in the joint loss.",
      "range": {
        "kind": "real",
        "min": 0.0,
        "max": 1000000.0,
        "is_below_max": false
      },
      "weight": {
        "index": "o",
        "loss": "CoSENT of the cosines"
      },
      "is_common": false
    },
    {
      "name": "dropout",
      "label": "Dropout",
      "help": "Dropout probability in the trained encoder layers.",
      "range": {
        "kind": "real",
        "min": 0.0,
        "max": 1.0,
        "is_below_max": true
      },
      "weight": null,
      "is_common": false
    },
    {
      "name": "seed",
      "label": "Seed",
      "help": "Seed of the shuffling, of the first weights of the head and of dropout: the same seed gives the same run.",
      "range": {
        "kind": "whole",
        "min": 0,
        "max": 4294967295
      },
      "weight": null,
      "is_common": false
    },
    {
      "name": "shuffle",
      "label": "Shuffle",
      "help": "Shuffle the pairs in every epoch and batch them by length; otherwise they are batched in file order.",
      "range": {
        "kind": "switch"
      },
      "weight": null,
      "is_common": false
    }
  ],
  "max_workers": 8,
  "max_embedded_sentences": 4000
};
