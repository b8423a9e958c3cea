import type { Dispatch } from "preact/hooks";
import type { Failure } from "../../protocol";
import { text } from "../../text";
import { DropZone } from "../../ui/drop_zone";
import { FailureNotice } from "../../ui/failure_notice";
import { SetupSection } from "../../ui/setup_section";
import { type ComputeState, isOnGpu, type WorkerStatus } from "../compute/state";
import { droppedFiles, type LocalFile } from "./local_files";
import { ModelFacts } from "./model_facts";
import { GpuCheck, ModelProgress } from "./model_progress";
import { ModelSources } from "./model_sources";
import type { FailedModel, ModelAction, ModelOrigin, ModelState } from "./state";

interface ModelPanelProps {
  compute: ComputeState;
  model: ModelState;
  /** Why no other model can be loaded now; null if one can. */
  blocker: string | null;
  dispatch: Dispatch<ModelAction>;
  /** Delete a model from this device. */
  onRemove: (key: string) => void;
}

export function ModelPanel({ compute, model, blocker, dispatch, onRemove }: ModelPanelProps) {
  const { worker } = compute;
  const want = (origin: ModelOrigin) =>
    dispatch({ type: "model/wanted", order: { origin, nLayers: null, random: null } });
  const bring = (files: readonly LocalFile[]) => want({ kind: "files", name: files[0]?.path ?? "", files });
  const { info, current, failed, kept } = model;
  const isComing = model.next !== null || model.loading !== null;
  return (
    <DropZone
      invitation={text.model.drop}
      blocker={blocker}
      onDrop={(transfer) => void droppedFiles(transfer).then(bring, () => bring([]))}
    >
      <SetupSection
        id="model"
        title={text.model.title}
        isOpen={info === null && failed !== null}
        line={
          info !== null && (
            <>
              <span data-testid="model-status">{text.model.isLoaded(info.name)}</span>{" "}
              <small class="muted">{text.model.nParameters(info.n_params)}</small>
            </>
          )
        }
        details={
          <>
            <p class="muted small">{text.model.lead}</p>
            {info !== null && current !== null && (
              <ModelFacts
                info={info}
                current={current}
                isLocked={blocker !== null || isComing}
                onDepth={(nLayers) => dispatch({ type: "model/recut", nLayers })}
              />
            )}
            {blocker !== null && <p class="muted small">{blocker}</p>}
            <ModelSources
              isOpen={info === null && failed !== null}
              kept={kept}
              loadedKey={info === null ? null : (current?.keptKey ?? null)}
              blocker={blocker}
              onWant={want}
              onRandom={(random) =>
                dispatch({ type: "model/wanted", order: { origin: { kind: "served" }, nLayers: null, random } })
              }
              onFiles={bring}
              onRemove={onRemove}
            />
          </>
        }
      >
        {worker.status === "preparing" && isOnGpu(compute) ? (
          <GpuCheck progress={worker.progress} />
        ) : isComing ? (
          <ModelProgress worker={worker} model={model} onCancel={() => dispatch({ type: "model/cancelled" })} />
        ) : (
          info === null && failed === null && <p data-testid="model-status">{idleText(worker, current !== null)}</p>
        )}
        {failed !== null && <Failed failed={failed} hasModel={info !== null} blocker={blocker} dispatch={dispatch} />}
        {kept.refusal !== null && (
          <p class="notice small" data-testid="storage-refusal">
            {text.model.inMemory(kept.refusal)}
          </p>
        )}
      </SetupSection>
    </DropZone>
  );
}

/** The model that could not be loaded. The loaded one, if any, is shown above it. */
function Failed({
  failed: { failure, order, fetched },
  hasModel,
  blocker,
  dispatch,
}: {
  failed: FailedModel;
  hasModel: boolean;
  blocker: string | null;
  dispatch: Dispatch<ModelAction>;
}) {
  // The same files would be refused again, so a retry is useful only if they can be downloaded again.
  const isUseless = order.origin.kind === "files" && isOfFiles(failure);
  const action = fetched !== null && isOfFiles(failure) ? text.model.fetchAgain : text.ui.retry;
  return (
    <div class="stack-tight">
      {isUseless || (blocker !== null && hasModel) ? (
        <FailureNotice
          failure={failure}
          action={text.ui.dismiss}
          onAction={() => dispatch({ type: "model/failure_dismissed" })}
        />
      ) : (
        <FailureNotice failure={failure} action={action} onAction={() => dispatch({ type: "model/retried" })} />
      )}
      {hasModel && <p class="muted small">{text.model.lastIsThere}</p>}
    </div>
  );
}

const isOfFiles = ({ kind }: Failure) => kind === "file" || kind === "model";

function idleText(worker: WorkerStatus, hasCurrent: boolean): string {
  if (worker.status === "crashed") return text.model.notLoaded;
  return hasCurrent ? text.model.progress.starting : text.model.none;
}
