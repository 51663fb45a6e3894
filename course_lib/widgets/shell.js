// The shell that every widget of the course shares: controls with labels, a canvas that follows the theme and the
// pixel density, play / pause / step, a live sentence, presets, sharing, and a clean end. Plain JavaScript, no build.
// A widget's own file follows this text in one module and calls `shell({ model, el, ... })`.

// ---------------------------------------------------------------- numbers and texts
export const floats = view => view && view.byteLength
  ? new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)) : new Float32Array(0);
export const doubles = view => view && view.byteLength
  ? new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)) : new Float64Array(0);
export const clamp = (v, lo, hi) => Math.max(lo, Math.min(hi, v));
/** A number for reading: `digits` decimals, a real minus sign, brackets round negatives when `inside` a product. */
export function number(v, digits = 2, inside = false) {
  if (!Number.isFinite(v)) return Number.isNaN(v) ? 'NaN' : v > 0 ? '∞' : '−∞';
  const big = Math.abs(v) >= 1e5 || (v !== 0 && Math.abs(v) < 0.5 * 10 ** -digits && digits > 0);
  let text = big ? v.toExponential(1) : v.toFixed(digits);
  if (+text === 0) text = text.replace('-', '');
  text = text.replace(/-/g, '−');
  return inside && v < 0 && text[0] === '−' ? `(${text})` : text;
}
export function throttle(f, ms) {
  let timer = 0;
  const go = () => { if (!timer) timer = setTimeout(() => { timer = 0; f(); }, ms); };
  go.flush = () => { if (timer) { clearTimeout(timer); timer = 0; f(); } };
  go.cancel = () => { clearTimeout(timer); timer = 0; };
  return go;
}

// ---------------------------------------------------------------- colours (Okabe and Ito; shape always goes with colour)
const LIGHT = { blue: '#0072B2', orange: '#D55E00', green: '#007A5A', purple: '#A0478A', yellow: '#8A6D00', sky: '#2F7FB8', middle: [246, 246, 246] };
const DARK = { blue: '#56B4E9', orange: '#F0A030', green: '#2FC79B', purple: '#E29BC8', yellow: '#F0E442', sky: '#9AD4F5', middle: [38, 38, 38] };
function luminance(colour) {
  const [r, g, b] = (colour.match(/[\d.]+/g) || [255, 255, 255]).map(Number);
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}
function themeOf(root) {
  const style = getComputedStyle(root), text = style.color, dark = luminance(text) > 0.5;
  const v = (name, other) => style.getPropertyValue(name).trim() || other;
  return { dark, text, soft: v('--cw-soft', dark ? '#bbb' : '#555'), grid: v('--cw-grid', dark ? '#444' : '#ddd'),
    page: v('--cw-page', dark ? '#111' : '#fff'), ...(dark ? DARK : LIGHT), font: style.fontFamily };
}
const rgb = hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
/** 256 colours from blue over the neutral middle to orange, as a flat Uint8 table. */
export function ramp(theme) {
  const lo = rgb(theme.blue), mid = theme.middle, hi = rgb(theme.orange), table = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const v = i / 127.5 - 1, end = v < 0 ? lo : hi, k = Math.abs(v) ** 0.8;
    for (let c = 0; c < 3; c++) table[3 * i + c] = mid[c] + (end[c] - mid[c]) * k * 0.62;
  }
  return table;
}

