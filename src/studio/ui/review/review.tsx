import { useLayoutEffect, useState } from "preact/hooks";
import type { By, ReviewAnswer } from "../../protocol.ts";
import { Choice } from "../parts/choice.tsx";
import type { Studio } from "../use-studio.ts";
import { CopyList } from "./copy-list.tsx";
import { LabelGrid } from "./label-grid.tsx";
import { OutlierGrid } from "./outlier-grid.tsx";
import { firstToRead, type ReviewList, reviewLists } from "./review-lists.ts";
import { useReview } from "./use-review.ts";
import type { ReadyReview } from "./without-decided.ts";
import { WrongGroupList } from "./wrong-group-list.tsx";

const titles: Readonly<Record<ReviewList, string>> = {
  groups: "Wrong groups",
  copies: "Copies",
  labels: "Suspect labels",
  outliers: "Outliers",
};
const encoders: readonly By[] = ["frozen", "trained"];

/** What may be wrong: rankings, never verdicts. */
export function Review({ studio }: { readonly studio: Studio }) {
  const [by, setBy] = useState<By>("frozen");
  const [chosen, setList] = useState<ReviewList>();
  const { answer, lookAgain, act } = useReview(studio, by);
  const list = chosen ?? (answer?.state === "ready" ? firstToRead(answer) : "groups");
  // The list that was open stays, also where the last of its entries was decided.
  useLayoutEffect(() => {
    if (answer?.state === "ready") setList(list);
  }, [answer?.state]);
  return (
    <div class="gallery">
      <div class="bar">
        <Choice
          {...{ label: "judged by the encoder", names: ["before training", "trained"], value: encoders.indexOf(by) }}
          choose={(value) => setBy(encoders[value ?? 0]!)}
        />
        {answer?.state === "ready" && (
          <fieldset class="tabs" aria-label="Lists">
            {reviewLists.map((name) => (
              <button key={name} type="button" aria-pressed={name === list} onClick={() => setList(name)}>
                {titles[name]} {countsOf(answer)[name]}
              </button>
            ))}
          </fieldset>
        )}
        {(answer?.state === "failed" || (answer?.state === "ready" && answer.isOld)) && (
          <button type="button" onClick={lookAgain}>
            Look again
          </button>
        )}
      </div>
      {answer?.state === "ready" ? (
        <section class="panes" aria-label={titles[list]}>
          <List {...{ studio: { ...studio, act }, answer, list }} />
        </section>
      ) : (
        answer?.state !== "failed" && <Working answer={answer} />
      )}
    </div>
  );
}

/** How many entries are worth a look: the ranked lists go on far behind them. */
const countsOf = ({ totals: { groups, copies }, wrongLabels, unusual }: ReadyReview) => ({
  ...{ groups, copies, labels: `up to about ${wrongLabels}`, outliers: unusual },
});

function List({ studio, answer, list }: { studio: Studio; answer: ReadyReview; list: ReviewList }) {
  if (list === "groups") return <WrongGroupList studio={studio} entries={answer.groups} />;
  if (list === "copies") return <CopyList studio={studio} review={answer} />;
  if (list === "labels") return <LabelGrid studio={studio} labels={answer.labels} wrong={answer.wrongLabels} />;
  return <OutlierGrid studio={studio} outliers={answer.outliers} unusual={answer.unusual} />;
}

function Working({ answer }: { readonly answer: Extract<ReviewAnswer, { state: "working" }> | undefined }) {
  return (
    <div class="loading">
      <h2>Comparing images … {answer && `${Math.floor((100 * answer.done) / Math.max(1, answer.total))}%`}</h2>
      <p class="hint">It goes on while you are on other pages.</p>
      <progress aria-label="Review" max={answer?.total ?? 1} value={answer?.done ?? 0} />
    </div>
  );
}
