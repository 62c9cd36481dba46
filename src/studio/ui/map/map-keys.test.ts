import { expect, it } from "vitest";
import { commandOfKey, type KeyLasso } from "./map-keys.ts";
import { fitted, toPage } from "./viewport.ts";

const view = fitted({ left: 0, top: 0, right: 10, bottom: 10 }, 400, 400);
const press = (key: string, lasso?: KeyLasso, shiftKey = false) => commandOfKey({ key, shiftKey }, lasso, view);
const drawn = (key: string, lasso: KeyLasso | undefined, shiftKey = false): KeyLasso | undefined => {
  const command = press(key, lasso, shiftKey);
  if (command?.do !== "draw") throw new Error(`${key}: ${command?.do}`);
  return command.lasso;
};

it("arrows move the sight, so the points go the other way", () => {
  expect(press("ArrowRight")).toEqual({ do: "pan", right: -60, down: -0 });
  expect(press("ArrowUp", undefined, true)).toEqual({ do: "pan", right: -0, down: 240 });
  expect([press("+"), press("-"), press("0")].map((command) => command?.do)).toEqual(["zoom", "zoom", "fit"]);
  for (const key of ["Enter", " ", "Backspace", "Escape", "a"]) expect(press(key)).toBeUndefined();
});

it("a triangle is drawn by keys, corner by corner, and closed", () => {
  let lasso = drawn("l", undefined);
  expect(lasso).toEqual({ x: 200, y: 200, corners: [] });
  for (const way of ["ArrowRight", "ArrowDown", "ArrowLeft"]) {
    lasso = drawn("Enter", lasso);
    lasso = drawn(way, lasso, true);
  }
  const { corners } = lasso!;
  const pixels = [0, 2, 4].map((i) => toPage(view, corners[i]!, corners[i + 1]!));
  const expected = [
    [200, 200],
    [260, 200],
    [260, 260],
  ];
  pixels.forEach(({ x, y }, i) => {
    expect(x).toBeCloseTo(expected[i]![0]!, 6);
    expect(y).toBeCloseTo(expected[i]![1]!, 6);
  });
  expect(press("l", lasso)).toEqual({ do: "close", corners });
  expect(drawn("Backspace", lasso)!.corners).toEqual(corners.slice(0, 4));
  // Of two corners there is no lasso.
  expect(drawn("l", { ...lasso!, corners: corners.slice(0, 4) })).toBeUndefined();
  expect(drawn("Escape", lasso)).toBeUndefined();
  expect(press(" ", lasso)).toEqual({ do: "pick", at: { x: lasso!.x, y: lasso!.y } });
});

it("at the edge the map moves instead of the cross-hair", () => {
  const edge = { x: 395, y: 200, corners: [] };
  expect(press("ArrowRight", edge)).toMatchObject({ do: "pan", right: -12 });
  expect(drawn("ArrowLeft", edge)).toMatchObject({ x: 383 });
});
