/** Keeps the address equal to the experiment, and sets the experiment from an address that was opened. */

import { type Dispatch, useEffect, useRef, useState } from "preact/hooks";
import type { Offer, SettingsForm } from "../features/train/form";
import type { TrainAction } from "../features/train/state";
import { hashOf, type Link, linkIn, paramsOf } from "./address";
import type { Place } from "./places";

interface Experiment extends Pick<Link, "hub" | "ownModel" | "ownPairs"> {
  form: SettingsForm;
  offer: Offer;
}

/**
 * @param experiment Null before the worker is ready.
 * @returns The link that was opened, until it is dismissed; null if there is none.
 */
export function useAddress(
  place: Place,
  experiment: Experiment | null,
  isLocked: boolean,
  dispatch: Dispatch<TrainAction>,
): [Link | null, () => void] {
  const [link, setLink] = useState<Link | null>(null);
  const offer = experiment?.offer ?? null;
  const latest = useRef({ offer, isLocked });
  latest.current = { offer, isLocked };
  const hasRead = useRef(false);

  const read = () => {
    const { offer: current, isLocked: isBusy } = latest.current;
    // A run keeps its settings.
    const found = current === null || isBusy ? null : linkIn(location.hash, current);
    if (found === null) return;
    dispatch({ type: "train/form_changed", form: found.form });
    setLink(found);
  };
  useEffect(() => {
    if (offer === null || hasRead.current) return;
    hasRead.current = true;
    read();
  }, [offer]);
  useEffect(() => {
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);

  const hash = experiment === null ? null : hashOf(place, paramsOf(experiment.form, experiment.offer, experiment));
  useEffect(() => {
    // Not a step of the history: going back leads to the place before.
    if (hash !== null && hasRead.current && hash !== location.hash) history.replaceState(history.state, "", hash);
  }, [hash]);

  return [link, () => setLink(null)];
}
