/** Shows the image under the pointer, and lets one coarse class be looked at alone. It writes text only, never markup. */
export const MAP_SCRIPT = `(() => {
const source = document.getElementById("map-data");
if (!source) return;
const data = JSON.parse(source.textContent);
const plane = document.querySelector(".plane"), svg = plane.querySelector("svg"), tip = document.getElementById("map-tip");
const picture = tip.firstElementChild, text = tip.lastElementChild, dots = [...svg.children];
const size = 2.5 * data.tile;
const line = (content, tag) => { const part = document.createElement(tag); part.textContent = content; text.append(part); };
let shown = -1;
const show = (i) => {
  if (shown >= 0) dots[shown].removeAttribute("id");
  shown = i;
  tip.hidden = i < 0;
  if (i < 0) return;
  dots[i].id = "dot-shown";
  const [id, coarse, fine] = data.dots[i];
  picture.style.backgroundSize = data.columns * size + "px auto";
  picture.style.backgroundPosition = -(i % data.columns) * size + "px " + -Math.floor(i / data.columns) * size + "px";
  text.replaceChildren();
  if (fine >= 0) line(data.fine[fine] || String(fine), "b");
  line(data.coarse[coarse] || String(coarse), fine >= 0 ? "span" : "b");
  line(id, "small");
  const box = plane.getBoundingClientRect(), at = dots[i].getBoundingClientRect();
  const x = at.left - box.left + 14, y = at.top - box.top + 14;
  tip.style.left = Math.max(0, Math.min(x, box.width - tip.offsetWidth - 4)) + "px";
  tip.style.top = (y + tip.offsetHeight > box.height ? Math.max(0, y - tip.offsetHeight - 26) : y) + "px";
};
svg.addEventListener("pointermove", (event) => {
  let best = -1, near = 14 * 14;
  const m = svg.getScreenCTM(), x = (event.clientX - m.e) / m.a, y = (event.clientY - m.f) / m.d;
  dots.forEach((dot, i) => {
    if (dot.classList.contains("off")) return;
    const d = (dot.cx.baseVal.value - x) ** 2 + (dot.cy.baseVal.value - y) ** 2;
    if (d < near) { near = d; best = i; }
  });
  if (best !== shown) show(best);
});
plane.addEventListener("pointerleave", () => show(-1));
const only = document.getElementById("map-only");
only.parentElement.hidden = false;
only.addEventListener("change", () => {
  show(-1);
  for (const dot of dots) dot.classList.toggle("off", only.value !== "" && !dot.classList.contains("c" + only.value));
  document.querySelector(".map").toggleAttribute("data-one", only.value !== "");
  for (const item of document.querySelectorAll(".names li")) item.hidden = only.value !== "" && item.dataset.of !== only.value;
  const byFine = document.getElementById("by-fine");
  if (byFine && only.value !== "") byFine.checked = true;
});
})();`;
