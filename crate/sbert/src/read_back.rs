//! The one way from the device to the host: asynchronous, because WebGPU has no other.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use burn::tensor::Tensor;

use crate::error::Error;

/// Values of a tensor, row-major.
pub(crate) async fn read_back<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Error> {
    // Only the debug form has the causes; a backtrace without symbols comes after them.
    let fault = |cause: &dyn std::fmt::Debug| {
        let text = format!("{cause:?}");
        let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("Backtrace"));
        Error::Device { problem: lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ") }
    };
    let data = tensor.into_data_async().await.map_err(|cause| fault(&cause))?;
    data.try_into_vec().map_err(|cause| fault(&cause))
}

/// A read that the device has been asked for.
pub(crate) struct StartedRead(State);

enum State {
    Done(Result<Vec<f32>, Error>),
    Waiting(Pin<Box<dyn Future<Output = Result<Vec<f32>, Error>>>>),
}

impl StartedRead {
    /// Ask the device for the values of a tensor now, before whatever it is given next; a CPU answers at once.
    pub async fn of<const D: usize>(tensor: Tensor<D>) -> Self {
        let mut read: Pin<Box<dyn Future<Output = _>>> = Box::pin(read_back(tensor));
        // A read enters the device's queue when its future is first polled.
        match poll_fn(|context| Poll::Ready(read.as_mut().poll(context))).await {
            Poll::Ready(result) => Self(State::Done(result)),
            Poll::Pending => Self(State::Waiting(read)),
        }
    }

    /// Wait for the values, row-major.
    pub async fn values(self) -> Result<Vec<f32>, Error> {
        match self.0 {
            State::Done(result) => result,
            State::Waiting(read) => read.await,
        }
    }
}

/// Values of a tensor in a test, where waiting is fine.
#[cfg(test)]
pub(crate) fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    pollster::block_on(read_back(tensor)).expect("the CPU gives its results back")
}
