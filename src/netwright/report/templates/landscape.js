"use strict";
const {scenes, stops} = JSON.parse(document.getElementById("data").textContent);
const canvas = document.getElementById("picture"), pen = canvas.getContext("2d");
const reading = document.getElementById("reading"), toggles = {relief: document.getElementById("relief"), map: document.getElementById("map"), way: document.getElementById("way")};
const TALL = 0.78, FINE = 101;
const state = {scene: 0, relief: true, way: true, turn: -52 * Math.PI / 180, tilt: 31 * Math.PI / 180, over: null, near: 1};
let width = 0, height = 0;

function css(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
function colour(h, bright = 1) {
  const place = Math.min(1, Math.max(0, h)) * (stops.length - 1), k = Math.min(stops.length - 2, Math.floor(place)), t = place - k;
  return stops[k].map((v, i) => Math.min(255, (v + (stops[k + 1][i] - v) * t) * bright));
}
const rgb = c => `rgb(${c[0] | 0} ${c[1] | 0} ${c[2] | 0})`;
const digits = v => v === null || v === undefined ? "not finite" : Number(v.toPrecision(4)).toString();

// Catmull-Rom through what was measured, as the picture beside this page does.
function weights(n, size) {
  return Array.from({length: size}, (_, i) => {
    const place = i / (size - 1) * (n - 1), k = Math.min(n - 2, Math.floor(place)), t = place - k;
    const part = [0.5 * (-t + 2 * t * t - t ** 3), 0.5 * (2 - 5 * t * t + 3 * t ** 3), 0.5 * (t + 4 * t * t - 3 * t ** 3), 0.5 * (-t * t + t ** 3)];
    return part.map((w, o) => [Math.min(n - 1, Math.max(0, k + o - 1)), w]);
  });
}
function finer(h) {
  const a = weights(h[0].length, FINE), u = weights(h.length, FINE);
  const wide = h.map(row => a.map(ws => ws.reduce((s, [k, w]) => s + w * row[k], 0)));
  return u.map(ws => wide[0].map((_, x) => Math.min(1, Math.max(0, ws.reduce((s, [k, w]) => s + w * wide[k][x], 0)))));
}
function segments(h, level) {
  const found = [], cut = (a, b) => (level - a) / (b - a);
  for (let y = 0; y < FINE - 1; y++) for (let x = 0; x < FINE - 1; x++) {
    const [a, b, c, d] = [h[y][x], h[y][x + 1], h[y + 1][x + 1], h[y + 1][x]];
    const ends = [];
    if (a > level !== b > level) ends.push([x + cut(a, b), y]);
    if (b > level !== c > level) ends.push([x + 1, y + cut(b, c)]);
    if (d > level !== c > level) ends.push([x + cut(d, c), y + 1]);
    if (a > level !== d > level) ends.push([x, y + cut(a, d)]);
    for (let k = 0; k + 1 < ends.length; k += 2) found.push([ends[k], ends[k + 1]]);
  }
  return found.map(pair => pair.map(([x, y]) => [x / (FINE - 1), y / (FINE - 1)]));
}
for (const scene of scenes) {
  scene.fine = finer(scene.heights);
  scene.lines = scene.levels.map(([level]) => [level, segments(scene.fine, level)]);
}

const span = steps => [steps[0], steps[steps.length - 1]];
function share(scene, across, up) {
  const [a, b] = span(scene.across), [c, d] = span(scene.up);
  return [(across - a) / (b - a), (up - c) / (d - c)];
}
function heightAt(scene, x, y) {
  const at = v => Math.min(FINE - 1, Math.max(0, Math.round(v * (FINE - 1))));
  return scene.fine[at(y)][at(x)];
}
function see(x, y, z) {
  const [a, b, c] = [x - 0.5, y - 0.5, (z - 0.5) * TALL], size = Math.min(width, height * 1.12) * 0.62 * state.near;
  const right = a * Math.cos(state.turn) - b * Math.sin(state.turn), away = a * Math.sin(state.turn) + b * Math.cos(state.turn);
  const rise = c * Math.cos(state.tilt) + away * Math.sin(state.tilt), near = c * Math.sin(state.tilt) - away * Math.cos(state.tilt);
  const far = 1 / (1 - 0.16 * near);
  return [width / 2 + right * far * size, height * 0.52 - rise * far * size, near];
}
function frame() {
  const side = Math.min(width - 130, height - 70);
  return {left: 56, top: 14, side};
}
function flat(x, y) { const f = frame(); return [f.left + x * f.side, f.top + (1 - y) * f.side]; }
function stroke(points, style, size = 1) {
  pen.beginPath(); points.forEach(([x, y], k) => k ? pen.lineTo(x, y) : pen.moveTo(x, y));
  pen.strokeStyle = style; pen.lineWidth = size; pen.stroke();
}
function dot([x, y], r, fill, ring) {
  pen.beginPath(); pen.arc(x, y, r, 0, 7); pen.fillStyle = fill; pen.fill();
  if (ring) { pen.strokeStyle = ring; pen.lineWidth = 1.2; pen.stroke(); }
}
function say(text, x, y, align = "center", base = "middle") {
  pen.font = `12px ${css("--sans") || "sans-serif"}`; pen.fillStyle = css("--soft"); pen.textAlign = align; pen.textBaseline = base; pen.fillText(text, x, y);
}

function drawRelief(scene) {
  const rule = css("--rule"), floor = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([x, y]) => see(x, y, 0));
  pen.beginPath(); floor.forEach(([x, y], k) => k ? pen.lineTo(x, y) : pen.moveTo(x, y)); pen.closePath(); pen.fillStyle = css("--wash"); pen.fill();
  const corners = [[0, 0], [1, 0], [1, 1], [0, 1]], depth = corners.map(([x, y]) => see(x, y, 0)[2]), back = depth.indexOf(Math.min(...depth));
  const wall = [corners[(back + 3) % 4], corners[back], corners[(back + 1) % 4]];
  for (const h of [0, 0.25, 0.5, 0.75, 1]) stroke(wall.map(([x, y]) => see(x, y, h)), rule);
  for (const [x, y] of wall) stroke([see(x, y, 0), see(x, y, 1)], rule);
  stroke([...floor, floor[0]], rule);
  for (const [level, lines] of scene.lines) for (const [p, q] of lines) stroke([see(...p, 0), see(...q, 0)], rgb(colour(level)), 0.7);
  const edge = wall[0][0] === undefined ? wall[1] : (see(...wall[0], 0)[0] < see(...wall[2], 0)[0] ? wall[0] : wall[2]);
  for (const [level, loss] of scene.levels.filter((_, k) => k % 3 === 1)) { const [x, y] = see(...edge, level); say(digits(loss), x - 8, y, "right"); }
  drawMesh(scene);
}
function drawMesh(scene) {
  const n = FINE, h = scene.fine, at = [];
  for (let y = 0; y < n; y++) { at.push([]); for (let x = 0; x < n; x++) at[y].push(see(x / (n - 1), y / (n - 1), h[y][x])); }
  const cells = [];
  for (let y = 0; y < n - 1; y++) for (let x = 0; x < n - 1; x++) cells.push([at[y][x][2] + at[y + 1][x + 1][2], x, y]);
  cells.sort((p, q) => p[0] - q[0]);
  for (const [, x, y] of cells) {
    const dx = (h[y][x + 1] - h[y][x]) * (n - 1) * TALL, dy = (h[y + 1][x] - h[y][x]) * (n - 1) * TALL;
    const bright = Math.max(0, (0.45 * dx + 0.35 * dy + 0.82) / Math.hypot(dx, dy, 1) / 0.999);
    const shade = colour(h[y][x], 0.74 + 0.32 * Math.min(1, bright)), quad = [at[y][x], at[y][x + 1], at[y + 1][x + 1], at[y + 1][x]];
    pen.beginPath(); quad.forEach(([a, b], k) => k ? pen.lineTo(a, b) : pen.moveTo(a, b)); pen.closePath();
    pen.fillStyle = pen.strokeStyle = rgb(shade); pen.lineWidth = 0.8; pen.fill(); pen.stroke();
    const line = `rgb(${shade.map(v => v * 0.74 | 0).join(" ")})`;
    if (x % 5 === 0) stroke([quad[0], quad[3]], line, 0.6);
    if (y % 5 === 0) stroke([quad[0], quad[1]], line, 0.6);
  }
}
let still = {};
function image(scene) {
  if (still.scene === scene) return still.canvas;
  const made = document.createElement("canvas"); made.width = made.height = FINE;
  const p = made.getContext("2d"), data = p.createImageData(FINE, FINE);
  for (let y = 0; y < FINE; y++) for (let x = 0; x < FINE; x++) data.data.set([...colour(scene.fine[FINE - 1 - y][x]), 255], 4 * (y * FINE + x));
  p.putImageData(data, 0, 0); still = {scene, canvas: made}; return made;
}
function ticks([a, b]) {
  const size = 10 ** Math.floor(Math.log10(b - a)), unit = [0.1, 0.2, 0.25, 0.5, 1].map(p => p * size).find(u => (b - a) / u <= 7), found = [];
  for (let k = Math.ceil(a / unit - 1e-9); k * unit <= b + 1e-9 * unit; k++) found.push(Number((k * unit).toPrecision(6)));
  return found;
}
function drawMap(scene) {
  const {left, top, side} = frame();
  pen.imageSmoothingEnabled = true; pen.imageSmoothingQuality = "high"; pen.drawImage(image(scene), left, top, side, side);
  for (const [level, lines] of scene.lines) for (const [p, q] of lines) stroke([flat(...p), flat(...q)], level < 0.45 ? "rgb(255 255 255 / 0.42)" : "rgb(10 20 40 / 0.42)", 1);
  stroke([flat(0, 0), flat(1, 0), flat(1, 1), flat(0, 1), flat(0, 0)], css("--rule"));
  for (const t of ticks(span(scene.across))) { const [x, y] = flat(share(scene, t, 0)[0], 0); say(digits(t), x, y + 14); }
  for (const t of ticks(span(scene.up))) { const [x, y] = flat(0, share(scene, 0, t)[1]); say(digits(t), x - 8, y, "right"); }
  say(scene.axes[0], left + side / 2, top + side + 36);
  for (let k = 0; k < 128; k++) { pen.fillStyle = rgb(colour(1 - k / 127)); pen.fillRect(left + side + 14, top + side * k / 128, 12, side / 128 + 1); }
  scene.levels.forEach(([level, loss], k) => { if (k % 2) say(digits(loss), left + side + 32, top + (1 - level) * side, "left"); });
}
function drawWay(scene) {
  const place = ([, across, up]) => { const [x, y] = share(scene, across, up); return state.relief ? see(x, y, heightAt(scene, x, y) + 0.012) : flat(x, y); };
  const warm = css("--warm"), points = scene.way.length ? scene.way.map(place) : [];
  if (points.length) {
    stroke(points, "rgb(255 255 255 / 0.9)", 4); stroke(points, warm, 2);
    points.slice(1, -1).forEach(p => dot(p, 2.6, warm, "white"));
    dot(points[0], 5, "white", warm); dot(points[points.length - 1], 5.5, warm, "white");
  } else { dot(place([0, 0, 0]), 5, warm, "white"); }
}
function draw() {
  const scene = scenes[state.scene];
  pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0); pen.clearRect(0, 0, width, height);
  (state.relief ? drawRelief : drawMap)(scene);
  if (state.way) drawWay(scene);
  if (state.over) {
    const [x, y] = state.over, p = state.relief ? see(x, y, heightAt(scene, x, y)) : flat(x, y);
    dot(p, 4, "transparent", state.relief ? css("--ink") : "white");
  }
}
let waiting = false;
function redraw() { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; draw(); }); } }
function resize() {
  const box = canvas.getBoundingClientRect(); width = box.width; height = box.height;
  canvas.width = Math.round(width * devicePixelRatio); canvas.height = Math.round(height * devicePixelRatio); draw();
}
function pick(px, py) {
  if (!state.relief) { const f = frame(), x = (px - f.left) / f.side, y = 1 - (py - f.top) / f.side; return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? [x, y] : null; }
  const scene = scenes[state.scene]; let best = null;
  for (let y = 0; y < FINE; y += 2) for (let x = 0; x < FINE; x += 2) {
    const [a, b, near] = see(x / (FINE - 1), y / (FINE - 1), scene.fine[y][x]);
    if (Math.hypot(a - px, b - py) < 9 && (!best || near > best[0])) best = [near, x / (FINE - 1), y / (FINE - 1)];
  }
  return best && best.slice(1);
}
function tell() {
  const scene = scenes[state.scene];
  if (!state.over) { reading.textContent = state.relief ? "Drag to turn, scroll to come nearer; hover says the loss." : "Hover says the loss."; return; }
  const [x, y] = state.over, [a, b] = span(scene.across), [c, d] = span(scene.up);
  const loss = scene.losses[Math.round(y * (scene.up.length - 1))][Math.round(x * (scene.across.length - 1))];
  let nearest = null;
  if (state.way) for (const stop of scene.way) {
    const [u, v] = share(scene, stop[1], stop[2]), off = Math.hypot(u - x, v - y);
    if (off < 0.025 && (!nearest || off < nearest[0])) nearest = [off, stop];
  }
  const at = `${digits(a + x * (b - a))}, ${digits(c + y * (d - c))}`;
  reading.textContent = nearest ? `After epoch ${nearest[1][0]}: loss ${digits(nearest[1][3])}` : `Loss ${digits(loss)} at ${at}`;
}
let grip = null;
canvas.addEventListener("pointerdown", e => { if (state.relief) { grip = [e.clientX, e.clientY, state.turn, state.tilt]; canvas.setPointerCapture(e.pointerId); } });
canvas.addEventListener("pointerup", () => { grip = null; });
canvas.addEventListener("pointermove", e => {
  if (grip) {
    state.turn = grip[2] + (e.clientX - grip[0]) * 0.008;
    state.tilt = Math.min(1.5, Math.max(0.02, grip[3] + (e.clientY - grip[1]) * 0.006)); state.over = null;
  } else { const box = canvas.getBoundingClientRect(); state.over = pick(e.clientX - box.left, e.clientY - box.top); }
  tell(); redraw();
});
canvas.addEventListener("pointerleave", () => { state.over = null; tell(); redraw(); });
canvas.addEventListener("wheel", e => { if (state.relief) { e.preventDefault(); state.near = Math.min(3, Math.max(0.6, state.near * Math.exp(-e.deltaY * 0.001))); redraw(); } }, {passive: false});
canvas.addEventListener("keydown", e => {
  const step = {ArrowLeft: [-0.08, 0], ArrowRight: [0.08, 0], ArrowUp: [0, 0.06], ArrowDown: [0, -0.06]}[e.key];
  if (step && state.relief) { e.preventDefault(); state.turn += step[0]; state.tilt = Math.min(1.5, Math.max(0.02, state.tilt + step[1])); redraw(); }
});
function choose() {
  const scene = scenes[state.scene];
  [...document.getElementById("scenes").children].forEach((b, k) => b.setAttribute("aria-pressed", k === state.scene));
  toggles.relief.setAttribute("aria-pressed", state.relief); toggles.map.setAttribute("aria-pressed", !state.relief);
  toggles.way.hidden = !scene.way.length; toggles.way.setAttribute("aria-pressed", state.way);
  canvas.className = state.relief ? "turns" : ""; document.getElementById("words").textContent = scene.words;
  state.over = null; tell(); draw();
}
scenes.forEach((scene, k) => {
  const button = document.createElement("button"); button.textContent = scene.name;
  button.addEventListener("click", () => { state.scene = k; choose(); }); document.getElementById("scenes").append(button);
});
toggles.relief.addEventListener("click", () => { state.relief = true; choose(); });
toggles.map.addEventListener("click", () => { state.relief = false; choose(); });
toggles.way.addEventListener("click", () => { state.way = !state.way; choose(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("resize", resize); resize(); choose();
