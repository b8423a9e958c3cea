import type { TrainedParts } from "../../protocol";
import { text } from "../../text";
import { trainedLayers } from "./form";

interface NetworkPictureProps {
  trained: TrainedParts;
  /** Layers that "all but the last" trains. */
  nLast: number;
  /** Layers of the model; null before it is loaded. */
  nLayers: number | null;
}

type Part = { name: string; state: "learns" | "frozen" | "once" };

const STATES: Record<Part["state"], string> = text.train.partStates;

/** The parts of the network from the words to the class: what learns, what is frozen, and what is computed only once. */
export function NetworkPicture({ trained, nLast, nLayers }: NetworkPictureProps) {
  if (nLayers === null) return null;
  const parts = partsOf(trained, trainedLayers(trained, nLast, nLayers), nLayers);
  return (
    <figure class="network">
      <ol class="plain-list network-parts" aria-label={text.train.network}>
        {parts.map(({ name, state }) => (
          <li key={name} class={`network-part is-${state}`}>
            {name}
            <span class="visually-hidden">: {STATES[state]}</span>
          </li>
        ))}
      </ol>
      <figcaption class="muted small network-key" aria-hidden="true">
        {(["learns", "frozen", "once"] as const)
          .filter((state) => parts.some((part) => part.state === state))
          .map((state) => (
            <span key={state} class="button-row">
              <span class={`network-part is-${state}`} />
              {STATES[state]}
            </span>
          ))}
      </figcaption>
    </figure>
  );
}

function partsOf({ embeddings, head }: TrainedParts, nTrained: number, nLayers: number): Part[] {
  const learns = [embeddings, ...Array.from({ length: nLayers }, (_, idx) => idx >= nLayers - nTrained)];
  const first = learns.indexOf(true);
  const { words, head: headName } = text.train.networkParts;
  // What lies before all that learns gives a sentence the same output in every epoch.
  const stateOf = (idx: number) => (learns[idx] ? "learns" : first < 0 || idx < first ? "once" : "frozen");
  return [
    ...learns.map((_, idx) => ({ name: idx === 0 ? words : String(idx), state: stateOf(idx) }) satisfies Part),
    { name: headName, state: head ? "learns" : "frozen" },
  ];
}
