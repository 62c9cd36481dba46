import type { Palette } from "./class-colours.ts";
import { type PlotColours, type PointRenderer, pointSize, SELECTED_MORE } from "./point-renderer.ts";
import { FRAGMENT_SHADER_SOURCE, VERTEX_SHADER_SOURCE } from "./shaders.ts";
import type { Viewport } from "./viewport.ts";

/** A card that was lost comes back by then, or not at all. */
const GONE_MS = 1000;
/** Texels in a row of the palette: a class number's low byte. */
const PALETTE_WIDTH = 256;

const uniformNames = ["middle", "zoom", "size", "more", "ground", "accent"] as const;

/** What the card holds; it is made anew after the context was lost. */
interface OnCard {
  readonly program: WebGLProgram;
  readonly buffers: Readonly<Record<"place" | "number" | "state", WebGLBuffer>>;
  readonly array: WebGLVertexArrayObject;
  readonly palette: WebGLTexture;
  readonly uniform: (name: (typeof uniformNames)[number]) => WebGLUniformLocation | null;
}

interface Held {
  places: Float32Array;
  classes: Uint16Array;
  states: Uint8Array;
  palette: Palette;
}

/**
 * @param wholeScale of the viewport that sees all points
 * @param gone called where the card was lost for good
 */
export function webglPoints(
  canvas: HTMLCanvasElement,
  { redraw, wholeScale, gone }: { redraw: () => void; wholeScale: () => number; gone: () => void },
): PointRenderer | undefined {
  const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, preserveDrawingBuffer: false });
  if (!gl) return undefined;
  let card = onCard(gl);
  if (!card) return undefined;
  const held: Held = {
    ...{ places: new Float32Array(0), classes: new Uint16Array(0), states: new Uint8Array(0) },
    palette: new Uint8Array(3),
  };
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const lost = (event: Event) => {
    event.preventDefault();
    card = undefined;
    clearTimeout(waiting);
    waiting = setTimeout(gone, GONE_MS);
  };
  const restored = () => {
    card = onCard(gl);
    if (!card) return;
    clearTimeout(waiting);
    uploadAll(gl, card, held);
    redraw();
  };
  canvas.addEventListener("webglcontextlost", lost);
  canvas.addEventListener("webglcontextrestored", restored);
  const keep = (values: Partial<Held>) => {
    Object.assign(held, values);
    if (card) uploadAll(gl, card, values);
  };
  return {
    kind: "webgl2",
    setPlaces(places) {
      const n = places.length / 2;
      // The card reads as many of each.
      const rest = held.states.length === n ? {} : { classes: new Uint16Array(n), states: new Uint8Array(n) };
      keep({ places, ...rest });
    },
    setClasses: (classes, palette) => keep({ classes, palette }),
    setStates: (states) => keep({ states }),
    draw(view, colours, ratio) {
      if (card) drawPoints(gl, card, { view, colours, ratio, count: held.places.length / 2, whole: wholeScale() });
    },
    finish: () => gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)),
    close() {
      clearTimeout(waiting);
      canvas.removeEventListener("webglcontextlost", lost);
      canvas.removeEventListener("webglcontextrestored", restored);
      gl.getExtension("WEBGL_lose_context")?.loseContext();
    },
  };
}

function onCard(gl: WebGL2RenderingContext): OnCard | undefined {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX_SHADER_SOURCE] as const,
    [gl.FRAGMENT_SHADER, FRAGMENT_SHADER_SOURCE] as const,
  ]) {
    const shader = gl.createShader(type);
    if (!shader) return undefined;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return undefined;
  const array = gl.createVertexArray();
  const buffers = { place: gl.createBuffer(), number: gl.createBuffer(), state: gl.createBuffer() };
  gl.bindVertexArray(array);
  const attribute = (name: keyof typeof buffers) => {
    const location = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[name]);
    gl.enableVertexAttribArray(location);
    return location;
  };
  gl.vertexAttribPointer(attribute("place"), 2, gl.FLOAT, false, 0, 0);
  gl.vertexAttribIPointer(attribute("number"), 1, gl.UNSIGNED_SHORT, 0, 0);
  gl.vertexAttribIPointer(attribute("state"), 1, gl.UNSIGNED_BYTE, 0, 0);
  const palette = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, palette);
  for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
    gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
  gl.enable(gl.DEPTH_TEST);
  gl.depthFunc(gl.LEQUAL);
  const uniforms = new Map(uniformNames.map((name) => [name, gl.getUniformLocation(program, name)]));
  return { program, buffers, array, palette, uniform: (name) => uniforms.get(name) ?? null };
}

function uploadAll(
  gl: WebGL2RenderingContext,
  card: OnCard,
  { places, classes, states, palette }: Partial<Held>,
): void {
  for (const [name, values] of [
    ["place", places && finite(places)],
    ["number", classes],
    ["state", states],
  ] as const) {
    if (!values) continue;
    gl.bindBuffer(gl.ARRAY_BUFFER, card.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
  }
  if (palette) uploadPalette(gl, card, palette);
}

/** A place that is none lies where no eye sees it; the card must not be asked what NaN is. */
const finite = (places: Float32Array): Float32Array =>
  places.every(Number.isFinite) ? places : places.map((value) => (Number.isFinite(value) ? value : 1e30));

function uploadPalette(gl: WebGL2RenderingContext, card: OnCard, palette: Palette): void {
  const rows = Math.ceil(palette.length / 3 / PALETTE_WIDTH);
  const texels = new Uint8Array(4 * PALETTE_WIDTH * rows).fill(255);
  for (let i = 0; 3 * i < palette.length; i++) texels.set(palette.subarray(3 * i, 3 * i + 3), 4 * i);
  gl.bindTexture(gl.TEXTURE_2D, card.palette);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, PALETTE_WIDTH, rows, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
}

interface Drawing {
  readonly view: Viewport;
  readonly colours: PlotColours;
  readonly ratio: number;
  readonly count: number;
  readonly whole: number;
}

function drawPoints(gl: WebGL2RenderingContext, card: OnCard, { view, colours, ratio, count, whole }: Drawing): void {
  const { uniform } = card;
  const part = ([r, g, b]: PlotColours["ground"]) => [r / 255, g / 255, b / 255] as const;
  gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
  gl.clearColor(...part(colours.ground), 1);
  gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  if (count === 0) return;
  gl.useProgram(card.program);
  gl.bindVertexArray(card.array);
  gl.uniform2f(uniform("middle"), view.x, view.y);
  gl.uniform2f(uniform("zoom"), (2 * view.scale) / view.width, (-2 * view.scale) / view.height);
  gl.uniform1f(uniform("size"), ratio * pointSize(count, view, whole));
  gl.uniform1f(uniform("more"), ratio * SELECTED_MORE);
  gl.uniform3f(uniform("ground"), ...part(colours.ground));
  gl.uniform3f(uniform("accent"), ...part(colours.accent));
  gl.drawArrays(gl.POINTS, 0, count);
}
