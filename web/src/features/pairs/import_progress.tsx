import { text } from "../../text";
import { formatPercent } from "../../ui/format";
import { Name } from "../../ui/name";
import { type Transfer, transferSecsLeft } from "../../ui/progress";
import { SmallButton } from "../../ui/small_button";
import { type PairImport, type Reading, readingSecsLeft } from "./corpus";

interface ImportProgressProps {
  pairImport: Extract<PairImport, { status: "fetching" | "inspecting" | "loading" }>;
  /** The worker takes requests. */
  isReady: boolean;
  /** Null if there is nothing to return to. */
  onCancel: (() => void) | null;
}

/** The progress of an import: one line of text, one bar and a few numbers. */
export function ImportProgress({ pairImport, isReady, onCancel }: ImportProgressProps) {
  const isFetching = pairImport.status === "fetching";
  const fraction = isFetching ? fractionOf(pairImport.transfer) : (pairImport.reading?.fraction ?? null);
  const facts = isFetching ? transferFacts(pairImport.transfer) : readingFacts(pairImport.reading);
  const isCancelling = pairImport.status === "loading" && pairImport.isCancelling;
  return (
    <div class="stack-tight" data-testid="import-progress">
      <p>{isCancelling ? text.ui.stopping : <Phase pairImport={pairImport} isReady={isReady} />}</p>
      <progress aria-label={text.pairs.beingRead} {...(fraction === null ? {} : { value: fraction, max: 1 })} />
      <p class="muted small numbers progress-facts">
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
      {onCancel !== null && (
        <p class="button-row">
          <SmallButton data-testid="import-cancel" disabled={isCancelling} onClick={onCancel}>
            {text.ui.cancel}
          </SmallButton>
        </p>
      )}
    </div>
  );
}

function Phase({ pairImport, isReady }: Omit<ImportProgressProps, "onCancel">) {
  if (pairImport.status === "fetching") return <>{text.pairs.fetching}</>;
  return pairImport.status === "loading"
    ? text.pairs.reading(<Name text={pairImport.source.file.name} />, isReady)
    : text.pairs.inspecting(<Name text={pairImport.file.name} />, isReady);
}

function fractionOf(transfer: Transfer | null): number | null {
  return transfer === null || !transfer.totalBytes ? null : transfer.loadedBytes / transfer.totalBytes;
}

function transferFacts(transfer: Transfer | null): string[] {
  if (transfer === null) return [];
  const { loadedBytes, totalBytes } = transfer;
  const secsLeft = transferSecsLeft(transfer);
  return [text.ui.loaded(loadedBytes, totalBytes), ...(secsLeft === null ? [] : [text.ui.remaining(secsLeft)])];
}

function readingFacts(reading: Reading | null): string[] {
  if (reading === null) return [];
  const secsLeft = readingSecsLeft(reading);
  return [
    text.pairs.nRows(reading.nRows),
    formatPercent(reading.fraction, 0),
    ...(secsLeft === null ? [] : [text.ui.remaining(secsLeft)]),
  ];
}
