import { type Dispatch, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { MAX_CLASSES_IN_SIGHT, SAVED_MAP } from "../../settings";
import { text } from "../../text";
import { Name } from "../../ui/name";
import { Panel } from "../../ui/panel";
import { Radios } from "../../ui/radios";
import { saveFile } from "../../ui/save_file";
import { SmallButton } from "../../ui/small_button";
import { ChangedSentences } from "./changed_sentences";
import type { EmbeddingAction, EncodedSet } from "./embedding_state";
import { MapCanvas, themeColours } from "./map_canvas";
import { type Colouring, colouringsOf, type Tone, tonesOf } from "./map_colours";
import { drawMap, type MapMarks, type MapPicture, svgOf } from "./map_drawing";
import { placesAt } from "./map_places";
import { NeighboursView, useNeighbours } from "./neighbours_view";
import type { Moment } from "./vectors";

interface MapPanelProps {
  set: EncodedSet;
  selected: number | null;
  /** Why it is out of date; null if it isn't. */
  stale: string | null;
  isDark: boolean;
  dispatch: Dispatch<EmbeddingAction>;
}

/** The encoded sentences in two dimensions, and what is nearest to one of them in all. */
export function MapPanel({ set, selected, stale, isDark, dispatch }: MapPanelProps) {
  const hasAfter = set.maps.after !== null;
  const [chosenMoment, setMoment] = useState<Moment | null>(null);
  const moment = hasAfter ? (chosenMoment ?? "after") : "before";
  const colourings = colouringsOf(set);
  const [chosenColouring, setColouring] = useState<Colouring | null>(null);
  const colouring = colourings.find((each) => each === chosenColouring) ?? colourings[0] ?? "none";
  const { tones, toneOf } = useMemo(() => tonesOf(set, colouring), [set, colouring]);
  const [pointed, setPointed] = useState<number | null>(null);
  // What was pointed at may not be in another set.
  useLayoutEffect(() => setPointed(null), [set]);
  const neighbours = useNeighbours(set, selected);
  const marks = useMemo((): MapMarks => {
    const rows = neighbours?.[moment]?.map(({ row }) => row) ?? [];
    const centre = pointed ?? selected;
    const partner = centre === null ? null : (set.sentences[centre]?.partner ?? null);
    const pair = colouring !== "pair" || centre === null || partner === null ? null : ([centre, partner] as const);
    return { selected, neighbours: rows, pair, pointed };
  }, [set, selected, neighbours, moment, colouring, pointed]);
  const select = (row: number) => dispatch({ type: "explore/sentence_selected", row });
  const figure = useRef<HTMLElement>(null);

  const pictureToSave = (): MapPicture | null => {
    const canvas = figure.current?.querySelector("canvas");
    if (!canvas) return null;
    const places = placesAt(set.maps, moment === "after" ? 1 : 0, SAVED_MAP);
    const colours = themeColours(canvas, tones);
    return { ...SAVED_MAP, ...colours, places, toneOf, radius: 5, marks: { ...marks, pointed: null } };
  };
  const name = `sentence-bert-map-${moment}`;
  return (
    <Panel id="map" title={text.explore.map} lead={text.explore.mapLead}>
      <div class="map-controls small">
        <div class="button-row" role="radiogroup" aria-label={text.ui.whichModel}>
          <Radios options={text.ui.moments} value={moment} disabled={hasAfter ? null : "after"} onValue={setMoment} />
          {!hasAfter && <span class="muted">{text.explore.trainThenCompute}</span>}
        </div>
        {colourings.length > 1 && (
          <label>
            {text.explore.colourBy}
            <select
              data-testid="map-colouring"
              value={colouring}
              onChange={({ currentTarget: { value } }) => setColouring(value as Colouring)}
            >
              {colourings.map((each) => (
                <option key={each} value={each}>
                  {text.explore.colourings[each]}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <div class="map-area">
        <figure class="stack-tight" ref={figure}>
          <MapCanvas
            set={set}
            moment={moment}
            tones={tones}
            toneOf={toneOf}
            marks={marks}
            isDark={isDark}
            onPoint={setPointed}
            onSelect={select}
          />
          <Legend tones={tones} />
          <p class="small map-note" aria-hidden="true">
            {pointed === null ? (
              <span class="muted">{text.explore.pointAt(colouring === "pair")}</span>
            ) : (
              <bdi class="cut-lines">{set.sentences[pointed]?.text}</bdi>
            )}
          </p>
          <figcaption class="muted small">
            {captionOf(set)}
            {stale !== null && <strong> {stale}</strong>}
          </figcaption>
          <p class="button-row">
            <SmallButton
              data-testid="save-svg"
              onClick={() => {
                const picture = pictureToSave();
                if (picture === null) return;
                const svg = svgOf(
                  picture,
                  set.sentences.map((sentence) => sentence.text),
                );
                saveFile(`${name}.svg`, new Blob([svg]), "image/svg+xml");
              }}
            >
              {text.explore.saveSvg}
            </SmallButton>
            <SmallButton
              data-testid="save-png"
              onClick={() => {
                const picture = pictureToSave();
                if (picture !== null) savePng(`${name}.png`, picture);
              }}
            >
              {text.explore.savePng}
            </SmallButton>
          </p>
        </figure>
        <NeighboursView set={set} selected={selected} neighbours={neighbours} onSelect={select} />
      </div>
      {/* Here from the start: a region that comes with its text is not read out. */}
      <p class="visually-hidden" role="status">
        {selected !== null && text.explore.isSelected(set.sentences[selected]?.text ?? "")}
      </p>
      <ChangedSentences
        key={set.key}
        set={set}
        onSelect={(row) => {
          select(row);
          document.getElementById("map")?.scrollIntoView();
        }}
      />
    </Panel>
  );
}

function captionOf({ explainedVariance, maps }: EncodedSet): string {
  if (explainedVariance === null) return "";
  const axes = text.explore.axes(...explainedVariance);
  return maps.after === null ? axes : `${axes} ${text.explore.sameAxes}`;
}

/** What the colours say. */
function Legend({ tones }: { tones: readonly Tone[] }) {
  const named = tones.filter(({ name }) => name !== "");
  if (named.length === 0) return null;
  const shown = named.slice(0, MAX_CLASSES_IN_SIGHT);
  return (
    <ul class="plain-list map-legend small" aria-label={text.explore.colours}>
      {shown.map(({ name, colour }) => (
        <li key={name} class="class-name">
          <span class="class-dot" style={{ background: colour }} aria-hidden="true" />
          <Name text={name} />
        </li>
      ))}
      {named.length > shown.length && <li class="muted">{text.ui.andMore(named.length - shown.length)}</li>}
    </ul>
  );
}

function savePng(name: string, picture: MapPicture): void {
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  const context = canvas.getContext("2d");
  if (context === null) return;
  drawMap(context, picture);
  canvas.toBlob((blob) => blob !== null && saveFile(name, blob, "image/png"));
}
