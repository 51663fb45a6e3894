// The pooling explorer: outputs and gradients are repeated here so that they follow the pointer; tests compare `pool` and
// `poolGradient` with course_lib.nn. With the learner's own function the outputs come from Python.
const LARGEST_VALUE = 1e6;
/** Pixels to add (before, after) along one axis; "same": as many as ceil(n / s) windows need, the odd one at the end. */
export function border(size, k, strides, padding) {
  if (padding === 'valid') return [0, 0];
  const total = Math.max((Math.ceil(size / strides) - 1) * strides + k - size, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}
/** rows: list of lists. Per output: its value, the pixels behind it (r * W + c), how often the largest value stands there. */
export function pool(rows, { pooling, pool_size: k, strides, padding }) {
  const H = rows.length, W = rows[0].length, [top, below] = border(H, k, strides, padding), [left, right] = border(W, k, strides, padding);
  const Ho = Math.floor((H + top + below - k) / strides) + 1, Wo = Math.floor((W + left + right - k) / strides) + 1, values = [], behind = [], ties = [], windows = [];
  for (let i = 0; i < Ho; i++) for (let j = 0; j < Wo; j++) {
    const box = { top: Math.max(i * strides - top, 0), left: Math.max(j * strides - left, 0), bottom: Math.min(i * strides - top + k, H), right: Math.min(j * strides - left + k, W) };
    let best = -Infinity, first = -1, count = 0, sum = 0; const all = [];
    for (let r = box.top; r < box.bottom; r++) for (let c = box.left; c < box.right; c++) {
      const v = rows[r][c];
      all.push(r * W + c); sum += v;
      if (v > best) { best = v; first = r * W + c; count = 1; } else if (v === best) count++;
    }
    values.push(pooling === 'max' ? best : sum / all.length); behind.push(pooling === 'max' ? [first] : all); ties.push(count); windows.push(box);
  }
  return { values, behind, ties, windows, H, W, Ho, Wo };
}
/** dL/dx, row by row, from dy: each output gives its gradient, in equal shares, to the pixels behind it. */
export function poolGradient(y, dy) {
  const dx = new Array(y.H * y.W).fill(0);
  y.behind.forEach((pixels, n) => { for (const p of pixels) dx[p] += dy[n] / pixels.length; });
  return dx;
}
/** The picture moved to the right; its left column is repeated. */
export const shifted = (rows, shift) => rows.map(row => row.map((_v, c) => row[Math.max(c - shift, 0)]));

function render({ model, el }) {
  const own = !!(model.get('own_output') || {}).byteLength || !!model.get('error');
  const ui = shell({ model, el, name: 'Pooling explorer', python: own });
  const { t, make } = ui, pixels = v => (v === 1 ? t('1 pixel') : t('{0} pixels', v));
  const short = v => (Number.isInteger(v) && Math.abs(v) < 1e5 ? number(v, 0) : number(v, 2).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''));
  ui.menu('pooling', t('pooling'), [['max', t('max')], ['average', t('average')]]);
  ui.slider('pool_size', t('window k'), { min: 1, max: 4, step: 1, text: v => `${v} × ${v}` });
  ui.slider('strides', t('strides s'), { min: 1, max: 4, step: 1, text: pixels });
  ui.menu('padding', t('padding'), [['valid', t('valid: none')], ['same', t('same: border')]]);
  ui.menu('gradient', t('gradient'), [['off', t('off')], ['one', t('of this output')], ['all', t('of all outputs')]]);
  ui.slider('shift', t('move the picture right'), { min: 0, max: 2, step: 1, text: pixels });
  const value = make('input', { type: 'number', step: 'any', min: -LARGEST_VALUE, max: LARGEST_VALUE }), label = make('span', { className: 'cw-label' });
  value.step = 1;
  if (!ui.hidden.has('image')) ui.controls.append(make('label', { className: 'cw-row' }, label, value));
  const chosen = () => { const rows = model.get('image'); return [Math.min(model.get('pixel_row'), rows.length - 1), Math.min(model.get('pixel_column'), rows[0].length - 1)]; };
  value.addEventListener('input', () => {
    const v = value.value.trim() === '' ? NaN : +value.value, right = Math.abs(v) <= LARGEST_VALUE, [r, c] = chosen();
    value.setAttribute('aria-invalid', !right);
    if (right) ui.set({ image: model.get('image').map((row, i) => (i === r ? row.map((w, j) => (j === c ? v : w)) : row)) });
  });
  value.addEventListener('focusout', () => { value.setAttribute('aria-invalid', 'false'); ui.ask(); });
  const fill = () => {
    const [r, c] = chosen(), text = t('input at row {0}, column {1}', r, c), v = model.get('image')[r][c];
    if (label.textContent !== text) label.textContent = text;
    if (value.getAttribute('aria-invalid') !== 'true' && (value.value === '' || +value.value !== v)) value.value = v;
  };
  ui.draw(fill);
  ui.presets();
  ui.footer();

  function now() {
    const image = model.get('image'), shift = model.get('shift'), rows = shifted(image, shift);
    const settings = Object.fromEntries(['pooling', 'pool_size', 'strides', 'padding'].map(k => [k, model.get(k)])), y = pool(rows, settings);
    const i = Math.min(model.get('row'), y.Ho - 1), j = Math.min(model.get('column'), y.Wo - 1), at = i * y.Wo + j, gradient = model.get('gradient');
    const dy = y.values.map((_v, n) => (gradient === 'all' || (gradient === 'one' && n === at) ? 1 : 0)), dx = poolGradient(y, dy);
    const still = shift ? pool(image, settings).values : y.values, different = (a, b) => Math.abs(a - b) > 1e-8 + 1e-5 * Math.abs(b);
    const moved = y.values.map((v, n) => different(v, still[n])), flat = rows.flat();
    const yours = doubles(model.get('own_output')), values = yours.length === y.values.length ? [...yours] : y.values;
    return { ...settings, y, i, j, at, gradient, dy, dx, shift, moved, flat, values, yours: values === y.values ? null : yours, changed: [flat.filter((v, n) => v !== image.flat()[n]).length, moved.filter(Boolean).length] };
  }
  const stage = make('div', { className: 'cw-pool' }), left = make('div'), right = make('div');
  stage.append(left, right); ui.stage.append(stage);
  let shown = null, input = null, output = null;
  // from the middle grey of the theme to half of its blue; the page's own colour may be any CSS text, such as `white`
  const mix = (theme, k) => `rgb(${[1, 3, 5].map((n, i) => Math.round(theme.middle[i] + (parseInt(theme.blue.slice(n, n + 2), 16) - theme.middle[i]) * 0.5 * k)).join(',')})`;
  /** Tiles with a number each, and a second one below it where `under` gives one. */
  function numbers(g, theme, box, values, rows, columns, lo, hi, under) {
    const at = tiles(g, box, values, rows, columns, v => mix(theme, clamp((v - lo) / (hi - lo || 1), 0, 1)));
    g.strokeStyle = theme.grid; g.lineWidth = 1;
    for (let r = 0; r <= rows; r++) { g.beginPath(); g.moveTo(at.left, at.top + r * at.cell); g.lineTo(at.left + at.width, at.top + r * at.cell); g.stroke(); }
    for (let c = 0; c <= columns; c++) { g.beginPath(); g.moveTo(at.left + c * at.cell, at.top); g.lineTo(at.left + c * at.cell, at.top + at.height); g.stroke(); }
    g.textAlign = 'center'; g.textBaseline = 'middle';
    values.forEach((v, n) => {
      const x = at.left + ((n % columns) + 0.5) * at.cell, y = at.top + (Math.floor(n / columns) + 0.5) * at.cell, second = under(n), both = second && at.cell >= 32;
      g.fillStyle = theme.text; g.font = `${at.cell > 44 ? 14 : 12}px ${theme.font}`;
      if (!second || both) g.fillText(short(v), x, y - (both ? 7 : 0), at.cell - 4);
      g.font = `600 12px ${theme.font}`; g.fillStyle = theme.green;
      if (second) g.fillText(both ? '∂ ' + second : second.replace(/^(−?)0\./, '$1.'), x, y + (both ? 8 : 0), at.cell - 4);
    });
    return at;
  }
  const title = (g, theme, at, text, below) => {
    g.textAlign = 'left'; g.font = `600 13px ${theme.font}`; g.fillStyle = theme.text; g.textBaseline = 'bottom'; g.fillText(text, 3, at.top - 7);
    g.font = `12px ${theme.font}`; g.fillStyle = theme.soft; g.textBaseline = 'top'; below.forEach((line, n) => g.fillText(line, 3, at.top + at.height + 8 + 16 * n));
  };
  const inside = (at, x, y) => { const [r, c] = at.at(x, y).map(Math.floor); return r >= 0 && c >= 0 && r < at.rows && c < at.columns ? [r, c] : null; };
  const pick = (rows, columns, names) => (r, c) => ui.set({ [names[0]]: clamp(r, 0, rows - 1), [names[1]]: clamp(c, 0, columns - 1) });
  const pressed = ({ kind, event }) => kind === 'down' || (kind === 'move' && event.buttons);
  const side = (W, rows, columns) => (W - 6) * Math.min(1, rows / columns);

  const inputs = ui.canvas({
    label: t('input'), where: left, maxWidth: 410,
    height: W => { const rows = model.get('image'); return 26 + side(W, rows.length, rows[0].length) + 46; },
    draw(g, W, H, theme) {
      const s = shown = now(), { y } = s, box = y.windows[s.at], [r, c] = chosen();
      const low = Math.min(...s.flat), high = Math.max(...s.flat);
      input = numbers(g, theme, { x: 3, y: 26, size: W - 6 }, s.flat, y.H, y.W, low, high, n => (s.gradient !== 'off' && s.dx[n] ? short(s.dx[n]) : ''));
      frame(g, theme, input, box.top, box.left, box.bottom - box.top, box.right - box.left, theme.text);
      const edge = input.cell * 0.1;
      for (const p of y.behind[s.at]) { g.strokeStyle = theme.orange; g.lineWidth = 3; g.strokeRect(input.left + (p % y.W) * input.cell + edge, input.top + Math.floor(p / y.W) * input.cell + edge, input.cell - 2 * edge, input.cell - 2 * edge); }
      g.setLineDash([3, 3]); g.lineWidth = 1.5; g.strokeStyle = theme.soft; g.strokeRect(input.left + c * input.cell + 2, input.top + r * input.cell + 2, input.cell - 4, input.cell - 4); g.setLineDash([]);
      title(g, theme, input, t('input {0} × {1}', y.H, y.W), [s.pooling === 'max' ? t('orange: the winner; dashes: the number to edit') : t('orange: in the mean; dashes: the number to edit'), ...(s.gradient === 'off' ? [] : [t('green ∂: the gradient that arrives, dL/dx')])]);
      words(s);
    },
    pointer(p) { const at = input && pressed(p) && inside(input, p.x, p.y); if (at) pick(shown.y.H, shown.y.W, ['pixel_row', 'pixel_column'])(...at); },
    key(e) {
      const move = ui.arrows[e.key], [r, c] = chosen();
      if (move && shown) { e.preventDefault(); pick(shown.y.H, shown.y.W, ['pixel_row', 'pixel_column'])(r - move[1], c + move[0]); }
      if (e.key === 'Enter') { e.preventDefault(); fill(); value.focus(); value.select(); }  // filled first: a later redraw would undo the selection
    },
  });
  const outputs = ui.canvas({
    label: t('output'), where: right, maxWidth: 300,
    height: W => { const s = shown || now(); return 26 + side(W, s.y.Ho, s.y.Wo) + 46; },
    draw(g, W, H, theme) {
      const s = shown, { y } = s, low = Math.min(...s.flat), high = Math.max(...s.flat);
      output = numbers(g, theme, { x: 3, y: 26, size: W - 6 }, s.values, y.Ho, y.Wo, low, high, n => (s.dy[n] ? short(s.dy[n]) : ''));
      s.moved.forEach((yes, n) => { if (!yes) return; const x = output.left + ((n % y.Wo) + 1) * output.cell, top = output.top + Math.floor(n / y.Wo) * output.cell, d = Math.min(12, output.cell / 3); g.fillStyle = theme.purple; g.beginPath(); g.moveTo(x - d, top); g.lineTo(x, top); g.lineTo(x, top + d); g.fill(); });
      frame(g, theme, output, s.i, s.j, 1, 1);
      title(g, theme, output, s.yours ? t('output of your function {0} × {1}', y.Ho, y.Wo) : t('output {0} × {1}', y.Ho, y.Wo), [...(s.shift ? [t('◥: changed by the shift')] : []), ...(s.gradient === 'off' ? [] : [t('green ∂: the gradient sent back, dL/dy')])]);
    },
    pointer(p) { const at = output && pressed(p) && inside(output, p.x, p.y); if (at) pick(shown.y.Ho, shown.y.Wo, ['row', 'column'])(...at); },
    key(e) { const move = ui.arrows[e.key]; if (move && shown) { e.preventDefault(); pick(shown.y.Ho, shown.y.Wo, ['row', 'column'])(Math.min(model.get('row'), shown.y.Ho - 1) - move[1], Math.min(model.get('column'), shown.y.Wo - 1) + move[0]); } },
  });
  function words(s) {
    const { y, i, j, at, pool_size: k, strides, padding } = s, box = y.windows[at], inWindow = [];
    for (let r = box.top; r < box.bottom; r++) for (let c = box.left; c < box.right; c++) inWindow.push(s.flat[r * y.W + c]);
    const list = inWindow.map(v => short(v)), mean = s.pooling !== 'max', first = y.behind[at][0];
    const size = (name, n, out) => { const [a, b] = border(n, k, strides, padding); return `${name} = ⌊(n + p − k) / s⌋ + 1 = ⌊(${n} + ${a + b} − ${k}) / ${strides}⌋ + 1 = ${out}`; };
    ui.formula([
      mean ? `y[${i}, ${j}] = (${inWindow.map(v => (v < 0 ? `(${short(v)})` : short(v))).join(' + ')}) / ${inWindow.length} = ${short(y.values[at])}` : `y[${i}, ${j}] = max(${list.join(', ')}) = ${short(y.values[at])}`,
      ...(s.yours ? [t('by your own function: {0}; {1} of {2} outputs differ from the library’s', short(s.values[at]), model.get('own_differs'), s.values.length)] : []),
      ...(y.H === y.W ? [size('Ho = Wo', y.H, y.Ho)] : [size('Ho', y.H, y.Ho), size('Wo', y.W, y.Wo)]),
    ]);
    let text = mean ? t('Output at row {0}, column {1} (counted from 0): the mean of {2} pixels, {3}.', i, j, inWindow.length, short(y.values[at]))
      : t('Output at row {0}, column {1} (counted from 0): {2}, from the pixel at row {3}, column {4}.', i, j, short(y.values[at]), Math.floor(first / y.W), first % y.W);
    if (!mean && y.ties[at] > 1) text += ' ' + t('{0} stands {1} times in the window: the first one counts.', short(y.values[at]), y.ties[at]);
    if (s.gradient !== 'off') {
      text += ' ' + t('The gradient reaches {0} of {1} pixels.', s.dx.filter(v => v).length, s.dx.length);
      text += ' ' + (mean ? t('Each pixel of a window gets an equal share.') : t('Each output sends all of it to its winner; pixels that win no window get 0.'));
    }
    if (s.shift) text += ' ' + t('The shift changed {0} of {1} pixels and {2} of {3} outputs.', s.changed[0], s.flat.length, s.changed[1], y.values.length);
    ui.say(text);
    const [r, c] = chosen();
    inputs.describe(t('Input of {0} × {1} numbers. {2} Arrow keys choose a number, Enter edits it: row {3}, column {4}.', y.H, y.W, text, r, c));
    outputs.describe(t('Output of {0} × {1} numbers. {2} Arrow keys choose another output.', y.Ho, y.Wo, text));
  }
  ui.on(['image', 'pooling', 'pool_size', 'strides', 'padding', 'gradient', 'shift', 'row', 'column', 'pixel_row', 'pixel_column', 'own_output', 'own_differs'], ui.ask);
  return ui.end;
}
export default { render };
