//! What the engine needs of the program around it besides a [`Host`](crate::Host).

use sbert::pretrained::FileBytes;

use crate::Compute;
use crate::protocol::{Backend, Refusal};
use crate::replicas::size::Machine;
use crate::replicas::{Mailbox, Port, ReplicaHandle};

/// Files, the device, and instances of the program that share a run.
///
/// The functions about faults have a default for devices that can't fail.
pub trait Platform {
    /// A file that a command carries; its clones read the same file.
    type File: FileBytes + Clone + 'static;
    /// One end of a connection between two replicas.
    type Port: Port;

    /// The machine that decides how many replicas share a run.
    fn machine(&self) -> Machine;

    /// Start an instance of the program that runs [`follow`](crate::replicas::follow), and put its messages into `mailbox`.
    ///
    /// # Errors
    /// Why none can be started.
    fn start_replica(
        &self,
        mailbox: Mailbox<<Self::Port as Port>::Numbers>,
    ) -> Result<ReplicaHandle<Self::Port>, String>;

    /// Open a backend, without comparing it with the CPU.
    ///
    /// # Errors
    /// The [`Refusal`], if the program or the machine doesn't have it.
    fn open(&self, backend: Backend) -> impl Future<Output = Result<Compute, Refusal>>;

    /// The fault that the device has reported, if any. Lets pending reports come in first.
    fn fault(&self) -> impl Future<Output = Option<String>> {
        async { None }
    }

    /// Report faults of the device as [`DeviceFailed`](crate::protocol::Event::DeviceFailed) from now on, at once.
    fn watch_device(&self) {}

    /// The device is no longer used: forget its faults and report none from now on.
    fn forget_device(&self) {}

    /// A result of the device did not come. Report the fault behind it, or `message` if the device reports none.
    fn report_fault(&self, message: String) -> impl Future<Output = ()> {
        drop(message);
        async {}
    }
}
