import { expect, it } from "vitest";
import { commandOfKey, type KeyLasso } from "./map-keys.ts";
import { fitted, panned, toPage, toPlane } from "./viewport.ts";

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
  expect(lasso).toEqual({ x: 5, y: 5, corners: [] });
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
  expect(press(" ", lasso)).toEqual({ do: "pick", at: toPage(view, lasso!.x, lasso!.y) });
});

/** The cross-hair in pixels after a key, in the view that the key leaves. */
function pixelsAfter(key: string, lasso: KeyLasso): readonly [x: number, y: number] {
  const command = press(key, lasso);
  if (command?.do !== "draw") throw new Error(`${key}: ${command?.do}`);
  const after = command.pan ? panned(view, ...command.pan) : view;
  const { x, y } = toPage(after, command.lasso!.x, command.lasso!.y);
  return [Math.round(x), Math.round(y)];
}

it("at the edge the map moves instead of the cross-hair", () => {
  const edge = { ...toPlane(view, 395, 200), corners: [] };
  const pan = (press("ArrowRight", edge) as { pan?: readonly number[] }).pan!;
  expect(pan.map(Math.round)).toEqual([-7, -0]);
  expect(pixelsAfter("ArrowRight", edge)).toEqual([400, 200]);
  expect(press("ArrowLeft", edge)).not.toHaveProperty("pan");
  expect(pixelsAfter("ArrowLeft", edge)).toEqual([383, 200]);
  // Where a pointer had moved the map away under it.
  const outside = { ...toPlane(view, 200, -900), corners: [] };
  expect(pixelsAfter("ArrowUp", outside)).toEqual([200, 0]);
});

it("magnifies about the cross-hair, and about the middle without one", () => {
  const lasso = { ...toPlane(view, 300, 100), corners: [] };
  const { at } = press("+", lasso) as { at?: { x: number; y: number } };
  expect([at!.x, at!.y].map(Math.round)).toEqual([300, 100]);
  expect(press("-")).not.toHaveProperty("at");
});

it("the cross-hair stays at its images where the plot gets another size", () => {
  const lasso = { ...toPlane(view, 300, 100), corners: [] };
  const narrow = { ...view, width: 200 };
  const command = commandOfKey({ key: "Enter", shiftKey: false }, lasso, narrow);
  expect(command).toEqual({ do: "draw", lasso: { ...lasso, corners: [lasso.x, lasso.y] } });
});
