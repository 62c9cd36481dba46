import { useEffect, useRef, useState } from "preact/hooks";
import { counted, nounFor } from "../../../core/index.ts";
import type { ExportAnswer, ExportProgress, ExportQuestion } from "../../protocol.ts";
import { getJson, postJson } from "../ask-server.ts";
import { nameOfFolder } from "../name-of-folder.ts";
import type { Studio } from "../use-studio.ts";

const PATH = "/api/export/folders";
const ASK_AGAIN_MS = 250;
const pause = () => new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));

/** Writes fine folders. Whoever leaves the dialog stops that. */
export function useFolderExport(studio: Studio, close: () => void) {
  const { say } = studio;
  const [problem, setProblem] = useState<string>();
  const [isWriting, setWriting] = useState(false);
  const [progress, setProgress] = useState<ExportProgress>();
  const asking = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => asking.current?.abort(), []);
  const write = async (question: ExportQuestion) => {
    const own = new AbortController();
    asking.current = own;
    setWriting(true);
    setProblem(undefined);
    const follow = async () => {
      while (asking.current === own) {
        setProgress(await getJson<ExportProgress>(PATH, own.signal));
        await pause();
      }
    };
    // What goes wrong is said by the answer.
    follow().catch(() => undefined);
    try {
      say(textOf(await postJson<ExportAnswer>(PATH, question, own.signal)));
      close();
    } catch (error) {
      if (own.signal.aborted) void sayEnd(studio, question.name);
      else setProblem((error as Error).message);
    }
    asking.current = undefined;
    setWriting(false);
    setProgress(undefined);
  };
  return { write, isWriting, progress, problem };
}

function textOf({ folder, written, left }: ExportAnswer): string {
  const rest = left > 0 ? `; ${left} not sure ${nounFor(left, "was", "were")} left out` : "";
  return `${counted(written, "image")} ${nounFor(written, "is", "are")} in ${folder}${rest}.`;
}

/** How an export that was stopped has ended: it may have been faster. */
async function sayEnd({ attempt, say }: Studio, name: string): Promise<void> {
  say(`Stopping the writing of ${name} …`);
  await attempt(async () => {
    let now = await getJson<ExportProgress>(PATH);
    for (; now.isRunning; now = await getJson<ExportProgress>(PATH)) await pause();
    const isThere = now.isWritten && nameOfFolder(now.folder ?? "") === name;
    say(isThere ? `${name} was written before it could be stopped.` : `Stopped: ${name} is not written.`);
  });
}
