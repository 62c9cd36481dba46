export { type StudioOptions, startStudio } from "./server/start-studio.ts";
