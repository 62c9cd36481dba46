import { expect, it } from "vitest";
import { measureSpeed } from "./speed.ts";

it("leaves the first steps out of the average and moves with a window", () => {
  const speed = measureSpeed({ skip: 2, window: 2 });
  speed.step(10, 1000, 500);
  expect(speed.imagesPerSecond).toBe(10);
  expect(speed.overall).toEqual({ imagesPerSecond: 10, dataWait: 0.5 });
  speed.step(10, 500, 0);
  expect(speed.imagesPerSecond).toBe(20);
  speed.step(10, 100, 0);
  expect(speed.imagesPerSecond).toBe(100);
  speed.step(10, 100, 50);
  expect(speed.imagesPerSecond).toBe(100);
  expect(speed.dataWait).toBe(0.25);
  speed.step(10, 300, 0);
  expect(speed.imagesPerSecond).toBe(50);
  expect(speed.overall).toEqual({ imagesPerSecond: 60, dataWait: 0.1 });
});

it("is zero before anything was measured", () => {
  expect(measureSpeed().overall).toEqual({ imagesPerSecond: 0, dataWait: 0 });
});
