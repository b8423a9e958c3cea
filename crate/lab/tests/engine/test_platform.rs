//! What the engine needs of the program around it: files in memory, replicas on threads.

use std::cell::Cell;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use burn::tensor::Device;
use futures_channel::mpsc::unbounded;
use futures_channel::oneshot;
use sbert::pretrained::FileBytes;
use sbert_lab::protocol::{AdapterInfo, Backend, BackendInfo, Refusal, RefusalKind};
use sbert_lab::replicas::size::Machine;
use sbert_lab::replicas::{FromReplica, Mailbox, ReplicaHandle, ToReplica, follow};
use sbert_lab::{Compute, Platform, Wait};

use crate::channel_port::ChannelPort;

/// A file in memory; none for one that has been removed since.
#[derive(Clone)]
pub struct MemoryFile(pub Option<Arc<Vec<u8>>>);

impl FileBytes for MemoryFile {
    fn n_bytes(&self) -> u64 {
        self.0.as_ref().map_or(1, |bytes| bytes.len() as u64)
    }

    fn read(&self, start: u64, n_bytes: usize) -> Result<Vec<u8>, String> {
        self.0.as_ref().ok_or("it is gone")?.as_slice().read(start, n_bytes)
    }
}

/// What goes wrong with a replica.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplicaFault {
    #[default]
    Nothing,
    /// It can't be started.
    NotStarted,
    /// It starts and sends nothing.
    Silent,
    /// It is lost when it gets this unit of work, counted from 1.
    LostAtUnit(usize),
    /// It does nothing more from this unit on, and says nothing.
    HangsAtUnit(usize),
}

#[derive(Clone, Debug, Default)]
pub struct TestPlatform {
    pub replica_fault: ReplicaFault,
    /// The GPU; none in a machine without. It computes as flex does.
    pub gpu: Option<AdapterInfo>,
    /// What the GPU says of itself when it is checked.
    pub gpu_fault: Option<String>,
    /// What one replica can have.
    pub worker_bytes: Option<f64>,
    /// A reference to it is held by each replica that was started and not let go.
    pub replicas: Arc<()>,
}

impl TestPlatform {
    /// Wait for so long; not half a minute for a replica that is known to be silent.
    pub fn sleep(&self, secs: f64) -> Wait {
        let shortened = match self.replica_fault {
            ReplicaFault::Silent => 0.01,
            ReplicaFault::HangsAtUnit(_) => secs / 10.0,
            _ => secs,
        };
        let (sender, receiver) = oneshot::channel();
        thread::spawn(move || {
            thread::sleep(Duration::from_secs_f64(shortened));
            sender.send(())
        });
        Box::pin(async {
            let _ = receiver.await;
        })
    }
}

impl Platform for TestPlatform {
    type File = MemoryFile;
    type Port = ChannelPort;

    fn machine(&self) -> Machine {
        Machine { n_cores: 4, memory_gib: None, worker_bytes: self.worker_bytes }
    }

    fn start_replica(&self, mailbox: Mailbox<Vec<f32>>) -> Result<ReplicaHandle<ChannelPort>, String> {
        let fault = self.replica_fault;
        if fault == ReplicaFault::NotStarted {
            return Err("refused on purpose".to_owned());
        }
        let (sender, messages) = unbounded();
        if fault != ReplicaFault::Silent {
            let mailbox = mailbox.clone();
            thread::spawn(move || {
                let send = |message| mailbox.put_message(message);
                pollster::block_on(follow(&TestPlatform::default(), messages, send));
            });
        }
        let n_units = Cell::new(0);
        let replica = self.replicas.clone();
        Ok(Box::new(move |message| {
            let _held = &replica;
            if matches!(message, ToReplica::Work { .. }) {
                n_units.set(n_units.get() + 1);
                if fault == ReplicaFault::LostAtUnit(n_units.get()) {
                    mailbox.put_message(FromReplica::Failed { message: "broken on purpose".to_owned() });
                    sender.close_channel();
                    return Ok(());
                }
                if matches!(fault, ReplicaFault::HangsAtUnit(unit) if n_units.get() >= unit) {
                    return Ok(());
                }
            }
            sender.unbounded_send(Ok(carried(message))).map_err(|_| "it has gone".to_owned())
        }))
    }

    async fn open(&self, backend: Backend) -> Result<Compute, Refusal> {
        match (backend, &self.gpu) {
            (Backend::Flex, _) => Ok(Compute::cpu()),
            (Backend::Webgpu, Some(adapter)) => {
                Ok(Compute { device: Device::flex(), info: BackendInfo { backend, adapter: Some(adapter.clone()) } })
            }
            _ => Err(Refusal { kind: RefusalKind::NotOffered, detail: None }),
        }
    }

    async fn fault(&self) -> Option<String> {
        self.gpu_fault.clone()
    }
}

/// A message as it arrives: written and read, with weights and connections beside it.
fn carried(message: ToReplica<ChannelPort>) -> ToReplica<ChannelPort> {
    let written = serde_json::to_string(&message).unwrap();
    let mut arrived = serde_json::from_str(&written).unwrap();
    if let (ToReplica::Join(join), ToReplica::Join(arrived)) = (message, &mut arrived) {
        (arrived.weights, arrived.ports) = (join.weights, join.ports);
    }
    arrived
}
