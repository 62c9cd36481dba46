export { type BackboneFacts, type InspectOptions, inspectBackbone } from "./inspect.ts";
