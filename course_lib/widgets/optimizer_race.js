// The optimizer race: Python has run all steps of all runners (`paths`, `curves`, `status`); this file plays them.
const LAST = 300, SIDE = 81, GOAL_STEP = 60, GOAL = 0.01;
const STYLE = {                                                  // colour, dashes and marker: never colour alone
  'gradient descent': ['blue', [], 'circle', 2.2], SGD: ['orange', [2, 3], 'square', 2.2], momentum: ['green', [], 'triangle', 2.8],
  RMSprop: ['purple', [8, 4], 'diamond', 2.2], Adam: ['yellow', [10, 3, 2, 3], 'pentagon', 2.4], yours: ['text', [1, 0], 'hexagon', 4],
};
/** Move labels apart: items {x, y, w}; no two that overlap sideways come closer than `gap`. */
export function spread(items, gap, lo, hi) {
  items.sort((a, b) => a.y - b.y);
  for (let round = 0; round < 8; round++) for (let i = 0; i < items.length; i++) for (let j = i + 1; j < items.length; j++) {
    const a = items[i], b = items[j];
    if (a.x < b.x + b.w && b.x < a.x + a.w && Math.abs(b.y - a.y) < gap) { const m = (a.y + b.y) / 2, s = b.y >= a.y ? 1 : -1; a.y = m - s * gap / 2; b.y = m + s * gap / 2; }
  }
  for (const i of items) i.y = clamp(i.y, lo, hi);
  return items;
}

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Optimizer race', python: true }), { t, make } = ui, get = k => model.get(k);
  const WORDS = [t('on the way'), t('arrived'), t('oscillating'), t('diverged'), t('stuck'), t('stopped by an error')];
  const all = get('names'), label = n => ({ 'gradient descent': t('gradient descent'), momentum: t('momentum'), yours: t('your function') }[n] || n);
  let paths, curves, status, ghost = null, changed = 0;
  const load = () => { paths = floats(get('paths')); curves = floats(get('curves')); const s = get('status'); status = new Uint8Array(s.buffer, s.byteOffset, s.byteLength); };
  load();
  ui.on(['paths'], () => {                                       // the trails before this change stay, faint, until the next one
    if (performance.now() - changed > 1200) ghost = { paths, surface: seen };
    changed = performance.now(); load(); seen = surface(); ui.ask();
  });
  const surface = () => get('surface') + get('condition');
  let seen = surface();
  const shown = () => all.map((n, i) => [n, i]).filter(([n]) => get('runners').includes(n));
  const point = (i, k, from = paths) => [from[(i * (LAST + 1) + k) * 2], from[(i * (LAST + 1) + k) * 2 + 1]];
  const arrival = i => { for (let k = 0; k <= LAST; k++) if (curves[i * (LAST + 1) + k] < GOAL) return k; return null; };

  // ---- controls
  ui.menu('surface', t('surface'), get('surfaces'));
  const steep = ui.slider('condition', t('walls of the ravine, times steeper'), { min: 0, max: 2.3, step: 0.02, from: Math.log10, to: v => +(10 ** v).toPrecision(2), text: v => number(v, 0) });
  ui.draw(() => { const off = get('surface') !== 'ravine'; if (steep.disabled !== off) { steep.disabled = off; steep.parentNode.style.opacity = off ? 0.55 : 1; } });
  const lo = -3.5, hi = 0.5;
  const rate = ui.slider('learning_rate', t('learning rate'), { min: lo, max: hi, step: 0.01, from: v => +Math.log10(v).toFixed(2), to: v => +(10 ** v).toPrecision(3), text: v => String(+v.toPrecision(3)) });
  const tip = make('i'), words = make('span'), mark2 = make('div', { className: 'cw-limit' }, tip, words);
  if (!ui.hidden.has('learning_rate')) rate.parentNode.after(mark2);
  ui.draw(() => {
    const k = (Math.log10(get('limit')) - lo) / (hi - lo), inside = k >= 0 && k <= 1, text = t('limit 2/λ = {0}', +get('limit').toPrecision(3));
    tip.hidden = !inside; tip.style.left = `calc(8px + (100% - 16px) * ${k})`;
    words.textContent = text; words.style.left = k < 0.5 ? `calc(14px + (100% - 16px) * ${clamp(k, 0, 1)})` : ''; words.style.right = k < 0.5 ? '' : `calc(14px + (100% - 16px) * ${clamp(1 - k, 0, 1)})`;
  });
  ui.slider('momentum', t('momentum'), { min: 0, max: 0.99, step: 0.01, text: v => number(v, 2) });
  ui.slider('noise', t('noise of the mini-batches (SGD)'), { min: 0, max: 5, step: 0.1 });
  ui.check('before', t('keep the trails before the last change'));
  const two = ui.bar(); ui.controls.append(two);
  ui.button(t('Other mini-batches'), () => ui.set({ seed: get('seed') + 1 }), { key: 'seed', where: two });
  ui.presets();
  const goal = ui.goal(t('ravine, 25 or more: all five below 0.01 in 60 steps'));
  ui.footer();

  // ---- map and curves
  const place = make('div', { className: 'cw-race' }), left = make('div'), right = make('div');
  place.append(left, right); ui.stage.append(place);
  const tall = w => (w > 360 ? 330 : Math.max(250, w * 0.8)), memo = {};
  let plot = null, lines = null, dragging = false, chart = null, scrubbing = false;
  const colour = (n, theme) => theme[STYLE[n][0]];
  const trace = (g, theme, n, width) => { g.strokeStyle = colour(n, theme); g.lineWidth = width || STYLE[n][3]; g.setLineDash(STYLE[n][1]); };
  const halo = (g, theme, text, x, y) => { g.lineWidth = 3.5; g.lineJoin = 'round'; g.strokeStyle = theme.page; g.setLineDash([]); g.strokeText(text, x, y); g.fillText(text, x, y); };
  const nice = v => +v.toFixed(2);
  const startAt = (x, y) => { const [a, b, c, d] = get('view'); ui.set({ begin: [nice(clamp(x, a, b)), nice(clamp(y, c, d))] }); };
  const map = ui.canvas({
    label: t('Map of the loss'), where: left, height: tall, maxWidth: 560,
    draw(g, W, H, theme) {
      const [x0, x1, y0, y1] = get('view'), values = floats(get('landscape')), k = get('step');
      plot = axes(g, theme, { left: 50, top: 10, width: W - 64, height: H - 54, x: [x0, x1], y: [y0, y1], grid: false, xticks: ticks(x0, x1, 6), yticks: ticks(y0, y1, 5),
        xtext: v => number(v, Number.isInteger(v) ? 0 : 1), ytext: v => number(v, Number.isInteger(v) ? 0 : 1), xlabel: t('weight w₁'), ylabel: t('weight w₂') });
      const top = values.reduce((a, v) => Math.max(a, v), 0), floor = Math.max(top * 1e-4, 1e-3), levels = Array.from({ length: 13 }, (_, i) => floor * (top / floor) ** (i / 13));
      const tag = [surface(), W, H, top].join();
      if (!lines || lines.tag !== tag) lines = { tag, paths: contours(values, SIDE, levels, c => plot.left + (c / (SIDE - 1)) * plot.width, r => plot.top + plot.height * (1 - r / (SIDE - 1))) };
      g.save(); plot.clip();
      g.globalAlpha = 0.3; heat(g, plot, values, SIDE, SIDE, v => 0.5 * Math.log(Math.max(v, floor) / floor) / Math.log(top / floor), ramp(theme), memo); g.globalAlpha = 1;
      g.strokeStyle = theme.soft; g.globalAlpha = 0.4; g.lineWidth = 1; for (const p of lines.paths) g.stroke(p); g.globalAlpha = 1;
      const [lx, ly] = get('lowest'); star(g, theme, plot.X(lx), plot.Y(ly));
      if (get('surface') === 'saddle') star(g, theme, plot.X(lx), plot.Y(-ly));
      const trail = (i, from) => { g.beginPath(); for (let s = 0; s <= k; s++) { const [a, b] = point(i, s, from); if (!Number.isFinite(a)) break; g.lineTo(plot.X(a), plot.Y(b)); } g.stroke(); };
      if (get('before') && ghost && ghost.surface === surface()) { g.globalAlpha = 0.28; for (const [n, i] of shown()) { trace(g, theme, n, 1.6); trail(i, ghost.paths); } g.globalAlpha = 1; }
      for (const [n, i] of shown()) { trace(g, theme, n); trail(i); }
      g.restore(); g.setLineDash([]);
      const [sx, sy] = get('origin').map((v, j) => (j ? plot.Y(v) : plot.X(v)));
      g.strokeStyle = theme.page; g.lineWidth = 5; ring(g, sx, sy); g.strokeStyle = theme.text; g.lineWidth = 2; ring(g, sx, sy);
      heads(g, theme, k, W);
      g.font = `12px ${theme.font}`; g.textAlign = 'left'; g.textBaseline = 'bottom'; g.fillStyle = theme.text; halo(g, theme, t('start'), clamp(sx + 9, plot.left, W - 40), sy - 8);
      sentence(k);
    },
    pointer({ x, y, kind }) {
      if (kind === 'down') dragging = true;
      if (kind === 'up') dragging = false;
      if (plot && dragging && (kind === 'down' || kind === 'move')) startAt(plot.atX(x), plot.atY(y));
    },
    key(e) {
      const move = ui.arrows[e.key], [a, b, c, d] = get('view'), [x, y] = get('origin');
      if (move) { e.preventDefault(); startAt(x + (move[0] * (b - a)) / 40, y + (move[1] * (d - c)) / 40); } else player.key(e);
    },
  });
  const ring = (g, x, y) => { g.beginPath(); g.arc(x, y, 6, 0, 7); g.stroke(); };
  function star(g, theme, x, y) {
    g.beginPath(); for (let i = 0; i < 10; i++) { const r = i % 2 ? 3.5 : 8.5, a = (Math.PI * i) / 5; g.lineTo(x + r * Math.sin(a), y - r * Math.cos(a)); } g.closePath();
    g.fillStyle = theme.text; g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1.2; g.stroke();
  }
  function heads(g, theme, k, W) {                               // the runners themselves, at the edge where they have left
    const tags = [];
    g.font = `600 12px ${theme.font}`;
    for (const [n, i] of shown()) {
      let s = k; while (s > 0 && !Number.isFinite(point(i, s)[0])) s--;
      const [a, b] = point(i, s), px = plot.X(a), py = plot.Y(b), x = clamp(px, plot.left, plot.left + plot.width), y = clamp(py, plot.top, plot.top + plot.height);
      mark(g, STYLE[n][2], x, y, 5); g.fillStyle = colour(n, theme); g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1.5; g.stroke();
      const text = label(n) + (s < k || px !== x || py !== y ? ' ' + t('(left)') : ''), w = g.measureText(text).width + 4;
      tags.push({ x: x + 10 + w > plot.left + plot.width ? x - 10 - w : x + 10, y, w, text, n });
    }
    spread(tags, 14, plot.top + 8, plot.top + plot.height - 8);
    g.textAlign = 'left'; g.textBaseline = 'middle';
    for (const tag of tags) { g.fillStyle = colour(tag.n, theme); halo(g, theme, tag.text, Math.max(tag.x, plot.left + 2), tag.y); }
  }
  const scrub = v => ui.set({ step: clamp(Math.round(v), 0, LAST) });
  const far = () => (get('step') > 100 ? LAST : 100);
  const chartCanvas = ui.canvas({
    label: t('Loss at each step'), where: right, height: w => (right.offsetTop > left.offsetTop ? 220 : tall(left.clientWidth)), maxWidth: 560,
    draw(g, W, H, theme) {
      const k = get('step'), lowest = 1e-6, n = LAST + 1, clampLoss = v => Math.max(v, lowest);
      let top = 1; for (const [, i] of shown()) for (let s = 0; s <= k; s++) { const v = curves[i * n + s]; if (v > top) top = v; }
      top = 10 ** Math.ceil(Math.log10(top) - 1e-9);
      chart = axes(g, theme, { left: 50, top: 10, width: W - 68, height: H - 54, x: [0, far()], y: [lowest, top], log: { y: true }, xticks: ticks(0, far(), 5), yticks: powers(lowest, top, 2), ytext: power,
        xlabel: t('step (← → move along)'), ylabel: t('loss') });
      g.save(); chart.clip();
      g.strokeStyle = theme.soft; g.setLineDash([4, 3]); g.lineWidth = 1; g.beginPath();
      g.moveTo(chart.left, chart.Y(GOAL)); g.lineTo(chart.left + chart.width, chart.Y(GOAL)); g.moveTo(chart.X(GOAL_STEP), chart.top); g.lineTo(chart.X(GOAL_STEP), chart.top + chart.height); g.stroke(); g.setLineDash([]);
      for (const [name, i] of shown()) {
        trace(g, theme, name); g.beginPath();
        for (let s = 0; s <= k; s++) { const v = curves[i * n + s]; if (!Number.isFinite(v)) break; g.lineTo(chart.X(s), chart.Y(clampLoss(v))); }
        g.stroke();
      }
      g.restore(); g.setLineDash([]);
      g.font = `12px ${theme.font}`; g.fillStyle = theme.soft; g.textAlign = 'left'; g.textBaseline = 'top'; halo(g, theme, t('goal 0.01'), chart.left + 5, chart.Y(GOAL) + 4);
      const tags = [];
      for (const [name, i] of shown()) {
        let s = k; while (s > 0 && !Number.isFinite(curves[i * n + s])) s--;
        const x = chart.X(s), y = clamp(chart.Y(clampLoss(curves[i * n + s])), chart.top, chart.top + chart.height);
        mark(g, STYLE[name][2], x, y, 4.5); g.fillStyle = colour(name, theme); g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1.2; g.stroke();
        const w = g.measureText(label(name)).width + 4;
        tags.push({ x: x + 9 + w > chart.left + chart.width ? x - 9 - w : x + 9, y, w, n: name });
      }
      spread(tags, 14, chart.top + 8, chart.top + chart.height - 8);
      g.font = `600 12px ${theme.font}`; g.textAlign = 'left'; g.textBaseline = 'middle';
      for (const tag of tags) { g.fillStyle = colour(tag.n, theme); halo(g, theme, label(tag.n), tag.x, tag.y); }
    },
    pointer({ x, kind }) {
      if (kind === 'down') { scrubbing = true; player.stop(); }
      if (kind === 'up') scrubbing = false;
      if (chart && scrubbing && (kind === 'down' || kind === 'move')) scrub(chart.atX(x));
    },
    key(e) { player.key(e); },
  });
  const player = ui.player({
    rate: 12, where: ui.stage, reset: () => scrub(0), back: () => scrub(get('step') - 1),
    step() {
      const k = get('step');
      const done = k >= GOAL_STEP && shown().every(([, i]) => [1, 3, 4, 5].includes(status[i * (LAST + 1) + k]));
      if (k >= LAST || (player.playing && done)) return false;   // nothing happens any more
      scrub(k + 1); return true;
    },
  });
  ui.stage.append(make('p', { className: 'cw-keys', textContent: t('Click the map, or use the arrow keys on it, to move the start. Space plays, R goes to the start; on the loss picture ← → go step by step.') }));

  // ---- the runners: on or off, loss, status
  const body = make('tbody'), head = make('tr', {}, ...[t('runner'), t('loss'), t('below 0.01 at step'), t('status')].map((text, i) => make('th', { textContent: text, className: i === 1 || i === 2 ? 'cw-num' : '' })));
  [...head.children].forEach(th => th.setAttribute('scope', 'col'));
  ui.stage.append(make('table', { className: 'cw-runners' }, make('thead', {}, head), body));
  const rows = all.map((n, i) => {
    const box = make('input', { type: 'checkbox' }), swatch = make('canvas', { width: 68, height: 28 }), cells = [1, 2, 3].map(c => make('td', { className: c < 3 ? 'cw-num' : '' }));
    swatch.style.width = '34px'; swatch.style.height = '14px'; swatch.setAttribute('aria-hidden', 'true');
    box.addEventListener('change', () => ui.set({ runners: all.filter(m => (m === n ? box.checked : get('runners').includes(m))) }));
    const title = make('th', {}, make('label', {}, box, swatch, make('span', { textContent: label(n) }))); title.setAttribute('scope', 'row');
    const row = make('tr', {}, title, ...cells); body.append(row);
    return { n, i, box, swatch, cells, row };
  });
  ui.draw(() => {
    const k = get('step'), theme = ui.scheme();
    for (const { n, i, box, swatch, cells, row } of rows) {
      const on = get('runners').includes(n), at = arrival(i), v = curves[i * (LAST + 1) + k];
      box.checked = on; row.className = on ? '' : 'cw-off';
      const g = swatch.getContext('2d'); g.setTransform(2, 0, 0, 2, 0, 0); g.clearRect(0, 0, 34, 14); trace(g, theme, n); g.beginPath(); g.moveTo(0, 7); g.lineTo(34, 7); g.stroke(); g.setLineDash([]);
      mark(g, STYLE[n][2], 17, 7, 4); g.fillStyle = colour(n, theme); g.fill();
      const text = [Number.isFinite(v) ? (v < 1e-6 ? '< 0.000001' : number(v, v < 0.1 ? 4 : 2)) : status[i * (LAST + 1) + k] === 5 ? '—' : t('too large'), at === null ? '—' : String(at), WORDS[status[i * (LAST + 1) + k]]];
      cells.forEach((cell, c) => { if (cell.textContent !== text[c]) cell.textContent = text[c]; });
    }
    goal(get('surface') === 'ravine' && get('condition') >= 25 && all.every((n, i) => n === 'yours' || (arrival(i) !== null && arrival(i) <= GOAL_STEP)));
  });
  function sentence(k) {
    const where = shown().map(([n, i]) => `${label(n)}: ${WORDS[status[i * (LAST + 1) + k]]}`).join(', '), eta = get('learning_rate'), limit = get('limit');
    const text = t('Step {0}. {1}.', k, where || t('no runner is switched on'));
    const ratio = eta > limit ? t('Learning rate {0} is above the limit {1} of plain gradient descent: near the lowest point its steps grow.', +eta.toPrecision(3), +limit.toPrecision(3))
      : t('Learning rate {0} is below the limit {1} of plain gradient descent.', +eta.toPrecision(3), +limit.toPrecision(3));
    const i = all.indexOf('gradient descent'), [a, b] = point(i, k), [c, d] = point(i, Math.min(k + 1, LAST));
    const short = v => number(Math.abs(v) < 0.0005 ? 0 : v, 3), vector = (p, q) => `(${short(p)}, ${short(q)})`;
    ui.formula(Number.isFinite(a) && Number.isFinite(c) && k < LAST
      ? [t('gradient descent, next step: w − η·∂L/∂w = {0} − {1}·{2} = {3}', vector(a, b), +eta.toPrecision(3), vector((a - c) / eta, (b - d) / eta), vector(c, d))] : []);
    ui.say(player && player.playing ? t('Step {0}', k - (k % 20)) : text + ' ' + ratio);
    map.describe(t('Map of the loss with the trails. {0} The lowest point is at {1}, the start at {2}.', text, vector(...get('lowest')), vector(...get('origin'))));
    chartCanvas && chartCanvas.describe(t('Loss at each step on a logarithmic axis. {0}', text));
  }
  ui.on(['surface', 'condition', 'learning_rate', 'momentum', 'noise', 'seed', 'begin', 'step', 'runners', 'before', 'curves', 'status', 'landscape', 'view', 'origin', 'lowest', 'limit'], ui.ask);
  return ui.end;
}
export default { render };