// ---------------------------------------------------------------- plots on a canvas
/** Draw axes with ticks and labels; returns the scales X, Y (data to pixels) and their inverses. */
export function axes(g, theme, { left, top, width, height, x, y, xlabel, ylabel, xticks, yticks, xtext = String, ytext = String, grid = true, log = {} }) {
  const fx = log.x ? Math.log10 : v => v, fy = log.y ? Math.log10 : v => v;
  const X = v => left + ((fx(v) - fx(x[0])) / (fx(x[1]) - fx(x[0]))) * width;
  const Y = v => top + height - ((fy(v) - fy(y[0])) / (fy(y[1]) - fy(y[0]))) * height;
  const inv = (f, lo, hi, k) => (f ? 10 ** (Math.log10(lo) + k * (Math.log10(hi) - Math.log10(lo))) : lo + k * (hi - lo));
  g.save();
  g.font = `12px ${theme.font}`; g.lineWidth = 1;
  for (const v of xticks) {
    const p = Math.round(X(v)) + 0.5;
    if (grid) { g.strokeStyle = theme.grid; g.beginPath(); g.moveTo(p, top); g.lineTo(p, top + height); g.stroke(); }
    g.fillStyle = theme.soft; g.textAlign = 'center'; g.textBaseline = 'top'; g.fillText(xtext(v), p, top + height + 5);
  }
  for (const v of yticks) {
    const p = Math.round(Y(v)) + 0.5;
    if (grid) { g.strokeStyle = theme.grid; g.beginPath(); g.moveTo(left, p); g.lineTo(left + width, p); g.stroke(); }
    g.fillStyle = theme.soft; g.textAlign = 'right'; g.textBaseline = 'middle'; g.fillText(ytext(v), left - 6, p);
  }
  g.strokeStyle = theme.soft; g.strokeRect(left + 0.5, top + 0.5, width, height);
  g.fillStyle = theme.text; g.textAlign = 'center'; g.textBaseline = 'bottom';
  if (xlabel) g.fillText(xlabel, left + width / 2, top + height + 36, width);
  const aside = Math.max(34, Math.min(left - 12, 9 + Math.max(0, ...yticks.map(v => g.measureText(ytext(v)).width))));   // beside long numbers, where there is room
  if (ylabel) { g.translate(left - aside, top + height / 2); g.rotate(-Math.PI / 2); g.fillText(ylabel, 0, 0, height); }
  g.restore();
  return { X, Y, atX: p => inv(log.x, x[0], x[1], (p - left) / width), atY: p => inv(log.y, y[0], y[1], (top + height - p) / height),
    clip() { g.beginPath(); g.rect(left, top, width, height); g.clip(); }, left, top, width, height };
}
/** Evenly spread round numbers between lo and hi. */
export function ticks(lo, hi, count = 5) {
  const raw = (hi - lo) / count || 1, step = [1, 2, 5, 10].map(k => k * 10 ** Math.floor(Math.log10(raw))).find(s => s >= raw * 0.999);
  const list = [];
  for (let v = Math.ceil(lo / step - 1e-9) * step; v <= hi + step * 1e-9; v += step) list.push(+v.toPrecision(12));
  return list;
}
export const powers = (lo, hi, every = 1) => {
  const list = [];
  for (let e = Math.ceil(Math.log10(lo) - 1e-9); e <= Math.log10(hi) + 1e-9; e += every) list.push(10 ** e);
  return list;
};
const SUPER = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' };
export const power = v => '10' + [...String(Math.round(Math.log10(v)))].map(c => SUPER[c]).join('');
/** A mark of one of seven shapes, so that colour is never the only difference. */
export function mark(g, shape, x, y, r) {
  g.beginPath();
  if (shape === 'square') g.rect(x - r, y - r, 2 * r, 2 * r);
  else if (shape === 'circle') g.arc(x, y, r * 1.1, 0, 7);
  else if (shape === 'cross') {
    const a = r * 1.3, b = r * 0.45;
    for (const [dx, dy] of [[-b, -a], [b, -a], [b, -b], [a, -b], [a, b], [b, b], [b, a], [-b, a], [-b, b], [-a, b], [-a, -b], [-b, -b]]) g.lineTo(x + dx, y + dy);
    g.closePath();
  }
  else {
    const n = { triangle: 3, diamond: 4, pentagon: 5, hexagon: 6 }[shape], R = r * 1.35;
    for (let i = 0; i < n; i++) g.lineTo(x + R * Math.sin((2 * Math.PI * i) / n), y - R * Math.cos((2 * Math.PI * i) / n));
    g.closePath();
  }
}
/** Measured means over xs: a band of one spread to both sides. X, Y: numbers to pixels. */
export function spreadBand(g, X, Y, xs, mean, spread, colour, alpha = 0.2) {
  g.beginPath();
  xs.forEach((x, i) => g.lineTo(X(x), Y(mean[i] + spread[i])));
  for (let i = xs.length - 1; i >= 0; i--) g.lineTo(X(xs[i]), Y(mean[i] - spread[i]));
  g.globalAlpha = alpha; g.fillStyle = colour; g.fill(); g.globalAlpha = 1;
}
/** Measured means over xs: straight lines, and a mark at each; faint: a thin dashed line and hollow marks. */
export function measuredLine(g, X, Y, xs, mean, colour, shape, faint = false) {
  g.strokeStyle = g.fillStyle = colour; g.lineWidth = faint ? 1.2 : 2.4; g.setLineDash(faint ? [4, 4] : []);
  g.beginPath(); xs.forEach((x, i) => g.lineTo(X(x), Y(mean[i]))); g.stroke(); g.setLineDash([]);
  xs.forEach((x, i) => { mark(g, shape, X(x), Y(mean[i]), 3.5); if (faint) g.stroke(); else g.fill(); });
}
/** One line that says which mark means what; items: [shape, colour, text]. */
export function legend(g, theme, x, y, items) {
  g.save(); g.font = `12px ${theme.font}`; g.textAlign = 'left'; g.textBaseline = 'middle';
  for (const [shape, colour, text] of items) {
    if (shape === 'line' || shape === 'dashes') { g.strokeStyle = colour; g.lineWidth = 2.5; g.setLineDash(shape === 'dashes' ? [5, 3] : []); g.beginPath(); g.moveTo(x - 4, y); g.lineTo(x + 14, y); g.stroke(); g.setLineDash([]); x += 10; }
    else { mark(g, shape, x, y, 4); g.fillStyle = colour; g.fill(); }
    g.fillStyle = theme.text; g.fillText(text, x + 10, y); x += 26 + g.measureText(text).width;
  }
  g.restore();
}
/** Paint values (row 0 at the bottom) as a smooth map into a box; `scale` turns a value into 0..1. */
export function heat(g, box, values, columns, rows, scale, table, memo) {
  const off = memo.canvas || (memo.canvas = document.createElement('canvas'));
  if (off.width !== columns || off.height !== rows) { off.width = columns; off.height = rows; memo.image = null; }
  const h = off.getContext('2d'), image = memo.image || (memo.image = h.createImageData(columns, rows));
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
    const v = values[r * columns + c], i = 3 * Math.round(255 * clamp(scale(v), 0, 1)), k = 4 * ((rows - 1 - r) * columns + c);
    image.data[k] = table[i]; image.data[k + 1] = table[i + 1]; image.data[k + 2] = table[i + 2]; image.data[k + 3] = Number.isFinite(v) ? 255 : 0;
  }
  h.putImageData(image, 0, 0);
  g.drawImage(off, box.left, box.top, box.width, box.height);
}

