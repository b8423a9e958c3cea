//! A folder's files as one zip.

use std::io::{self, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::folder_file::FolderSink;

/// Sizes from here on need the extension for large files (Zip64): the classic format has 32 bits for them.
const ZIP64_BYTES: u64 = u32::MAX as u64;

/// One zip, all of whose files are under one folder, so that unpacking makes a folder and no mess.
///
/// Weights are stored, because f32 weights shrink by less than a tenth; all else is deflated. Nothing in it depends on
/// the clock: the same files give the same bytes. When a file is whole, the writer goes back to its header once.
pub struct ZipFolder<W: Write + Seek> {
    folder_name: String,
    zip: ZipWriter<W>,
}

impl<W: Write + Seek> ZipFolder<W> {
    /// Write a zip to `to`, with its files under `folder_name`.
    pub fn new(folder_name: &str, to: W) -> Self {
        Self { folder_name: folder_name.to_owned(), zip: ZipWriter::new(to) }
    }

    /// Write what comes after the files.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn finish(self) -> io::Result<W> {
        Ok(self.zip.finish()?)
    }
}

impl<W: Write + Seek> FolderSink for ZipFolder<W> {
    fn begin(&mut self, path: &str, n_bytes: u64) -> io::Result<()> {
        let method =
            if path.ends_with(".safetensors") { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644)
            .large_file(n_bytes >= ZIP64_BYTES);
        Ok(self.zip.start_file(format!("{}/{path}", self.folder_name), options)?)
    }
}

impl<W: Write + Seek> Write for ZipFolder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::super::folder_file::{FolderFile, FolderWriter};
    use super::*;

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let files = files.iter().map(|(path, bytes)| FolderFile::of_bytes(path, bytes.to_vec()));
        let (mut writer, mut zip) =
            (FolderWriter::new(files.collect()), ZipFolder::new("my model", Cursor::new(Vec::new())));
        while pollster::block_on(writer.advance(&mut zip)).unwrap() {}
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn files_come_back_from_one_folder() {
        // More than is written at a time.
        let (weights, text) = (vec![7; 3 << 20], "a line of text\n".repeat(100_000));
        let files = [("model.safetensors", weights.as_slice()), ("1_Pooling/config.json", text.as_bytes())];
        let bytes = zipped(&files);
        let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        assert_eq!(zip.len(), 2);
        for ((path, expected), method) in files.iter().zip([CompressionMethod::Stored, CompressionMethod::Deflated]) {
            let mut entry = zip.by_name(&format!("my model/{path}")).unwrap();
            assert_eq!(entry.compression(), method);
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            assert!(content == *expected, "{path}");
        }
        assert!(bytes.len() < weights.len() + text.len() / 10, "{}", bytes.len());
    }

    /// One whose size needs more than 32 bits has the place for it, however much is written.
    #[test]
    fn a_file_beyond_4_gb_has_a_size_of_64_bits() {
        let length = |n_bytes| {
            let mut zip = ZipFolder::new("m", Cursor::new(Vec::new()));
            zip.begin("model.safetensors", n_bytes).unwrap();
            zip.write_all(b"weights").unwrap();
            let bytes = zip.finish().unwrap().into_inner();
            let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
            assert_eq!(archive.by_index(0).unwrap().size(), 7);
            bytes.len()
        };
        let classic = length(ZIP64_BYTES - 1);
        assert_eq!(length(7), classic);
        assert!(length(ZIP64_BYTES) > classic);
    }

    #[test]
    fn the_same_files_give_the_same_bytes() {
        let files: [(&str, &[u8]); 2] = [("README.md", b"text"), ("model.safetensors", b"weights")];
        assert!(zipped(&files) == zipped(&files));
    }
}
