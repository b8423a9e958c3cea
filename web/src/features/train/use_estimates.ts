/** Asks the worker what a run would take whenever settings, model or pairs change, and measures how fast runs are. */

import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Backend, CorpusInfo, ModelInfo, RunEstimate } from "../../protocol";
import { ESTIMATE_AFTER_MILLIS } from "../../settings";
import { readStoredNumber, store } from "../../storage/choices";
import type { WorkerClient } from "../../worker/client";
import { type Estimates, measuredSpeed, speedName } from "./estimates";
import { type FreezeKind, type Settings, strategyOf } from "./form";
import { isActive, type Run } from "./run";

/**
 * @param backend What computes; null before the worker is ready.
 * @param model,pairs What is loaded; null if nothing is.
 */
export function useEstimates(
  settings: Settings | null,
  backend: Backend | null,
  model: ModelInfo | null,
  pairs: CorpusInfo | null,
  run: Run | null,
  worker: RefObject<WorkerClient | null>,
): Estimates {
  const [byStrategy, setByStrategy] = useState<Estimates["byStrategy"]>({});
  const [flopPerSec, setFlopPerSec] = useState<number | null>(null);
  const flopOfRun = useRef<{ key: number; flop: number } | null>(null);

  const order = settings?.read.order ?? null;
  const canAsk = backend !== null && model !== null && pairs !== null && !isActive(run);
  useLayoutEffect(() => {
    if (!canAsk || settings === null || order === null) return;
    let isLast = true;
    const { form, offer } = settings;
    const kinds: FreezeKind[] = offer.freeze_strategies.map(({ kind }) => kind);
    const strategies = kinds.map((freeze) => strategyOf({ ...form, freeze }));
    const ask = () =>
      worker.current?.call({ kind: "estimate", config: order.config, strategies, n_workers: order.nWorkers }).then(
        ({ estimates }) => isLast && setByStrategy(byKind(kinds, estimates)),
        // What is wrong with the settings is said when a run is started.
        () => isLast && setByStrategy({}),
      );
    const timer = setTimeout(ask, ESTIMATE_AFTER_MILLIS);
    return () => {
      isLast = false;
      clearTimeout(timer);
    };
  }, [canAsk, settings, model, pairs]);

  useLayoutEffect(() => {
    if (backend !== null) setFlopPerSec(readStoredNumber(speedName(backend)));
  }, [backend]);

  const key = run?.key ?? null;
  useLayoutEffect(() => {
    const flop = run === null ? 0 : (byStrategy[run.order.config.freeze.kind]?.flop ?? 0);
    flopOfRun.current = key === null ? null : { key, flop };
  }, [key]);
  const hasEnded = run !== null && run.end !== null;
  useLayoutEffect(() => {
    if (!hasEnded || run === null || backend === null || flopOfRun.current?.key !== run.key) return;
    const speed = measuredSpeed(run, flopOfRun.current.flop);
    if (speed === null) return;
    store(speedName(backend), String(speed));
    setFlopPerSec(speed);
  }, [hasEnded, key]);

  return { byStrategy, flopPerSec };
}

function byKind(kinds: readonly FreezeKind[], estimates: readonly RunEstimate[]): Estimates["byStrategy"] {
  return Object.fromEntries(kinds.map((kind, idx) => [kind, estimates[idx]]));
}
