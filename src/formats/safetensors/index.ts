export { decodeSafetensors, encodeSafetensors, type SafetensorsHeader, sortedTensors } from "./safetensors.ts";
