import { Facts } from "../../ui/facts";
import { formatBytes, formatQuantity } from "../../ui/format";
import { adapterKind } from "./compute_text";
import { adapterOf, type ComputeState } from "./state";

/** The GPU as the browser describes it, whether it computes or not. */
export function AdapterFacts({ compute }: { compute: ComputeState }) {
  const adapter = adapterOf(compute);
  if (adapter === null) return null;
  const facts: [string, string][] = [
    ["Vendor", adapter.vendor || NOT_TOLD],
    ["Architecture", adapter.architecture || NOT_TOLD],
    ["Description", adapter.description || NOT_TOLD],
    ["Kind", adapterKind(adapter)],
    ["Largest buffer", formatBytes(adapter.max_buffer_bytes)],
    ["Largest binding", formatBytes(adapter.max_binding_bytes)],
    ["Largest workgroup", formatQuantity(adapter.max_workgroup_invocations, "thread")],
  ];
  return (
    <div>
      <h2>{compute.actual?.adapter ? "The GPU that computes" : "The GPU that this browser offers"}</h2>
      <dl class="adapter-facts" data-testid="compute-adapter">
        <Facts facts={facts} />
      </dl>
    </div>
  );
}

/** Browsers hide what identifies visitors. */
const NOT_TOLD = "not told";
