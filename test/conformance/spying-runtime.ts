import type { InferenceSession, Tensor } from "onnxruntime-common";
import type { OnnxRuntime } from "../../src/engine/index.ts";

/** What went through an ONNX Runtime. */
export interface Ledger {
  /** Where outputs stood, by name. */
  readonly locations: Map<string, Set<string>>;
  /** GPU tensors made and not yet disposed of. */
  live: number;
  sessions: number;
}

/** ONNX Runtime with a ledger of its sessions and of the tensors on the GPU. */
export function spyOn(ort: OnnxRuntime): { readonly ort: OnnxRuntime; readonly ledger: Ledger } {
  const ledger: Ledger = { locations: new Map(), live: 0, sessions: 0 };
  const create: OnnxRuntime["InferenceSession"]["create"] = async (model, options) => {
    const session = await ort.InferenceSession.create(model, options);
    ledger.sessions++;
    return {
      run: async (feeds: InferenceSession.OnnxValueMapType) => {
        const results = await session.run(feeds);
        for (const [name, tensor] of Object.entries(results)) note(ledger, name, tensor as Tensor);
        return results;
      },
      release: async () => {
        ledger.sessions--;
        await session.release();
      },
    } as unknown as InferenceSession;
  };
  return { ort: { InferenceSession: { create }, Tensor: ort.Tensor }, ledger };
}

function note(ledger: Ledger, name: string, tensor: Tensor): void {
  ledger.locations.set(name, (ledger.locations.get(name) ?? new Set()).add(tensor.location));
  if (tensor.location !== "gpu-buffer") return;
  ledger.live++;
  const dispose = tensor.dispose.bind(tensor);
  tensor.dispose = () => {
    ledger.live--;
    dispose();
  };
}
