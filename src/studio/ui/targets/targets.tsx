import { useId, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { type By, type TargetMethod, type TargetSettings, thumbnailPath } from "../../protocol.ts";
import { positionOfId, type RowColumns } from "../columns.ts";
import { useShortcuts } from "../shortcuts.ts";
import type { Studio } from "../use-studio.ts";
import { EntriesTable } from "./entries-table.tsx";
import { Formula } from "./formula.tsx";
import { KeysNote } from "./keys-note.tsx";
import { MethodsTable, type MethodTargets } from "./methods-table.tsx";
import { SettingSliders } from "./setting-sliders.tsx";
import { measureOf, type SoftSetting, softTargets } from "./soft-targets.ts";
import { useTargetImage } from "./use-target-image.ts";
import { type TargetKeys, useTargetKeys, useTargetSettings } from "./use-target-keys.ts";

/** What MaskCon asks of a training image: the targets over the queue, for any T and w, beside those of other methods. */
export function Targets({ studio }: { readonly studio: Studio }) {
  const known = useTargetSettings(studio);
  return known ? <TargetsOf {...{ studio, known }} /> : <p class="loading">Reading the run's settings …</p>;
}

function TargetsOf({ studio, known }: { readonly studio: Studio; readonly known: TargetSettings }) {
  const { state, columns } = studio;
  const own = useMemo(() => settingOf(known), [known]);
  const [setting, setSetting] = useState(own);
  const [by, setBy] = useState<By>("trained");
  const { id, choose, move, isTraining } = useTargetImage(studio);
  const keys = useTargetKeys(studio, id, by);
  useShortcuts([
    { key: "n", does: "show the next training image", repeats: true, run: () => move(1) },
    { key: "p", does: "show the training image before", repeats: true, run: () => move(-1) },
    { key: "r", does: "take the run's T and w", run: () => setSetting(own) },
  ]);
  const same = useMemo(() => keys && sameFine(keys, columns), [keys, columns]);
  const methods = useMemo(
    () => keys && same && methodsOf(keys, same, known.methods, setting),
    [keys, same, known, setting],
  );
  const coarse = id === undefined ? undefined : state.coarse[columns.coarse[positionOfId(columns.ids, id)]!];
  return (
    <div class="targets">
      <aside class="run-list" aria-label="Image and settings">
        <h2>Soft labels</h2>
        <ImageChoice {...{ id, choose, move }} />
        {id !== undefined && <OwnImage {...{ studio, id, isTraining }} />}
        <SettingSliders setting={setting} change={setSetting} />
        <button type="button" onClick={() => setSetting(own)} aria-keyshortcuts="r">
          {known.run ? `T and w of ${known.run}` : "The usual T and w"} <kbd>r</kbd>
        </button>
        {methods && keys && <Formula {...{ keys, setting, coarse: coarse ?? "" }} targets={methods[0]!.targets} />}
      </aside>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys */}
      <section class="curves" tabIndex={0} aria-label="Targets">
        {id === undefined && <p class="loading">No image here has a coarse class.</p>}
        {methods && <MethodsTable methods={methods} />}
        {methods && setting.softWeight === 0 && (
          <p class="hint">With w 0, MaskCon is SelfCon: the own key has all the weight. Move the slider of w.</p>
        )}
        {id !== undefined && <KeysNote {...{ known, by, setBy, keys }} />}
        {methods && keys && same && <EntriesTable {...{ studio, keys, same, methods }} />}
      </section>
    </div>
  );
}

/** Where the sliders begin. */
function settingOf({ methods }: TargetSettings): SoftSetting {
  const { softWeight, softTemperature } = methods.find(({ isOpen }) => isOpen)!;
  return { softWeight, softTemperature: softTemperature! };
}

/** 1: the image's fine class, 0: another one, -1: one of the two is not known. */
function sameFine({ id, ids }: TargetKeys, { ids: all, fine }: RowColumns): Int8Array {
  const own = fine[positionOfId(all, id)] ?? -1;
  return Int8Array.from(ids, (other) => {
    const label = fine[positionOfId(all, other)] ?? -1;
    return own < 0 || label < 0 ? -1 : Number(label === own);
  });
}

function methodsOf(
  keys: TargetKeys,
  same: Int8Array,
  methods: readonly TargetMethod[],
  setting: SoftSetting,
): MethodTargets[] {
  return methods.map(({ name, isOpen, hasWeight, softWeight, softTemperature }) => {
    const own = { softWeight, softTemperature: softTemperature ?? Number.POSITIVE_INFINITY };
    const targets = softTargets(keys.similarities, isOpen ? setting : own);
    const title = hasWeight && !isOpen ? `${name}, w ${softWeight}` : name;
    return { title, targets, measure: measureOf(targets, same, keys.outside) };
  });
}

interface ImageChoiceProps {
  readonly id: number | undefined;
  readonly choose: (id: number) => void;
  readonly move: (by: number) => void;
}

function ImageChoice({ id, choose, move }: ImageChoiceProps) {
  const input = useId();
  const [text, setText] = useState("");
  useLayoutEffect(() => setText(String(id ?? "")), [id]);
  const submit = (event: Event) => {
    event.preventDefault();
    if (/^\d{1,9}$/.test(text)) choose(Number(text));
  };
  return (
    <form class="choice" onSubmit={submit}>
      <label for={input}>image</label>
      <input
        {...{ id: input, type: "text", inputMode: "numeric", size: 7, value: text, autocomplete: "off" }}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit">Show</button>
      <button type="button" onClick={() => move(-1)} aria-label="The training image before" aria-keyshortcuts="p">
        <kbd>p</kbd>
      </button>
      <button type="button" onClick={() => move(1)} aria-label="The next training image" aria-keyshortcuts="n">
        <kbd>n</kbd>
      </button>
    </form>
  );
}

interface OwnImageProps {
  readonly studio: Studio;
  readonly id: number;
  readonly isTraining: boolean;
}

function OwnImage({ studio: { state, columns }, id, isTraining }: OwnImageProps) {
  const position = positionOfId(columns.ids, id);
  if (position < 0) return <p class="problem">No image of the collection has the id {id}.</p>;
  return (
    <figure class="own">
      <img src={thumbnailPath(id)} width={96} height={96} alt={`${id}`} />
      <figcaption>
        {state.coarse[columns.coarse[position]!] ?? "no coarse class"}
        <br />
        {state.fine[columns.fine[position]!] ?? "fine class not known"}
        {!isTraining && <small>Not a training image: seen as if it were one.</small>}
      </figcaption>
    </figure>
  );
}
