//! What the engine does on a GPU, with a device that computes as flex does.

use burn::tensor::Device;
use sbert::encoder::SentenceEncoderConfig;
use sbert_lab::Compute;
use sbert_lab::compute::N_PREPARATIONS;
use sbert_lab::protocol::{AdapterInfo, Backend, BackendInfo, Command, Event, RefusalKind};

use crate::test_lab::{TestLab, checkpoints, end, kinds, last_layer, model, reports};
use crate::test_platform::TestPlatform;

fn adapter(max_binding_bytes: f64) -> AdapterInfo {
    AdapterInfo {
        vendor: String::new(),
        architecture: String::new(),
        description: String::new(),
        is_software: false,
        max_buffer_bytes: f64::from(256 << 20),
        max_binding_bytes,
        max_workgroup_invocations: 256,
    }
}

fn with_gpu(max_binding_bytes: f64) -> TestPlatform {
    TestPlatform { gpu: Some(adapter(max_binding_bytes)), ..TestPlatform::default() }
}

#[test]
fn the_self_check_reports_every_part() {
    let mut lab = TestLab::new(with_gpu(f64::from(64 << 20)));
    let request = lab.number();
    let events = lab.handle(Command::UseBackend { request, backend: Backend::Webgpu });
    let parts: Vec<usize> = events
        .iter()
        .filter_map(|event| match event {
            Event::Preparing { n_done, .. } => Some(*n_done),
            _ => None,
        })
        .collect();
    assert!(parts.into_iter().eq(0..=N_PREPARATIONS));
    match events.last() {
        Some(Event::BackendReady { backend, refusal: None, .. }) => assert_eq!(backend.backend, Backend::Webgpu),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_gpu_that_reports_a_fault_is_refused_by_its_message() {
    let mut lab = TestLab::new(TestPlatform { gpu_fault: Some("no".to_owned()), ..with_gpu(f64::from(64 << 20)) });
    let request = lab.number();
    match lab.handle(Command::UseBackend { request, backend: Backend::Webgpu }).pop() {
        Some(Event::BackendReady { backend, refusal: Some(refusal), .. }) => {
            assert_eq!((backend.backend, refusal.kind), (Backend::Flex, RefusalKind::SelfCheck));
            assert_eq!(refusal.detail.as_deref(), Some("no"));
        }
        other => panic!("{other:?}"),
    }
}

/// A step is submitted before the last one's numbers are in: the same numbers, the same checkpoints, the same pause.
#[test]
fn a_run_with_steps_in_flight_is_the_same_run() {
    let on_cpu = TestLab::loaded().run(last_layer());
    let mut lab = TestLab::loaded_on(with_gpu(f64::from(64 << 20)), Backend::Webgpu);
    // One GPU has all of its cores at work already: nobody shares its run.
    let (run, mut events) = lab.train(last_layer(), 2);
    events.extend(lab.work_until(|event| matches!(event, Event::Stepped { report, .. } if report.step == 5)));
    assert_eq!(kinds(&events)[..3], ["started", "warming up", "evaluating"]);
    lab.handle(Command::Pause { run });
    events.extend(lab.work_until(|event| matches!(event, Event::Paused { .. })));
    // The step in flight is waited for.
    assert_eq!(checkpoints(&events).pop().map(|checkpoint| checkpoint.step), Some(6));
    lab.handle(Command::Resume { run });
    events.extend(lab.work_to_end());
    assert_eq!(reports(&events), reports(&on_cpu));
    assert_eq!(end(&events), (false, 12));
}

#[test]
fn a_model_too_large_for_the_gpu_is_loaded_for_the_cpu() {
    let mut lab = TestLab::loaded_on(with_gpu(1_000.0), Backend::Webgpu);
    let events = lab.load_model(model("mean"));
    assert!(!events.iter().any(|event| matches!(event, Event::BackendChanged { .. })), "it has changed before");
    let mut lab = TestLab::new(with_gpu(1_000.0));
    let request = lab.number();
    lab.handle(Command::UseBackend { request, backend: Backend::Webgpu });
    let events = lab.load_model(model("mean"));
    match &events[events.len() - 2..] {
        [Event::BackendChanged { backend, refusal }, Event::ModelLoaded { .. }] => {
            assert_eq!((backend.backend, refusal.kind), (Backend::Flex, RefusalKind::Limits));
        }
        other => panic!("{other:?}"),
    }
}

#[pollster::test]
async fn a_gpu_too_small_for_the_model_is_refused_with_both_figures() {
    let info = BackendInfo { backend: Backend::Webgpu, adapter: Some(adapter(f64::from(64 << 20))) };
    let compute = Compute { device: Device::flex(), info };
    let bert_base = SentenceEncoderConfig::new(30_522, 512, 2, 768, 3_072, 12, 12, 1e-12);
    let refusal = compute.check_model(&TestPlatform::default(), &bert_base, |_| ()).await.unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Limits);
    assert_eq!(refusal.detail.unwrap(), "the model's largest tensor has 90 MiB, the GPU takes 64 MiB at a time");
}

#[pollster::test]
async fn the_cpu_takes_every_model() {
    let huge = SentenceEncoderConfig::new(1 << 20, 512, 2, 1 << 12, 1 << 14, 64, 48, 1e-12);
    assert_eq!(Compute::cpu().check_model(&TestPlatform::default(), &huge, |_| ()).await, Ok(()));
}
