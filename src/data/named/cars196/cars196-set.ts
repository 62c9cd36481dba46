import type { NamedSet } from "../named-set.ts";
import { openCars196 } from "./cars196.ts";
import { ALL, carsOrigin, META, TEST, TRAIN } from "./cars196-files.ts";
import { checkCars196 } from "./check-cars196.ts";

/** Stanford Cars (Krause et al. 2013), with the paper's 8 body types. */
export const cars196: NamedSet<"cars196"> = {
  names: ["cars196"],
  signs: [[ALL], [TRAIN], ["devkit/", "cars_train/"], ["cars_train/", "cars_test/"], ["car_ims/"]],
  folders: [["stanford_cars"]],
  parts: [TEST, META],
  hints: ["cars_train", "cars_test", "stanford_cars"],
  origin: () => carsOrigin,
  open: ({ path }, options) => openCars196(path, options),
  check: ({ path }) => checkCars196(path),
};
