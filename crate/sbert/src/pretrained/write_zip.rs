//! A folder's files as one zip.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::folder_file::FolderFile;
use crate::error::Error;

/// Largest zip whose offsets fit the classic format's 32 bits; the extension for larger ones (Zip64) isn't written.
const MAX_ZIP_BYTES: u64 = u32::MAX as u64;
/// Most files that the classic format counts.
const MAX_ZIP_FILES: usize = u16::MAX as usize;
/// Bytes that a file costs beyond its content and twice its path: a local header, a central one, and what deflate adds to
/// content that it can't shrink.
const MAX_OVERHEAD_BYTES: u64 = 1024;

/// One zip of `files`, all under the one folder `folder_name`, so that unpacking makes a folder and no mess.
///
/// Weights are stored, because f32 weights shrink by less than a tenth; all else is deflated. Nothing in it depends on
/// the clock: the same files give the same bytes.
///
/// # Errors
/// [`Error::Archive`] if the zip would exceed 4 GB, or a path can't be written.
pub fn write_zip(folder_name: &str, files: &[FolderFile]) -> Result<Vec<u8>, Error> {
    let fault = |problem: String| Error::Archive { problem };
    let cost_of = |file: &FolderFile| {
        file.bytes.len() as u64 + 2 * (folder_name.len() + file.path.len()) as u64 + MAX_OVERHEAD_BYTES
    };
    let n_bytes: u64 = files.iter().map(cost_of).sum();
    if n_bytes > MAX_ZIP_BYTES || files.len() > MAX_ZIP_FILES {
        let problem = format!("its {} files have {n_bytes} bytes, more than a zip holds (4 GB)", files.len());
        return Err(fault(problem));
    }
    // Reserved at once: growing by doubling would hold twice the weights on the way.
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(n_bytes as usize)));
    for FolderFile { path, bytes } in files {
        let method =
            if path.ends_with(".safetensors") { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644);
        zip.start_file(format!("{folder_name}/{path}"), options).map_err(|cause| fault(format!("{path}: {cause}")))?;
        zip.write_all(bytes).map_err(|cause| fault(format!("{path}: {cause}")))?;
    }
    let finished = zip.finish().map_err(|cause| fault(cause.to_string()))?;
    Ok(finished.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn file(path: &str, bytes: &[u8]) -> FolderFile {
        FolderFile { path: path.to_owned(), bytes: bytes.to_owned() }
    }

    #[test]
    fn files_come_back_from_one_folder() {
        let text = "a line of text\n".repeat(1000);
        let files = [file("model.safetensors", &[7; 5000]), file("1_Pooling/config.json", text.as_bytes())];
        let bytes = write_zip("my model", &files).unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        assert_eq!(zip.len(), 2);
        for (file, method) in files.iter().zip([CompressionMethod::Stored, CompressionMethod::Deflated]) {
            let mut entry = zip.by_name(&format!("my model/{}", file.path)).unwrap();
            assert_eq!(entry.compression(), method);
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            assert_eq!(content, file.bytes);
        }
        assert!(bytes.len() < 6000, "{}", bytes.len());
    }

    #[test]
    fn the_same_files_give_the_same_bytes() {
        let files = [file("README.md", b"text"), file("model.safetensors", b"weights")];
        assert_eq!(write_zip("m", &files).unwrap(), write_zip("m", &files).unwrap());
    }
}