/**
 * Paint values (row 0 on top) as square tiles into the square of `size` pixels at x, y; colour(value, row, column) is a
 * CSS colour. Returns where they are: left, top, width, height, cell, and at(x, y) -> [row, column], not rounded.
 */
export function tiles(g, { x, y, size }, values, rows, columns, colour) {
  const cell = size / Math.max(rows, columns), left = x + (size - cell * columns) / 2, edge = (from, k) => Math.round(from + k * cell);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
    g.fillStyle = colour(values[r * columns + c], r, c);
    g.fillRect(edge(left, c), edge(y, r), edge(left, c + 1) - edge(left, c), edge(y, r + 1) - edge(y, r));
  }
  return { left, top: y, cell, rows, columns, width: cell * columns, height: cell * rows,
    at: (px, py) => [(py - y) / cell, (px - left) / cell] };
}
/** A frame round the tiles from row, column on, `high` by `wide` of them, readable on any colour. */
export function frame(g, theme, at, row, column, high, wide, colour = theme.orange) {
  const box = [at.left + column * at.cell, at.top + row * at.cell, wide * at.cell, high * at.cell];
  for (const [width, line] of [[5, theme.page], [2.5, colour]]) { g.lineWidth = width; g.strokeStyle = line; g.strokeRect(...box); }
}
/** A bar of the colours with its lowest, middle and highest value, `name` below it. */
export function colourBar(g, theme, table, { x, top, height, lo, hi, name }) {
  for (let i = 0; i < height; i++) { const k = 3 * Math.round(255 * (1 - i / height)); g.fillStyle = `rgb(${table[k]},${table[k + 1]},${table[k + 2]})`; g.fillRect(x, top + i, 12, 1.5); }
  g.fillStyle = theme.soft; g.font = `12px ${theme.font}`; g.textAlign = 'left'; g.textBaseline = 'middle';
  for (const v of [lo, (lo + hi) / 2, hi]) g.fillText(number(v, Number.isInteger(v) ? 0 : 1), x + 16, clamp(top + height * (1 - (v - lo) / (hi - lo)), top + 6, top + height - 6));
  g.textBaseline = 'bottom'; g.fillText(name, x + 2, top + height + 20);
}
/** The lines of equal value in a grid (row 0 at the bottom), as one Path2D per level. X, Y: column, row to pixels. */
export function contours(values, side, levels, X, Y) {
  return levels.map(level => {
    const path = new Path2D();
    for (let r = 0; r < side - 1; r++) for (let c = 0; c < side - 1; c++) {
      const corner = [values[r * side + c], values[r * side + c + 1], values[(r + 1) * side + c + 1], values[(r + 1) * side + c]];
      const at = [[c, r], [c + 1, r], [c + 1, r + 1], [c, r + 1]], cut = [];
      for (let k = 0; k < 4; k++) {
        const a = corner[k], b = corner[(k + 1) % 4];
        if ((a < level) === (b < level)) continue;
        const s = (level - a) / (b - a), [p, q] = [at[k], at[(k + 1) % 4]];
        cut.push([p[0] + s * (q[0] - p[0]), p[1] + s * (q[1] - p[1])]);
      }
      for (let k = 0; k + 1 < cut.length; k += 2) { path.moveTo(X(cut[k][0]), Y(cut[k][1])); path.lineTo(X(cut[k + 1][0]), Y(cut[k + 1][1])); }
    }
    return path;
  });
}

