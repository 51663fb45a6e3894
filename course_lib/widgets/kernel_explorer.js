// The kernel explorer: the sums are repeated here so that the window follows the pointer; tests compare `convolve` with
// course_lib.nn. With the learner's own function the map comes from Python.
const CLEAR = 1e-9, LARGEST_WEIGHT = 100;
/** Zeros to add (before, after) along one axis; "same": as many as ceil(n / s) windows need, the odd one at the end. */
export function border(size, k, strides, padding) {
  if (padding === 'valid') return [0, 0];
  const total = Math.max((Math.ceil(size / strides) - 1) * strides + k - size, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}
export const outputSize = (size, k, strides, padding) => Math.floor((size + border(size, k, strides, padding).reduce((a, b) => a + b) - k) / strides) + 1;
/** The pixel at row, column, or null in the border of zeros. */
const pixel = (x, H, W, r, c) => (r < 0 || c < 0 || r >= H || c >= W ? null : x[r * W + c]);
/** y[i, j] = sum of x[i s + u, j s + v] kernel[u, v] + bias. kernel: k * k numbers, as they lie on the picture. */
export function convolve(x, H, W, kernel, { bias = 0, strides = 1, padding = 'valid', relu = false }) {
  const k = Math.sqrt(kernel.length), [top] = border(H, k, strides, padding), [left] = border(W, k, strides, padding);
  const Ho = outputSize(H, k, strides, padding), Wo = outputSize(W, k, strides, padding), values = new Float64Array(Ho * Wo);
  for (let i = 0; i < Ho; i++) for (let j = 0; j < Wo; j++) {
    let sum = 0;
    for (let u = 0; u < k; u++) for (let v = 0; v < k; v++) sum += (pixel(x, H, W, i * strides - top + u, j * strides - left + v) || 0) * kernel[u * k + v];
    values[i * Wo + j] = relu ? Math.max(sum + bias, 0) : sum + bias;
  }
  return { values, Ho, Wo, top, left };
}
/** Whether every number on the scratch is larger than every number away from it; places: 1 on it, 2 beside it. */
export function scratchFound(y, places, H, W, k, strides) {
  let low = Infinity, high = -Infinity, seen = 0, all = 0;
  for (const one of places) all += one === 1 ? 1 : 0;
  for (let i = 0; i < y.Ho; i++) for (let j = 0; j < y.Wo; j++) {
    const here = places[(i * strides - y.top + (k >> 1)) * W + j * strides - y.left + (k >> 1)], value = y.values[i * y.Wo + j];
    if (here === 1) { low = Math.min(low, value); seen++; } else if (here === 0) high = Math.max(high, value);
  }
  return seen === all && low > high + CLEAR;
}

function render({ model, el }) {
  const own = !!(model.get('own_map') || {}).byteLength || !!model.get('error');
  const ui = shell({ model, el, name: 'Kernel explorer', python: own });
  const { t, make } = ui, all = doubles(model.get('pixels')), places = new Uint8Array(model.get('places').buffer.slice(model.get('places').byteOffset, model.get('places').byteOffset + model.get('places').byteLength));
  const names = { scratch: t('scratch'), edge: t('edges'), board: t('circuit board'), wafer: t('wafer map'), own: t('your own') };
  const short = v => number(v, 2).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''), inside = v => (v < 0 ? `(${short(v)})` : short(v));
  ui.menu('scene', t('picture'), Object.keys(model.get('sizes')).map(k => [k, names[k]]));

  // ---- the kernel as numbers
  const editor = make('div', { className: 'cw-kernel' });
  editor.setAttribute('role', 'group'); editor.setAttribute('aria-label', t('kernel'));
  if (!ui.hidden.has('kernel')) ui.controls.append(make('div', { className: 'cw-heading', textContent: t('kernel: the weights') }), editor);
  editor.addEventListener('input', e => {
    const value = e.target.value.trim() === '' ? NaN : +e.target.value, right = Math.abs(value) <= LARGEST_WEIGHT, n = [...editor.children].indexOf(e.target);
    e.target.setAttribute('aria-invalid', !right);
    if (right) ui.set({ kernel: model.get('kernel').map((line, r, k) => line.map((w, c) => (r * k.length + c === n ? value : w))) });
  });
  editor.addEventListener('focusout', e => { if (e.target.getAttribute('aria-invalid') === 'true') { e.target.setAttribute('aria-invalid', 'false'); ui.ask(); } });
  ui.draw(() => {
    const kernel = model.get('kernel'), k = kernel.length;
    if (editor.children.length !== k * k) {
      editor.style.fontSize = k > 3 ? '12px' : '';
      editor.style.gridTemplateColumns = `repeat(${k}, minmax(0, 1fr))`;
      editor.replaceChildren(...kernel.flat().map((_w, n) => {
        const input = make('input', { type: 'number', step: 'any', min: -LARGEST_WEIGHT, max: LARGEST_WEIGHT });
        input.setAttribute('aria-label', t('weight in row {0}, column {1}', Math.floor(n / k), n % k));
        input.step = 0.5;
        return input;
      }));
    }
    kernel.flat().forEach((w, n) => {
      const input = editor.children[n];
      if (input.getAttribute('aria-invalid') !== 'true' && +input.value !== +w.toFixed(3) && +input.value !== w) input.value = +w.toFixed(3);
      if (input.value === '' && input.getAttribute('aria-invalid') !== 'true') input.value = +w.toFixed(3);
    });
  });
  ui.slider('bias', t('bias b'), { min: -5, max: 5, step: 0.1 });
  ui.slider('strides', t('strides s'), { min: 1, max: 3, step: 1, text: v => (v === 1 ? t('1 pixel') : t('{0} pixels', v)) });
  ui.menu('padding', t('padding'), [['valid', t('valid: none')], ['same', t('same: zeros')]]);
  ui.check('relu', t('relu: negative results become 0'));
  ui.check('flip', t('turn the kernel by 180°: true convolution'));
  ui.presets(t('Try a kernel'));
  const goal = ui.goal(t('find the scratch: on it every number of the map is larger than away from it'));
  ui.footer();

  // ---- what is shown
  function now() {
    const scene = model.get('scene'), [begin, H, W] = model.get('sizes')[scene], x = all.subarray(begin, begin + H * W);
    const rows = model.get('kernel'), k = rows.length, flat = rows.flat(), kernel = model.get('flip') ? flat.slice().reverse() : flat;
    const strides = model.get('strides'), padding = model.get('padding'), bias = model.get('bias'), relu = model.get('relu');
    const y = convolve(x, H, W, kernel, { bias, strides, padding, relu }), plain = relu ? convolve(x, H, W, kernel, { bias, strides, padding }) : y;
    const yours = doubles(model.get('own_map')), values = yours.length === y.values.length ? yours : y.values;
    const i = Math.min(model.get('row'), y.Ho - 1), j = Math.min(model.get('column'), y.Wo - 1), under = [];
    for (let u = 0; u < k; u++) for (let v = 0; v < k; v++) under.push(pixel(x, H, W, i * strides - y.top + u, j * strides - y.left + v));
    const products = under.map((p, n) => (p || 0) * kernel[n]), sum = products.reduce((a, b) => a + b, 0);
    return { scene, x, H, W, k, kernel, strides, padding, bias, relu, y, plain, values, yours: values === yours, i, j, under, products, sum };
  }
  const layout = W => {
    const wide = W >= 540, gap = wide ? 18 : 14, part = Math.floor(wide ? (W - 6 - 2 * gap) / 3 : (W - 6 - gap) / 2), big = wide ? part : Math.min(W - 6, 264), top = 24;
    const second = wide ? top : top + part + 66;
    return { wide, part, image: { x: 3, y: top, size: part }, product: { x: 3 + (wide ? part + gap : 0), y: second, size: big },
      map: { x: 3 + (wide ? 2 : 1) * (part + gap), y: top, size: part }, height: second + big + 42 };
  };
  let input = null, output = null, shown = null;
  const go = (row, column) => ui.set({ row: clamp(Math.round(row), 0, shown.y.Ho - 1), column: clamp(Math.round(column), 0, shown.y.Wo - 1) });
  const cv = ui.canvas({
    label: t('Picture, window and map'), height: W => layout(W).height, maxWidth: 800,
    draw(g, W, H, theme) {
      const s = shown = now(), place = layout(W), { y, k, i, j } = s, table = ramp(theme);
      const signed = most => v => { const n = 3 * Math.round(127.5 + 127.5 * clamp(most ? v / most : 0, -1, 1)); return `rgb(${table[n]},${table[n + 1]},${table[n + 2]})`; };
      const largest = list => { let m = 0; for (const v of list) m = Math.max(m, Math.abs(v)); return m; };
      // the picture with its border of zeros
      const high = Math.max(s.H, (y.Ho - 1) * s.strides + k), wide = Math.max(s.W, (y.Wo - 1) * s.strides + k);
      const rows = s.padding === 'same' ? y.top + Math.max(s.H, high - y.top) : s.H, columns = s.padding === 'same' ? y.left + Math.max(s.W, wide - y.left) : s.W;
      let lo = Math.min(...s.x, 0), hi = Math.max(...s.x, lo + 1e-9);
      const padded = Array.from({ length: rows * columns }, (_, n) => pixel(s.x, s.H, s.W, Math.floor(n / columns) - y.top, (n % columns) - y.left));
      const grey = v => { const c = Math.round((255 * (v - lo)) / (hi - lo)); return `rgb(${c},${c},${c})`; };
      input = tiles(g, place.image, padded, rows, columns, v => (v === null ? theme.page : grey(v)));
      g.lineWidth = 1; g.strokeStyle = theme.soft;
      if (rows > s.H || columns > s.W) { g.setLineDash([3, 3]); g.strokeRect(input.left + 0.5, input.top + 0.5, input.width - 1, input.height - 1); g.setLineDash([]); }
      g.strokeRect(input.left + y.left * input.cell, input.top + y.top * input.cell, s.W * input.cell, s.H * input.cell);
      frame(g, theme, input, i * s.strides, j * s.strides, k, k);
      // the products
      const most = largest(s.products), each = tiles(g, place.product, s.products, k, k, signed(most));
      g.strokeStyle = theme.page; g.lineWidth = 2;
      for (let n = 1; n < k; n++) for (const [a, b] of [[1, 0], [0, 1]]) { g.beginPath(); g.moveTo(each.left + a * n * each.cell, each.top + b * n * each.cell); g.lineTo(each.left + a * n * each.cell + b * each.width, each.top + b * n * each.cell + a * each.height); g.stroke(); }
      g.textAlign = 'center'; g.textBaseline = 'middle'; g.fillStyle = theme.dark ? '#fff' : '#111';
      s.products.forEach((p, n) => {
        const cx = each.left + ((n % k) + 0.5) * each.cell, cy = each.top + (Math.floor(n / k) + 0.5) * each.cell, lines = [s.under[n] === null ? t('0 (border)') : short(s.under[n]), '× ' + short(s.kernel[n]), '= ' + short(p)];
        const few = each.cell < 54, size = few ? 12 : 13, step = few ? 0 : Math.min(18, each.cell / 3.4);
        (few ? [lines[2].slice(2)] : lines).forEach((text, line, those) => { g.font = `${line === those.length - 1 ? 600 : 400} ${size}px ${theme.font}`; g.fillText(text, cx, cy + (line - (those.length - 1) / 2) * step, each.cell - 4); });
      });
      frame(g, theme, each, 0, 0, k, k);
      // the map
      output = tiles(g, place.map, s.values, y.Ho, y.Wo, signed(largest(s.values)));
      g.strokeStyle = theme.soft; g.lineWidth = 1; g.strokeRect(output.left, output.top, output.width, output.height);
      frame(g, theme, output, i, j, 1, 1, theme.text);
      // what is what
      const title = (box, at, text, below) => {
        g.textAlign = 'left'; g.font = `600 13px ${theme.font}`; g.fillStyle = theme.text; g.textBaseline = 'bottom'; g.fillText(text, box.x, box.y - 6, box.size);
        g.font = `12px ${theme.font}`; g.fillStyle = theme.soft; g.textBaseline = 'top';
        below.forEach((line, n) => g.fillText(line, box.x, at.top + at.height + 6 + 15 * n, box.size));
      };
      let least = Infinity, top = -Infinity;
      for (const v of s.values) { least = Math.min(least, v); top = Math.max(top, v); }
      title(place.image, input, t('picture {0} × {1}', s.H, s.W), [t('black {0}, white {1}', short(lo), short(hi))]);
      title(place.product, each, t('pixel × weight'), [t('sum of the products {0}', number(s.sum))]);
      title(place.map, output, s.yours ? t('your map {0} × {1}', y.Ho, y.Wo) : t('map {0} × {1}', y.Ho, y.Wo), [t('{0} to {1}', number(least), number(top)), t('blue < 0, orange > 0')]);
      words(s, least, top);
    },
    pointer({ x, y, kind, event }) {
      if (!shown || !(kind === 'down' || (kind === 'move' && (event.pointerType === 'mouse' || event.buttons)))) return;
      const inside = at => { const [r, c] = at.at(x, y); return r >= 0 && c >= 0 && r < at.rows && c < at.columns ? [r, c] : null; };
      const from = inside(input), to = inside(output);
      if (from) go((from[0] - shown.k / 2) / shown.strides, (from[1] - shown.k / 2) / shown.strides);
      else if (to) go(Math.floor(to[0]), Math.floor(to[1]));
    },
    key(e) {
      const move = ui.arrows[e.key];
      if (!shown || !(move || e.key === 'Home' || e.key === 'End')) return;
      e.preventDefault();
      // from the model, not from the last picture: keys may come faster than pictures
      if (move) go(Math.min(model.get('row'), shown.y.Ho - 1) - move[1], Math.min(model.get('column'), shown.y.Wo - 1) + move[0]);
      else if (e.key === 'Home') go(0, 0);
      else go(shown.y.Ho - 1, shown.y.Wo - 1);
    },
  });
  function words(s, least, top) {
    const { y, k, i, j, H, W, strides, padding } = s, p = border(H, k, strides, padding), q = border(W, k, strides, padding), zeros = s.under.filter(v => v === null).length;
    const size = (name, n, b, out) => `${name} = ⌊(n + p − k) / s⌋ + 1 = ⌊(${n} + ${b[0] + b[1]} − ${k}) / ${strides}⌋ + 1 = ${out}`;
    const lines = [];
    for (let u = 0; u < k; u++) lines.push((u ? ' + ' : `y[${i}, ${j}] = `) + s.under.slice(u * k, u * k + k).map((v, n) => `${inside(v || 0)}·${inside(s.kernel[u * k + n])}`).join(' + '));
    const total = s.sum + s.bias;
    lines.push(` + b = ${number(s.sum)} + ${number(s.bias, 2, true)} = ${number(total)}` + (s.relu ? `;  relu(${number(total)}) = ${number(Math.max(total, 0))}` : ''));
    if (s.yours) lines.push(t('by your own function: {0}; {1} of {2} numbers of the map differ from the library’s', number(s.values[i * y.Wo + j]), model.get('own_differs'), s.values.length));
    lines.push(...(H === W ? [size('Ho = Wo', H, p, y.Ho)] : [size('Ho', H, p, y.Ho), size('Wo', W, q, y.Wo)]));
    ui.formula(lines);
    const found = s.scene === 'scratch' && scratchFound(s.plain, places, H, W, k, strides);
    goal(found);
    let text = t('Row {0}, column {1} of the map (counted from 0): the {2} products add up to {3}.', i, j, k * k, number(s.sum));
    if (zeros) text += ' ' + t('{0} of the pixels are zeros of the border.', zeros);
    if (s.relu && total < 0) text += ' ' + t('relu makes it 0.');
    if (found) text += ' ' + t('One threshold finds the scratch.');
    ui.say(text);
    cv.describe(t('Picture {0} of {1} × {2} pixels, and the map of {3} × {4} numbers from {5} to {6}. {7} Arrow keys move the window.', names[s.scene], H, W, y.Ho, y.Wo, number(least), number(top), text));
  }
  ui.on(['scene', 'kernel', 'bias', 'strides', 'padding', 'relu', 'flip', 'row', 'column', 'own_map', 'own_differs'], ui.ask);
  return ui.end;
}
export default { render };
