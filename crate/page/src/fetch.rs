//! Files over HTTP into wasm memory, with progress. Only ever from addresses that the page itself was given.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Response};

use crate::port::scope;
use crate::protocol::Failure;

/// Progress is told at most once for so many bytes, so that a fast connection does not flood the page.
const REPORT_EVERY_BYTES: usize = 1 << 20;

/// HTTP's "not found".
const NOT_FOUND: u16 = 404;

/// A response whose body is still to be read.
pub struct Incoming {
    url: String,
    response: Response,
    /// The length the server announced; none if it didn't, or if the body comes compressed and so says nothing.
    pub total_bytes: Option<usize>,
}

/// Ask for a file.
///
/// # Errors
/// A [`Failure`] naming the address, if there is no answer or it isn't a success.
pub async fn open(url: &str) -> Result<Incoming, Failure> {
    incoming(url, answer(url).await?)
}

/// Ask for a file that a model folder may lack; `None` if the server says that it has none.
///
/// # Errors
/// As [`open`].
pub async fn open_optional(url: &str) -> Result<Option<Incoming>, Failure> {
    let response = answer(url).await?;
    if response.status() == NOT_FOUND {
        return Ok(None);
    }
    incoming(url, response).map(Some)
}

async fn answer(url: &str) -> Result<Response, Failure> {
    JsFuture::from(scope().fetch_with_str(url))
        .await
        .and_then(JsValue::dyn_into)
        .map_err(|_| Failure::network(format!("{url} can't be reached")))
}

fn incoming(url: &str, response: Response) -> Result<Incoming, Failure> {
    if !response.ok() {
        return Err(Failure::network(format!("{url} was answered with status {}", response.status())));
    }
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let total_bytes = match header("content-encoding") {
        None => header("content-length").and_then(|length| length.parse().ok()),
        Some(_) => None,
    };
    Ok(Incoming { url: url.to_owned(), response, total_bytes })
}

impl Incoming {
    /// Read the body; `report` is told how many of its bytes have come in.
    ///
    /// # Errors
    /// A [`Failure`] if the connection breaks, or the body is shorter than announced.
    pub async fn read(self, mut report: impl FnMut(usize)) -> Result<Vec<u8>, Failure> {
        let broken = |_: JsValue| Failure::network(format!("the connection broke while reading {}", self.url));
        let mut bytes = Vec::with_capacity(self.total_bytes.unwrap_or(0));
        let mut n_reported = 0;
        if let Some(body) = self.response.body() {
            let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
            loop {
                let chunk = JsFuture::from(reader.read()).await.map_err(broken)?;
                if Reflect::get(&chunk, &"done".into()).map_err(broken)?.is_truthy() {
                    break;
                }
                let chunk: Uint8Array =
                    Reflect::get(&chunk, &"value".into()).and_then(JsValue::dyn_into).map_err(broken)?;
                let start = bytes.len();
                bytes.resize(start + chunk.length() as usize, 0);
                chunk.copy_to(&mut bytes[start..]);
                if bytes.len() - n_reported >= REPORT_EVERY_BYTES {
                    n_reported = bytes.len();
                    report(n_reported);
                }
            }
        }
        report(bytes.len());
        match self.total_bytes {
            Some(total_bytes) if total_bytes != bytes.len() => {
                Err(Failure::network(format!("{} ended after {} of {total_bytes} bytes", self.url, bytes.len())))
            }
            _ => Ok(bytes),
        }
    }
}
