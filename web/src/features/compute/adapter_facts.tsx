import { text } from "../../text";
import { Facts } from "../../ui/facts";
import { formatBytes } from "../../ui/format";
import { adapterOf, type ComputeState } from "./state";

/** The GPU as the browser describes it, whether it computes or not. */
export function AdapterFacts({ compute }: { compute: ComputeState }) {
  const adapter = adapterOf(compute);
  if (adapter === null) return null;
  // Browsers hide what identifies visitors.
  const { facts: names, notTold, kind, nThreads, thatComputes, thatIsOffered } = text.compute.adapter;
  const facts: [string, string][] = [
    [names.vendor, adapter.vendor || notTold],
    [names.architecture, adapter.architecture || notTold],
    [names.description, adapter.description || notTold],
    [names.kind, kind(adapter.is_software)],
    [names.buffer, formatBytes(adapter.max_buffer_bytes)],
    [names.binding, formatBytes(adapter.max_binding_bytes)],
    [names.workgroup, nThreads(adapter.max_workgroup_invocations)],
  ];
  return (
    <div>
      <h2>{compute.actual?.adapter ? thatComputes : thatIsOffered}</h2>
      <dl class="adapter-facts" data-testid="compute-adapter">
        <Facts facts={facts} />
      </dl>
    </div>
  );
}
