//! A command that serves the page, until it is stopped.

use crate::child::{shown, split};
use crate::machine::Machine;
use crate::progress::minutes;
use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A first build on a slow machine; what takes longer hangs.
const AT_MOST: Duration = Duration::from_secs(60 * 60);
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);
/// What the page has and no other.
const TITLE: &str = "<title>sentence-BERT lab</title>";

/// A running server; dropping it ends it.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    /// Starts the command and waits until the page is at the port.
    pub fn start(machine: &Machine, words: &str, port: u16) -> Result<Self> {
        if answers(port) {
            bail!("something else answers at port {port}: end it and run this again");
        }
        let mut command = split(machine, words);
        let child = command.spawn().with_context(|| format!("cannot start `{}`", shown(&command)))?;
        let mut server = Self { child, address: format!("http://localhost:{port}/") };
        let start = Instant::now();
        while !answers(port) {
            if let Some(status) = server.child.try_wait()? {
                bail!("`{words}` ended before the page was served ({status})");
            }
            if start.elapsed() > AT_MOST {
                bail!("`{words}` did not serve the page within {}", minutes(AT_MOST));
            }
            sleep(BETWEEN_LOOKS);
        }
        println!("`{words}`: the page answers after {}", minutes(start.elapsed()));
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // On Unix the command has become the server. Elsewhere that is a process below it.
        if cfg!(windows) {
            let id = self.child.id().to_string();
            let _ = std::process::Command::new("taskkill").args(["/T", "/F", "/PID", &id]).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether the page is there.
fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("localhost", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let request =
            format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.contains(TITLE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::path::Path;
    use std::thread;

    #[test]
    fn only_the_page_counts_as_an_answer() {
        for (body, expect) in [("<html>another</html>", false), (TITLE, true)] {
            let listener = TcpListener::bind("localhost:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            let serving = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                // The whole request, or closing the stream would take back the answer.
                let mut request = BufReader::new(&mut stream);
                let mut line = String::new();
                while line != "\r\n" {
                    line.clear();
                    request.read_line(&mut line).unwrap();
                }
                stream.write_all(format!("HTTP/1.1 200 OK\r\n\r\n{body}").as_bytes()).unwrap();
            });
            assert_eq!(answers(port), expect);
            serving.join().unwrap();
            assert!(!answers(port));
        }
    }

    #[test]
    fn a_server_that_ends_is_named() {
        let machine = Machine::in_folder(Path::new("."));
        let port = TcpListener::bind("localhost:0").unwrap().local_addr().unwrap().port();
        let error = Server::start(&machine, "cargo --version", port).err().unwrap();
        assert!(error.to_string().contains("`cargo --version` ended before the page was served"), "{error}");
    }
}