// ---------------------------------------------------------------- the shell
/**
 * name: what a screen reader calls the widget. redraw(): draws everything from the model.
 * python: true where Python computes the numbers (settings are then sent at once, otherwise every 150 ms).
 */
export function shell({ model, el, name, python = false }) {
  const className = String(model.get('_anywidget_id') || '').split('.').pop();
  const texts = model.get('strings') || {}, hidden = new Set(model.get('hide') || []), ends = [], painters = [];
  const t = (text, ...values) => (texts[text] || text).replace(/\{(\d)\}/g, (_, i) => values[i]);
  const make = (tag, props = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...children.filter(c => c !== null && c !== undefined));
    return node;
  };
  const root = make('div', { className: 'cw' });
  root.setAttribute('role', 'group'); root.setAttribute('aria-label', t(name));
  // JupyterLab in command mode would take these keys: 'r' would turn the cell raw and delete the widget.
  root.addEventListener('keydown', e => e.stopPropagation());
  // A control that is hidden or disabled loses the keyboard to the page, whose next keys would be JupyterLab's: keep it.
  const gone = node => !node.isConnected || node.matches(':disabled') || node.closest('[hidden]');
  let held = null;
  root.addEventListener('focusin', e => { held = e.target; });
  root.addEventListener('focusout', ({ target }) => {
    if (target === root) root.removeAttribute('tabindex');
    queueMicrotask(() => { if (held === target && !gone(target)) held = null; });      // a node that is being removed is still there now
  });
  const keepFocus = () => {
    if (!held || !gone(held)) return;
    if ([held, document.body, null].includes(root.getRootNode().activeElement)) { root.tabIndex = -1; root.focus({ preventScroll: true }); }
    else held = null;
  };
  const controls = make('div', { className: 'cw-controls' }), stage = make('div', { className: 'cw-stage' });
  const note = make('p', { className: 'cw-note', hidden: true }), alarm = make('p', { className: 'cw-error', hidden: true });
  alarm.setAttribute('role', 'alert');
  const why = make('p', { className: 'cw-why', hidden: true });
  const readout = make('div', { className: 'cw-readout' }), live = make('p', { className: 'cw-say' });
  live.setAttribute('aria-live', 'polite');
  root.append(make('div', { className: 'cw-body' }, controls, make('div', { className: 'cw-right' }, stage, readout, live, why)), note, alarm);
  el.append(root);

  // ---- state: set now, tell Python soon; one picture per frame however many events arrive
  const send = () => { try { model.save_changes(); } catch { /* a static page has no kernel to tell */ } };
  const soon = python ? send : throttle(send, 150);
  const set = (state) => { let changed = false; for (const k in state) if (model.get(k) !== state[k]) { model.set(k, state[k]); changed = true; } if (changed) { soon(); ask(); } };
  let frame = 0;
  let colours = null;                                            // read once a picture: each reading lays the page out anew
  const scheme = () => colours || (colours = themeOf(root));
  const paint = () => { frame = 0; if (!root.isConnected) return; colours = themeOf(root); root.style.colorScheme = colours.dark ? 'dark' : 'light'; for (const f of painters) f(); keepFocus(); };
  const ask = () => { if (!frame) frame = requestAnimationFrame(paint); };
  const on = (names, f) => { for (const n of names) { model.on('change:' + n, f); ends.push(() => model.off('change:' + n, f)); } };
  const draw = f => { painters.push(f); ask(); };
  let sayTimer = 0, said = null;
  const say = (text, wait = 120) => { if (text === said) return; said = text; clearTimeout(sayTimer); sayTimer = setTimeout(() => { live.textContent = text; }, wait); };
  const formula = lines => { const text = lines.join('\n'); if (readout.textContent !== text) readout.textContent = text; };

  // ---- controls
  const place = (key, node, where = controls) => { if (hidden.has(key)) return false; where.append(node); return true; };
  const labelled = (label, input, value) => make('label', { className: 'cw-row' }, make('span', { className: 'cw-label', textContent: label }), input, value);
  function slider(trait, label, { min, max, step, text = v => number(v, 1), from = v => v, to = v => v, where }) {
    const input = make('input', { type: 'range', min, max, step });
    const value = make('output', { className: 'cw-value' });
    input.setAttribute('aria-label', label);
    input.addEventListener('input', () => set({ [trait]: to(+input.value) }));
    input.addEventListener('change', () => soon.flush && soon.flush());
    place(trait, labelled(label, input, value), where);
    draw(() => { const v = model.get(trait); if (+input.value !== from(v)) input.value = from(v); const s = text(v); if (value.textContent !== s) { value.textContent = s; input.setAttribute('aria-valuetext', s); } });
    return input;
  }
  function menu(trait, label, options, where) {
    const select = make('select');
    select.setAttribute('aria-label', label);
    for (const [value, text] of options) select.add(new Option(text, value));
    select.addEventListener('change', () => set({ [trait]: select.value }));
    place(trait, labelled(label, select), where);
    draw(() => { if (select.value !== model.get(trait)) select.value = model.get(trait); });
    return select;
  }
  function check(trait, label, where) {
    const input = make('input', { type: 'checkbox' });
    input.addEventListener('change', () => set({ [trait]: input.checked }));
    place(trait, make('label', { className: 'cw-check' }, input, make('span', { textContent: label })), where);
    draw(() => { input.checked = model.get(trait); });
    return input;
  }
  function button(text, action, { key = text, where, title } = {}) {
    const b = make('button', { type: 'button', textContent: text });
    if (title) b.title = title;
    b.addEventListener('click', action);
    place(key, b, where || bar());
    return b;
  }
  let lastBar = null;
  function bar(label, where = controls) {
    if (label || !lastBar) {
      lastBar = make('div', { className: 'cw-bar' });
      if (label) { lastBar.setAttribute('role', 'group'); lastBar.setAttribute('aria-label', label); where.append(make('div', { className: 'cw-heading', textContent: label })); }
      where.append(lastBar);
    }
    return lastBar;
  }
  function presets(label = t('Try')) {
    const list = model.get('presets') || {};
    if (hidden.has('presets') || !Object.keys(list).length) return;
    const group = bar(label);
    for (const [text, preset] of Object.entries(list)) button(text, () => { set(preset.set); why.hidden = false; why.textContent = preset.why; }, { key: 'preset ' + text, where: group });
    lastBar = null;
  }
  function goal(text) {
    if (hidden.has('goal')) return () => {};
    const badge = make('span', { className: 'cw-badge' }), line = make('p', { className: 'cw-goal' }, badge, make('span', { textContent: text }));
    controls.append(line);
    return reached => { line.classList.toggle('cw-reached', reached); const s = reached ? t('✓ Goal reached') : t('Goal'); if (badge.textContent !== s) badge.textContent = s; };
  }
  /** Reset, share: at the end of the controls of every widget. */
  function footer() {
    if (hidden.has('footer')) return;
    lastBar = null;
    const group = bar(); lastBar = null;
    button(t('Reset'), () => { set(model.get('start')); why.hidden = true; }, { key: 'reset', where: group });
    const field = make('textarea', { rows: 2, readOnly: true, hidden: true, className: 'cw-share' });
    field.setAttribute('aria-label', t('this state as a line of Python'));
    button(t('Share'), () => {
      field.hidden = !field.hidden;
      const state = model.get('shared').map(k => k + '=' + encodeURIComponent(JSON.stringify(model.get(k)))).join('&');
      field.value = `widgets.${className}.from_share("${state}")`;
      if (field.hidden) return;
      field.style.height = ''; field.style.height = field.scrollHeight + 2 + 'px';               // all of it, up to the CSS's limit
      field.focus(); field.select(); field.scrollTop = 0;
    }, { key: 'share', where: group, title: t('Show this state as a line of Python to copy') });
    controls.append(field);
  }

  // ---- pictures
  /**
   * A canvas as wide as its place, `height(width)` high, drawn by draw(g, width, height, theme).
   * pointer({x, y, kind, event}) hears 'move', 'down', 'up', 'leave'; key(event) hears the keys while it has the focus.
   */
  function canvas({ label, height, draw: drawOn, pointer, key, where = stage, className = '', focusable = true, maxWidth = 720 }) {
    const cv = make('canvas', { className: 'cw-canvas ' + className });
    cv.setAttribute('role', 'img'); cv.setAttribute('aria-label', label);
    if (focusable && (key || pointer)) cv.tabIndex = 0;
    where.append(cv);
    const g = cv.getContext('2d');
    const self = { node: cv, width: 0, height: 0, describe: text => { if (cv.getAttribute('aria-label') !== text) cv.setAttribute('aria-label', text); } };
    draw(() => {
      const W = self.width || Math.floor(Math.min(maxWidth, where.clientWidth || 480)), H = Math.round(height(W)), d = window.devicePixelRatio || 1;
      self.width = W; self.height = H;
      if (cv.width !== Math.round(W * d) || cv.height !== Math.round(H * d)) { cv.width = Math.round(W * d); cv.height = Math.round(H * d); cv.style.width = W + 'px'; cv.style.height = H + 'px'; }
      g.setTransform(d, 0, 0, d, 0, 0); g.clearRect(0, 0, W, H);
      drawOn(g, W, H, scheme());
    });
    const watch = new ResizeObserver(() => { const w = Math.floor(Math.min(maxWidth, where.clientWidth)); if (w > 0 && w !== self.width) { self.width = w; ask(); } });
    watch.observe(where); ends.push(() => watch.disconnect());
    if (pointer) {
      const tell = kind => event => { const r = cv.getBoundingClientRect(); pointer({ x: event.clientX - r.left, y: event.clientY - r.top, kind, event }); };
      cv.addEventListener('pointerdown', e => { cv.setPointerCapture(e.pointerId); tell('down')(e); });
      cv.addEventListener('pointermove', tell('move')); cv.addEventListener('pointerup', tell('up')); cv.addEventListener('pointerleave', tell('leave'));
    }
    if (key) cv.addEventListener('keydown', key);
    return self;
  }
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

  /**
   * Reset - Step - Play/Pause - Speed. step() returns false at the end. Keys on the picture: Space, arrow right, R.
   */
  function player({ step, back, reset, rate = 4, where }) {
    const group = bar(t('Run'), where); lastBar = null;
    let timer = 0, speed = 1;
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    const stop = () => { clearInterval(timer); timer = 0; playing.textContent = t('▶ Play'); };
    const tick = () => { if (document.hidden || !root.isConnected) return; if (step() === false) stop(); };
    const start = () => { clearInterval(timer); timer = setInterval(tick, 1000 / (rate * speed * (still.matches ? 0.25 : 1))); playing.textContent = t('❚❚ Pause'); };
    button(t('|◀ Start'), () => { stop(); reset(); }, { key: 'start', where: group });
    if (back) button(t('◀ Back'), () => { stop(); back(); }, { key: 'back', where: group });
    button(t('Step ▶'), () => { stop(); step(); }, { key: 'step', where: group });
    const playing = button(t('▶ Play'), () => (timer ? stop() : start()), { key: 'play', where: group });
    const pace = make('select'); pace.setAttribute('aria-label', t('speed'));
    for (const k of [0.25, 0.5, 1, 2, 4, 10]) pace.add(new Option('× ' + k, k));
    pace.value = 1; pace.addEventListener('change', () => { speed = +pace.value; if (timer) start(); });
    place('speed', pace, group);
    ends.push(() => clearInterval(timer));
    const key = e => {
      if (e.key === ' ') { e.preventDefault(); timer ? stop() : start(); } else if (e.key === 'ArrowRight') { e.preventDefault(); stop(); step(); }
      else if (e.key === 'ArrowLeft' && back) { e.preventDefault(); stop(); back(); } else if (e.key.toLowerCase() === 'r') { stop(); reset(); }
    };
    return { stop, start, key, get playing() { return !!timer; } };
  }

  // ---- the page around it: theme, a kernel that went away, an error from Python
  const theme = new MutationObserver(ask);
  theme.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light', 'class'] });
  ends.push(() => theme.disconnect());
  // anywidget takes the listener away that would mark a widget without a kernel, so we ask the model itself. What
  // `render` gets is a stand-in for it; the real one is known by the same `strings` object.
  const real = async () => {
    for (const one of Object.values((model.widget_manager || {})._models || {})) {
      const found = await one;
      if (found.get('strings') === model.get('strings')) return found;
    }
    return null;
  };
  const lost = async () => {
    const self = await real().catch(() => null), gone = self ? self.comm_live === false : !!el.closest('.jupyter-widgets-disconnected');
    note.hidden = !gone;
    if (gone) note.textContent = python ? t('Python is no longer connected (the kernel was restarted). Run this cell again and the widget works again.')
      : t('Python is no longer connected (the kernel was restarted). The picture still works; run this cell again to connect it to Python.');
  };
  model.on('comm_live_update', lost); ends.push(() => model.off('comm_live_update', lost));
  const trouble = () => { alarm.textContent = model.get('error') || ''; alarm.hidden = !alarm.textContent; };
  on(['error'], trouble); trouble(); setTimeout(lost, 0);

  return { t, make, root, controls, stage, set, send, soon, ask, on, draw, say, formula, slider, menu, check, button, bar, presets, goal, footer,
    canvas, arrows, player, scheme, hidden, why,
    end: () => { cancelAnimationFrame(frame); clearTimeout(sayTimer); if (soon.cancel) soon.cancel(); for (const f of ends) f(); root.remove(); } };
}
