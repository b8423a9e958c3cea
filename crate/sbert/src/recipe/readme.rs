//! `README.md` of an exported run: how it is repeated elsewhere.

use std::fmt::Write;

use super::run_file::{PAIRS_FILE, RUN_FILE, RunFile, SCRIPT_FILE};
use crate::corpus::{Corpus, Split};
use crate::markdown::escape;

/// How to repeat `run` on `corpus` in a terminal, in Python, and on several machines.
pub(super) fn readme(run: &RunFile, corpus: &Corpus) -> String {
    let n_pairs = |split| corpus.of_split(split).count();
    let mut text = format!(
        "# A sentence-BERT run to repeat elsewhere\n\n\
         Model: {}. {} training pairs and {} held-out pairs.\n\n\
         | File | What it holds |\n| --- | --- |\n\
         | `{PAIRS_FILE}` | the pairs: id, split, sentence_a, sentence_b, label (the class's name), score (0 to 1) |\n\
         | `{RUN_FILE}` | the settings, for the terminal |\n\
         | `{SCRIPT_FILE}` | the same run for Python, with sentence-transformers |\n\n",
        escape(&run.model.name),
        n_pairs(Split::Train),
        n_pairs(Split::HeldOut),
    );
    let (model_of_script, model_hint) = match &run.model.hub_id {
        Some(hub_id) => {
            let revision = run.model.revision.as_ref().map(|name| format!(" at revision {}", escape(name)));
            ("", format!("the hub's {}{}", escape(hub_id), revision.unwrap_or_default()))
        }
        None => (" --model MODEL", "the model that the run begins with (export it, and unpack the zip)".to_owned()),
    };
    let _ = write!(
        text,
        "`MODEL` below is the folder of {model_hint}: `config.json`, `model.safetensors`, `tokenizer.json` and what else the \
         model has.\n\n\
         ## In a terminal\n\n\
         ```bash\nsbert train --model MODEL --data {PAIRS_FILE} --config {RUN_FILE} --out trained\n```\n\n\
         The same training as in the browser: same batches, same dropout, same first weights of the head. Options \
         given beside `--config` win over it.\n\n\
         ## In Python\n\n\
         ```bash\npip install \"sentence-transformers[train]>=5.1\"\npython {SCRIPT_FILE}{model_of_script}\n```\n\n"
    );
    if run.model.hub_id.is_some() {
        text.push_str("It fetches the model from the hub; `--model MODEL` takes a folder instead.\n\n");
    }
    let _ = write!(
        text,
        "The same model, pairs, objectives, frozen parts, optimiser and rates; other random draws (the head's first \
         weights, the order of the pairs, dropout), so scores agree as those of two seeds do.\n\n\
         ## On several GPUs or machines\n\n\
         ```bash\naccelerate config\naccelerate launch {SCRIPT_FILE}{model_of_script}\n```\n\n\
         Accelerate starts one process for each GPU and averages their gradients. Each takes its share of a batch of {} \
         pairs, so that steps and rates stay the same; a last batch that can't be shared evenly is left out. Without \
         GPUs, two processes on one machine are `ACCELERATE_USE_CPU=true accelerate launch --multi_gpu --num_processes 2 \
         {SCRIPT_FILE}{model_of_script}`.\n",
        run.config.batch_size
    );
    text
}
