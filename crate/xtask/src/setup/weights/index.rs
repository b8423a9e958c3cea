//! The list of the models that lie beside the page: which files each has, how large they are, and their hashes, so that the
//! page knows what it has kept of an earlier visit and what has changed since.

use super::{MINILM, SERVED};
use crate::files;
use crate::machine::Machine;
use crate::setup::{State, Step};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// Where the page looks for it.
const FILE: &str = "web/models/index.json";

/// The list, written again when the files of a model have changed.
pub struct Index;

impl Step for Index {
    fn name(&self) -> String {
        "list of the page's models".to_owned()
    }

    fn reason(&self) -> &'static str {
        "the page looks there for what it can load"
    }

    fn state(&self, machine: &Machine) -> Result<State> {
        let expected = match content(machine) {
            Ok(expected) => expected,
            // Files that aren't there yet have no hash.
            Err(error) => return Ok(State::Missing(format!("{error:#}"))),
        };
        Ok(match fs::read(path(machine)) {
            Ok(found) if found == expected => State::Present(FILE.to_owned()),
            Ok(_) => State::Missing(format!("{FILE} is of other files")),
            Err(_) => State::Missing(format!("there is no {FILE}")),
        })
    }

    fn install(&self, machine: &Machine) -> Result<()> {
        files::write_whole(&path(machine), &mut content(machine)?.as_slice())
    }
}

fn path(machine: &Machine) -> PathBuf {
    machine.root.join(FILE)
}

fn content(machine: &Machine) -> Result<Vec<u8>> {
    let folder = SERVED.folder(machine);
    let file = |name: &str| -> Result<Value> {
        let path = folder.join(name);
        let size = fs::metadata(&path).with_context(|| format!("cannot read {}", path.display()))?.len();
        Ok(json!({ "path": name, "size": size, "sha256": files::sha256(&path)? }))
    };
    let files = SERVED.files().map(|pinned| file(pinned.name)).collect::<Result<Vec<_>>>()?;
    let list = json!({ "models": [{
        "name": MINILM.name,
        "hub": { "id": format!("sentence-transformers/{}", MINILM.name), "revision": "main" },
        "path": MINILM.name,
        "files": files,
    }] });
    let mut text = serde_json::to_vec_pretty(&list)?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::in_folder(folder.path());
        assert!(matches!(Index.state(&machine).unwrap(), State::Missing(_)));
        for pinned in SERVED.files() {
            files::write_whole(&SERVED.folder(&machine).join(pinned.name), &mut pinned.name.as_bytes()).unwrap();
        }
        Index.install(&machine).unwrap();
        assert_eq!(Index.state(&machine).unwrap(), State::Present(FILE.to_owned()));
        let list: Value = serde_json::from_slice(&fs::read(path(&machine)).unwrap()).unwrap();
        let first = &list["models"][0]["files"][0];
        assert_eq!((first["path"].as_str(), first["size"].as_u64()), (Some("1_Pooling/config.json"), Some(21)));
        files::write_whole(&SERVED.folder(&machine).join("config.json"), &mut &b"{}"[..]).unwrap();
        assert_eq!(Index.state(&machine).unwrap(), State::Missing(format!("{FILE} is of other files")));
    }
}
