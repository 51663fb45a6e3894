// The network inspector: Python computes every layer's numbers for a picture and sends them once. Choosing a layer, a map
// or a cell needs no answer: the sum behind the cell is repeated here from the same numbers and weights.

/** The value of a cell in the long vector of all numbers. */
export function valueAt(layers, maps, k, row, column, channel) {
  const { at, shape: [, W, C], units } = layers[k];
  return units ? maps[at + row * W + column] : maps[at + (row * W + column) * C + channel];
}
/** Bring layer, map and cell into the ranges of the network, as Python does. */
export function settle(layers, { layer, channel, row, column }) {
  layer = clamp(layer, 0, layers.length - 1);
  const { shape: [H, W, C], units } = layers[layer];
  channel = clamp(channel, 0, C - 1); row = clamp(row, 0, H - 1); column = clamp(column, 0, W - 1);
  if (units && row * W + column >= units) { row = Math.floor((units - 1) / W); column = (units - 1) % W; }
  return { layer, channel, row, column };
}
/** [top, bottom, left, right] of the pixels that a cell depends on, ends included: layer by layer backwards, as in Python. */
export function cellField(layers, layer, row, column) {
  let cells = [[row, row], [column, column]];
  for (let k = layer; k > 0; k--) {
    const { kind, shape, units, kernel, strides, corner } = layers[k], before = layers[k - 1], [H, W, C] = before.shape;
    if (kind === 'Flatten' && !before.units) {
      const i = cells[0][0] * shape[1] + cells[1][0], r = Math.floor(i / (W * C)), c = Math.floor(i / C) % W;
      cells = [[r, r], [c, c]];
    } else if (kind === 'GlobalAveragePooling2D' || (kind === 'Dense' && units)) {
      if (before.units) { cells = [[0, layers[0].shape[0] - 1], [0, layers[0].shape[1] - 1]]; break; }
      cells = [[0, H - 1], [0, W - 1]];
    } else cells = cells.map(([a, b], i) => [Math.max(a * strides[i] - corner[i], 0), Math.min(b * strides[i] - corner[i] + kernel[i] - 1, [H, W][i] - 1)]);
  }
  return cells.flat();
}
/** The window of map `channel` of the layer before (NaN in the padding), and where it begins. */
export function windowOf(layers, maps, k, row, column, channel) {
  const { kernel: [kh, kw], strides: [sh, sw], corner: [above, beside] } = layers[k], { shape: [H, W] } = layers[k - 1];
  const top = row * sh - above, left = column * sw - beside, values = new Float64Array(kh * kw).fill(NaN);
  for (let u = 0; u < kh; u++) for (let v = 0; v < kw; v++) {
    const r = top + u, c = left + v;
    if (r >= 0 && c >= 0 && r < H && c < W) values[u * kw + v] = valueAt(layers, maps, k - 1, r, c, channel);
  }
  return { values, top, left };
}
/**
 * The sum behind a cell of a Conv2D or Dense layer: { terms, bias, z, strongest }, z = sum of terms + bias.
 * Conv2D: one term for each input map; kernelOf(c) gives its weights. Dense: one term for each input.
 */
export function sumBehind(layers, weights, maps, k, row, column, channel) {
  const { units, weights_at: at, kernel: [kh, kw], shape } = layers[k], before = layers[k - 1], terms = [];
  const F = units || shape[2], f = units ? row * shape[1] + column : channel, n = units ? before.units : before.shape[2];
  const kernelOf = c => Float64Array.from({ length: kh * kw }, (_, i) => weights[at + (i * n + c) * F + f]);
  for (let c = 0; c < n; c++) {
    if (units) { terms.push(maps[before.at + c] * weights[at + c * F + f]); continue; }
    const w = kernelOf(c), { values } = windowOf(layers, maps, k, row, column, c);
    let sum = 0;
    values.forEach((x, i) => { if (!Number.isNaN(x)) sum += x * w[i]; });
    terms.push(sum);
  }
  const bias = weights[at + kh * kw * n * F + f], z = terms.reduce((a, b) => a + b, 0) + bias;
  const strongest = terms.reduce((best, v, i) => (Math.abs(v) > Math.abs(terms[best]) ? i : best), 0);
  return { terms, bias, z, strongest, kernelOf };
}
/** The painted pixels as a short text, one bit each, and back. */
export function pack(bits) {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => { if (bit) bytes[i >> 3] |= 128 >> (i & 7); });
  let end = bytes.length;
  while (end && !bytes[end - 1]) end--;
  return btoa(String.fromCharCode(...bytes.subarray(0, end))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}
export function unpack(text, n) {
  const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0));
  return Uint8Array.from({ length: n }, (_, i) => (bytes[i >> 3] & (128 >> (i & 7)) ? 1 : 0));
}
/** The pixels on a straight stroke, so that a quick mouse leaves no gaps. */
export function stroke([r0, c0], [r1, c1]) {
  const n = Math.max(Math.abs(r1 - r0), Math.abs(c1 - c0), 1);
  return Array.from({ length: n + 1 }, (_, i) => [Math.round(r0 + ((r1 - r0) * i) / n), Math.round(c0 + ((c1 - c0) * i) / n)]);
}

const HOT = 0.75;                                            // how far the heat map covers the picture at its strongest
function render({ model, el }) {
  const ui = shell({ model, el, name: 'Network inspector', python: true }), { t, make } = ui, get = k => model.get(k);
  const layers = get('layers'), names = get('class_names'), labels = get('labels'), guesses = get('guesses');
  const [ROWS, COLUMNS] = layers[0].shape, N = ROWS * COLUMNS, weights = floats(get('weights_sent'));
  const pictures = floats(get('pictures')), blank = floats(get('blank')), pen = get('pen'), count = pictures.length / N;
  let memo = [null, null], hover = null, cursor = null, last = null;
  const maps = () => { const v = get('maps_sent'); if (memo[0] !== v) memo = [v, floats(v)]; return memo[1]; };
  const image = () => clamp(get('image'), -1, count - 1);
  const pictureOf = i => {
    if (i >= 0) return pictures.subarray(i * N, (i + 1) * N);
    const bits = unpack(get('drawing'), N);
    return Float32Array.from(blank, (v, k) => (bits[k] ? pen : v));
  };
  const state = () => {
    const s = settle(layers, { layer: get('layer'), channel: get('channel'), row: get('row'), column: get('column') });
    return hover ? { ...s, ...hover } : s;
  };
  const nameOf = (k) => names[k] === undefined ? '' : names[k];
  const titleOf = k => `${k}  ${layers[k].name}  ` + (layers[k].units || layers[k].shape.join(' × '));
  const largest = k => {                                     // the largest number of each layer, for its colours
    const end = k + 1 < layers.length ? layers[k + 1].at : maps().length;
    return maps().subarray(layers[k].at, end).reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9);
  };

  // ---- controls
  const menu = make('select');
  menu.setAttribute('aria-label', t('layer'));
  layers.forEach((_layer, k) => menu.add(new Option(titleOf(k), k)));
  menu.addEventListener('change', () => goTo(+menu.value));
  if (!ui.hidden.has('layer')) ui.controls.append(make('label', { className: 'cw-layer' }, make('span', { textContent: t('layer') }), menu));
  ui.draw(() => {
    const s = state(), maps_here = layers[s.layer].shape[2];
    if (+menu.value !== s.layer) menu.value = s.layer;
    channels.max = maps_here - 1; channels.disabled = maps_here < 2;
  });
  const channels = ui.slider('channel', t('map'), { min: 0, max: Math.max(...layers.map(l => l.shape[2])) - 1, step: 1, text: v => t('{0} of {1}', state().channel + 1, layers[state().layer].shape[2]) });
  ui.check('occlude', t('where does it look? (a patch covers each place; orange: the probability falls)'));
  const sides = ui.slider('patch', t('side of the patch'), { min: Math.ceil(Math.max(ROWS, COLUMNS) / 30), max: Math.min(15, ROWS, COLUMNS), step: 1, text: v => t('{0} px', v) });
  const steps = ui.slider('stride', t('patch moves by'), { min: 1, max: 8, step: 1, text: v => t('{0} px', Math.min(v, get('patch'))) });
  ui.bar(t('Your own drawing'));
  ui.menu('tool', t('the mouse'), [['paint', t('paints')], ['erase', t('erases')]]);
  ui.slider('brush', t('brush'), { min: 1, max: 5, step: 1, text: v => t('{0} px', v) });
  ui.button(t('New drawing'), () => ui.set({ image: -1, drawing: '' }), { key: 'new', where: ui.bar() });
  ui.presets();
  const goal = ui.goal(t('Draw a picture that the network calls "{0}" with more than 90 %', nameOf(get('goal_class'))));
  ui.footer();
  ui.draw(() => { sides.disabled = steps.disabled = !get('occlude'); });

  /** Go to another layer: to about the same place, or to the largest number where there are no places. */
  function goTo(k, channel = 0) {
    const s = state(), from = layers[s.layer], to = layers[k], [H, W] = to.shape;
    let row = Math.floor(((s.row + 0.5) / from.shape[0]) * H), column = Math.floor(((s.column + 0.5) / from.shape[1]) * W);
    if (to.units || from.units) {
      let best = -Infinity;
      for (let r = 0; r < H; r++) for (let c = 0; c < W; c++) {
        if (to.units && r * W + c >= to.units) continue;
        const v = valueAt(layers, maps(), k, r, c, channel);
        if (v > best) { best = v; row = r; column = c; }
      }
    }
    hover = null;
    ui.set(settle(layers, { layer: k, channel, row, column }));
  }

  // ---- painting small squares
  const off = document.createElement('canvas');
  /** Each value a square, row 0 at the top; colour(value) gives [r, g, b] or null. */
  function squares(g, box, rows, columns, at, colour) {
    off.width = columns; off.height = rows;
    const h = off.getContext('2d'), picture = h.createImageData(columns, rows);
    for (let r = 0, k = 0; r < rows; r++) for (let c = 0; c < columns; c++, k += 4) {
      const rgb = colour(at(r, c));
      if (rgb) { picture.data[k] = rgb[0]; picture.data[k + 1] = rgb[1]; picture.data[k + 2] = rgb[2]; picture.data[k + 3] = rgb[3] === undefined ? 255 : rgb[3]; }
    }
    h.putImageData(picture, 0, 0);
    g.imageSmoothingEnabled = false; g.drawImage(off, box.left, box.top, box.width, box.height);
  }
  const low = Math.min(...pictures, ...blank), high = Math.max(pen, low + 1e-9);
  const grey = theme => { const [a, b] = theme.dark ? [30, 235] : [250, 25]; return v => { const x = a + (b - a) * clamp((v - low) / (high - low), 0, 1); return [x, x, x]; }; };
  const signed = (theme, most) => { const table = ramp(theme); return v => { if (!Number.isFinite(v)) return null; const k = 3 * Math.round(127.5 + 127.5 * clamp(v / most, -1, 1)); return [table[k], table[k + 1], table[k + 2]]; }; };
  function frame(g, theme, box, rows, columns, [top, bottom, left, right], colour, width = 2.5) {
    const w = box.width / columns, h = box.height / rows, x = box.left + left * w, y = box.top + top * h;
    for (const [thick, ink] of [[width + 2.5, theme.page], [width, colour]]) { g.lineWidth = thick; g.strokeStyle = ink; g.strokeRect(x, y, (right - left + 1) * w, (bottom - top + 1) * h); }
  }
  const inside = (box, rows, columns, x, y) => {
    const row = Math.floor(((y - box.top) / box.height) * rows), column = Math.floor(((x - box.left) / box.width) * columns);
    return row >= 0 && column >= 0 && row < rows && column < columns ? { row, column } : null;
  };
  const cut = (g, text, width) => { if (g.measureText(text).width <= width) return text; while (text.length > 1 && g.measureText(text + '…').width > width) text = text.slice(0, -1); return text + '…'; };

  // ---- the strip of pictures; the first one is the drawing
  const heading = (text, where) => { const node = make('div', { className: 'cw-heading', textContent: text }); where.append(node); return node; };
  const stripHeading = heading(t('Pictures'), ui.stage), SMALL = 44, GAP = 5;
  const perRow = W => Math.max(1, Math.floor((W - 2) / (SMALL + GAP)));
  const still = document.createElement('canvas');
  /** The pictures of the strip, painted once for each size and theme: they do not change while you draw. */
  function thumbs(W, H, theme) {
    const d = window.devicePixelRatio || 1, key = [W, H, d, theme.dark].join();
    if (still.dataset.key === key) return still;
    still.dataset.key = key; still.width = Math.round(W * d); still.height = Math.round(H * d);
    const g = still.getContext('2d');
    g.setTransform(d, 0, 0, d, 0, 0);
    for (let i = 1; i <= count; i++) {
      const p = pictureOf(i - 1), box = { left: 3 + (i % perRow(W)) * (SMALL + GAP), top: 3 + Math.floor(i / perRow(W)) * (SMALL + GAP), width: SMALL, height: SMALL };
      squares(g, box, ROWS, COLUMNS, (r, c) => p[r * COLUMNS + c], grey(theme));
    }
    return still;
  }
  const strip = ui.canvas({
    label: t('Pictures'), maxWidth: 800, height: W => Math.ceil((count + 1) / perRow(W)) * (SMALL + GAP) + 4,
    draw(g, W, H, theme) {
      const chosen = image();
      g.drawImage(thumbs(W, H, theme), 0, 0, W, H);
      for (let i = 0; i <= count; i++) {
        const box = { left: 3 + (i % perRow(W)) * (SMALL + GAP), top: 3 + Math.floor(i / perRow(W)) * (SMALL + GAP), width: SMALL, height: SMALL };
        if (!i) { const p = pictureOf(-1); squares(g, box, ROWS, COLUMNS, (r, c) => p[r * COLUMNS + c], grey(theme)); }
        g.lineWidth = 1; g.strokeStyle = theme.soft; g.setLineDash(i ? [] : [3, 2]); g.strokeRect(box.left + 0.5, box.top + 0.5, SMALL - 1, SMALL - 1); g.setLineDash([]);
        if (i - 1 === chosen) { g.lineWidth = 3; g.strokeStyle = theme.blue; g.strokeRect(box.left, box.top, SMALL, SMALL); }
        if (i && labels.length && labels[i - 1] !== guesses[i - 1]) { mark(g, 'triangle', box.left + SMALL - 7, box.top + SMALL - 7, 4.5); g.fillStyle = theme.orange; g.fill(); g.lineWidth = 1.5; g.strokeStyle = theme.page; g.stroke(); }
      }
      stripHeading.textContent = labels.length && labels.some((v, i) => v !== guesses[i]) ? t('Pictures, your drawing first (▲: the network is wrong)') : t('Pictures, your drawing first');
      strip.describe(t('Pictures: {0} chosen. Arrow keys choose another one.', chosen < 0 ? t('your drawing') : t('picture {0} of {1}', chosen + 1, count)));
    },
    pointer({ x, y, kind }) {
      if (kind !== 'down') return;
      const i = Math.floor((y - 3) / (SMALL + GAP)) * perRow(strip.width) + clamp(Math.floor((x - 3) / (SMALL + GAP)), 0, perRow(strip.width) - 1);
      if (i >= 0 && i <= count) ui.set({ image: i - 1 });
    },
    key(e) {
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow(strip.width), ArrowUp: -perRow(strip.width) }[e.key];
      if (step) { e.preventDefault(); ui.set({ image: clamp(image() + step, -1, count - 1) }); }
    },
  });

  // ---- the picture: paper for the mouse, the receptive field, the heat map
  const views = make('div', { className: 'cw-views' }), place = wide => { const node = make('div', { className: wide ? 'cw-wide' : '' }); views.append(node); return node; };
  ui.stage.append(views);
  const paperPlace = place(), mapPlace = place(), barPlace = place(true), BAR = 48;
  const paperHeading = heading('', paperPlace), mapHeading = heading('', mapPlace);
  heading(t('What the network says'), barPlace);
  const fit = (W, rows, columns) => { const unit = (W - BAR) / Math.max(rows, columns); return { left: 2, top: 2, width: unit * columns, height: unit * rows }; };
  function paint(row, column, from = null, tool = get('tool')) {
    const bits = image() < 0 ? unpack(get('drawing'), N) : Uint8Array.from(pictureOf(image()), (v, k) => (v > (blank[k] + pen) / 2 ? 1 : 0));
    const size = get('brush'), back = Math.floor((size - 1) / 2);
    for (const [r, c] of stroke(from || [row, column], [row, column]))
      for (let u = r - back; u < r - back + size; u++) for (let v = c - back; v < c - back + size; v++)
        if (u >= 0 && v >= 0 && u < ROWS && v < COLUMNS) bits[u * COLUMNS + v] = tool === 'paint' ? 1 : 0;
    ui.set({ image: -1, drawing: pack(bits) });
  }
  const paper = ui.canvas({
    label: t('Picture'), where: paperPlace, className: 'cw-paper', height: W => fit(W, ROWS, COLUMNS).height + 5,
    draw(g, W, H, theme) {
      const box = fit(W, ROWS, COLUMNS), p = pictureOf(image()), s = state(), heat = get('occlude') ? floats(get('heat')) : [];
      squares(g, box, ROWS, COLUMNS, (r, c) => p[r * COLUMNS + c], grey(theme));
      if (heat.length === N) {
        const most = heat.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9), table = ramp(theme), colour = signed(theme, most);
        squares(g, box, ROWS, COLUMNS, (r, c) => heat[r * COLUMNS + c], v => [...colour(v), 255 * HOT * Math.min(1, 0.25 + Math.abs(v) / most)]);
        bar(g, theme, table, W - BAR + 8, box.height, -most, most);
      }
      frame(g, theme, box, ROWS, COLUMNS, cellField(layers, s.layer, s.row, s.column), theme.orange);
      if (cursor && document.activeElement === paper.node) frame(g, theme, box, ROWS, COLUMNS, [cursor[0], cursor[0], cursor[1], cursor[1]], theme.blue, 1.5);
      g.lineWidth = 1; g.strokeStyle = theme.soft; g.strokeRect(box.left, box.top, box.width, box.height);
      paperHeading.textContent = image() < 0 ? t('Your drawing') : labels.length ? t('Picture {0}: {1}', image() + 1, nameOf(labels[image()])) : t('Picture {0}', image() + 1);
    },
    pointer({ x, y, kind, event }) {
      const at = inside(fit(paper.width, ROWS, COLUMNS), ROWS, COLUMNS, x, y);
      if (kind === 'up' || kind === 'leave') { last = null; return; }
      if (!at) { if (kind === 'move' && last) last = 'outside'; return; }
      if (kind === 'down') { cursor = [at.row, at.column]; paint(at.row, at.column); last = cursor; return; }
      if (!last || event.buttons === 0) { last = null; return; }
      paint(at.row, at.column, last === 'outside' ? null : last);
      last = cursor = [at.row, at.column];
    },
    key(e) {
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
      if (!cursor) cursor = [ROWS >> 1, COLUMNS >> 1];
      if (step) { e.preventDefault(); cursor = [clamp(cursor[0] + step[0], 0, ROWS - 1), clamp(cursor[1] + step[1], 0, COLUMNS - 1)]; ui.ask(); words(); } else if (e.key === ' ') { e.preventDefault(); paint(...cursor); } else if (e.key === 'Delete' || e.key === 'Backspace') { e.preventDefault(); paint(...cursor, null, 'erase'); }
    },
  });
  for (const event of ['focus', 'blur']) paper.node.addEventListener(event, ui.ask);
  function bar(g, theme, table, x, height, lo, hi) {
    const top = 4, h = Math.max(40, height - 8);
    for (let i = 0; i < h; i++) { const k = 3 * Math.round(255 * (1 - i / h)); g.fillStyle = `rgb(${table[k]},${table[k + 1]},${table[k + 2]})`; g.fillRect(x, top + i, 8, 1.5); }
    g.fillStyle = theme.soft; g.font = `11px ${theme.font}`; g.textAlign = 'left'; g.textBaseline = 'middle';
    for (const [v, y] of [[hi, top + 6], [0, top + h / 2], [lo, top + h - 6]]) g.fillText(short(v), x + 10, y, BAR - 18);
  }
  const percent = p => (100 * p).toFixed(1);
  const short = v => number(v, v === 0 || Math.abs(v) >= 10 ? 0 : Math.abs(v) >= 0.1 ? 1 : 2);

  // ---- the chosen map
  const big = ui.canvas({
    label: t('Map'), where: mapPlace, height: W => fit(W, ROWS, COLUMNS).height + 5,
    draw(g, W, H, theme) {
      const s = state(), { shape: [rows, columns], units } = layers[s.layer], box = mapBox(W), most = largest(s.layer);
      squares(g, box, rows, columns, (r, c) => (units && r * columns + c >= units ? NaN : valueAt(layers, maps(), s.layer, r, c, s.channel)), s.layer ? signed(theme, most) : grey(theme));
      g.lineWidth = 1; g.strokeStyle = theme.soft; g.strokeRect(box.left, box.top, box.width, box.height);
      frame(g, theme, box, rows, columns, [s.row, s.row, s.column, s.column], theme.orange);
      if (s.layer) bar(g, theme, ramp(theme), W - BAR + 8, fit(W, ROWS, COLUMNS).height, -most, most);
      mapHeading.textContent = layers[s.layer].shape[2] > 1 ? t('{0}, map {1}', layers[s.layer].name, s.channel + 1) : layers[s.layer].name;
    },
    pointer({ x, y, kind }) {
      const s = state(), { shape: [rows, columns], units } = layers[s.layer];
      let at = inside(mapBox(big.width), rows, columns, x, y);
      if (at && units && at.row * columns + at.column >= units) at = null;
      if (kind === 'leave') { hover = null; ui.ask(); return; }
      if (kind === 'down' && at) { hover = null; ui.set(at); } else if (kind === 'move') { hover = at; ui.ask(); }
    },
    key(e) {
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key], page = { PageUp: -1, PageDown: 1 }[e.key];
      hover = null;
      const s = state();
      if (step) { e.preventDefault(); const { row, column } = settle(layers, { ...s, row: s.row + step[0], column: s.column + step[1] }); ui.set({ row, column }); }
      if (page) { e.preventDefault(); ui.set({ channel: clamp(s.channel + page, 0, layers[s.layer].shape[2] - 1) }); }
    },
  });
  function mapBox(W) {
    const { shape: [rows, columns] } = layers[state().layer], whole = fit(W, ROWS, COLUMNS), unit = Math.min((W - BAR) / columns, whole.height / rows);
    return { left: 2, top: 2, width: unit * columns, height: Math.max(unit * rows, 26) };
  }

  // ---- the classes
  const LINE = 20;
  const shown = p => p.map((_v, k) => k).sort((a, b) => p[b] - p[a]).slice(0, 12).sort((a, b) => a - b);
  const classes = ui.canvas({
    label: t('Classes'), where: barPlace, focusable: false, height: () => Math.min(12, names.length) * LINE + 4,
    draw(g, W, H, theme) {
      const { probabilities: p, class: best } = get('result'), left = Math.min(96, W * 0.4), width = W - left - 54;
      g.font = `12px ${theme.font}`; g.textBaseline = 'middle';
      shown(p).forEach((k, i) => {
        const y = 2 + i * LINE + LINE / 2;
        g.font = `${k === best ? 'bold ' : ''}12px ${theme.font}`;
        g.fillStyle = theme.text; g.textAlign = 'right'; g.fillText(cut(g, nameOf(k), left - 8), left - 6, y);
        g.fillStyle = theme.grid; g.fillRect(left, y - 6, width, 12);
        g.fillStyle = k === best ? theme.orange : theme.blue; g.fillRect(left, y - 6, width * p[k], 12);
        g.fillStyle = theme.text; g.textAlign = 'left'; g.fillText(percent(p[k]) + ' %', left + width + 5, y);
      });
    },
  });

  // ---- all maps of the layer
  const tileHeading = heading('', ui.stage);
  const tileGrid = W => {
    const [rows, columns, C] = layers[state().layer].shape, across = clamp(Math.floor(W / (C > 16 ? 42 : 62)), 1, C), size = Math.min(Math.floor(W / across) - 5, 84);
    return { across, size, high: Math.max(12, Math.round((size * rows) / columns)), lines: Math.ceil(C / across) };
  };
  const tiles = ui.canvas({
    label: t('Maps of the layer'), maxWidth: 800, height: W => { const { lines, high } = tileGrid(W); return layers[state().layer].shape[2] > 1 ? lines * (high + 19) + 4 : 1; },
    draw(g, W, H, theme) {
      const s = state(), { shape: [rows, columns, C], name } = layers[s.layer], { across, size, high } = tileGrid(W), colour = signed(theme, largest(s.layer));
      tiles.node.style.display = tileHeading.style.display = C > 1 ? '' : 'none';
      if (C < 2) return;
      tileHeading.textContent = t('All {0} maps of {1}', C, name);
      g.font = `11px ${theme.font}`; g.textAlign = 'center'; g.textBaseline = 'top';
      for (let c = 0; c < C; c++) {
        const box = { left: 3 + (c % across) * (size + 5), top: 3 + Math.floor(c / across) * (high + 19), width: size, height: high };
        squares(g, box, rows, columns, (r, k) => valueAt(layers, maps(), s.layer, r, k, c), colour);
        g.lineWidth = c === s.channel ? 3 : 1; g.strokeStyle = c === s.channel ? theme.orange : theme.soft; g.strokeRect(box.left, box.top, size, high);
        g.fillStyle = c === s.channel ? theme.text : theme.soft; g.fillText(String(c + 1), box.left + size / 2, box.top + high + 4);
      }
      tiles.describe(t('All {0} maps of {1}; map {2} is chosen. Arrow keys choose another one.', C, name, s.channel + 1));
    },
    pointer({ x, y, kind }) {
      if (kind !== 'down') return;
      const { across, size, high } = tileGrid(tiles.width), C = layers[state().layer].shape[2];
      const c = Math.floor((y - 3) / (high + 19)) * across + clamp(Math.floor((x - 3) / (size + 5)), 0, across - 1);
      if (c >= 0 && c < C) ui.set({ channel: c });
    },
    key(e) {
      const { across } = tileGrid(tiles.width), s = state(), step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[e.key];
      if (step) { e.preventDefault(); ui.set({ channel: clamp(s.channel + step, 0, layers[s.layer].shape[2] - 1) }); }
    },
  });

  // ---- the sum behind the cell, as squares and bars
  const sumHeading = heading('', ui.stage);
  function panels(s) {
    const { kind, kernel: [kh, kw] } = layers[s.layer], before = layers[s.layer - 1];
    if (kind === 'Conv2D' || (kind === 'Dense' && !layers[s.layer].units)) {
      const sum = sumBehind(layers, weights, maps(), s.layer, s.row, s.column, s.channel), c = sum.strongest, w = sum.kernelOf(c);
      const { values } = windowOf(layers, maps(), s.layer, s.row, s.column, c), many = sum.terms.length > 1;
      const products = values.map((x, i) => (Number.isNaN(x) ? 0 : x * w[i]));
      return [
        { rows: kh, columns: kw, values, title: many ? t('window of map {0}', c + 1) : t('window') }, { sign: '×' },
        { rows: kh, columns: kw, values: w, title: t('weights') }, { sign: '=' },
        { rows: kh, columns: kw, values: products, title: t('products') },
        ...(many ? [{ bars: sum.terms, chosen: c, title: t('sum for each map of {0}', before.name) }] : []),
      ];
    }
    if (kind === 'Dense') {
      const { terms } = sumBehind(layers, weights, maps(), s.layer, s.row, s.column, s.channel), source = before.kind === 'Flatten' && layers[s.layer - 2];
      if (!source || source.units) return [{ bars: terms, title: t('what each of the {0} inputs adds', terms.length) }];
      const [H, W, C] = source.shape, places = new Float64Array(H * W), each = new Float64Array(C);
      terms.forEach((v, i) => { places[Math.floor(i / C)] += v; each[i % C] += v; });
      return [{ rows: H, columns: W, values: places, title: t('what each place adds') }, ...(C > 1 ? [{ bars: [...each], title: t('what each map of {0} adds', source.name) }] : [])];
    }
    if (kind === 'MaxPooling2D' || kind === 'AveragePooling2D') {
      const { values } = windowOf(layers, maps(), s.layer, s.row, s.column, s.channel), best = values.reduce((b, v, i) => (v > values[b] || Number.isNaN(values[b]) ? i : b), 0);
      return [{ rows: kh, columns: kw, values, title: t('window of map {0}', s.channel + 1), winner: kind === 'MaxPooling2D' ? best : -1 }];
    }
    return [];
  }
  const SUM = 116, narrow = W => W < 430;
  const roomOf = (W, list) => { const n = list.filter(p => p.values).length; return Math.min(SUM, (W - 18 * list.filter(p => p.sign).length - 14 * n) / Math.max(n, 1)); };
  const sumCanvas = ui.canvas({
    label: t('The sum behind the cell'), maxWidth: 800, focusable: false,
    height: W => { const s = state(), list = s.layer ? panels(s) : []; return !list.length ? 1 : narrow(W) && list.length > 1 && list.some(p => p.bars) ? roomOf(W, list) + SUM + 36 : Math.max(...list.map(p => (p.bars ? SUM : roomOf(W, list)))) + 22; },
    draw(g, W, H, theme) {
      const s = state(), list = s.layer ? panels(s) : [], below = narrow(W) && list.length > 1;
      sumCanvas.node.style.display = sumHeading.style.display = list.length ? '' : 'none';
      if (!list.length) return;
      sumHeading.textContent = t('Behind the number in row {0}, column {1}', s.row + 1, s.column + 1);
      const room = roomOf(W, list);
      let x = 2;
      g.textBaseline = 'middle';
      for (const one of list) {
        if (one.sign) { g.fillStyle = theme.text; g.font = `bold 15px ${theme.font}`; g.textAlign = 'center'; g.fillText(one.sign, x + 4, 20 + room / 2); x += 18; continue; }
        g.fillStyle = theme.text; g.font = `12px ${theme.font}`; g.textAlign = 'left';
        if (one.bars) { termBars(g, theme, one, below ? { left: 2, top: room + 30, width: W - 6, height: SUM } : { left: x + 12, top: 0, width: W - x - 18, height: H - 4 }); continue; }
        const unit = Math.min(room / one.columns, SUM / one.rows), box = { left: x, top: 20, width: unit * one.columns, height: unit * one.rows };
        g.fillText(cut(g, one.title, list.some(p => p.sign) ? room + 16 : 140), x, 9);
        const most = one.values.reduce((m, v) => Math.max(m, Math.abs(v) || 0), 1e-9);
        squares(g, box, one.rows, one.columns, (r, c) => one.values[r * one.columns + c], signed(theme, most));
        g.lineWidth = 1; g.strokeStyle = theme.soft; g.strokeRect(box.left, box.top, box.width, box.height);
        if (unit >= 27) {
          g.font = `11px ${theme.font}`; g.textAlign = 'center'; g.fillStyle = theme.text;
          one.values.forEach((v, i) => g.fillText(Number.isNaN(v) ? t('pad') : v.toFixed(2).replace('-', '−'), box.left + ((i % one.columns) + 0.5) * unit, box.top + (Math.floor(i / one.columns) + 0.5) * unit, unit - 2));
        }
        if (one.winner >= 0) { const r = Math.floor(one.winner / one.columns), c = one.winner % one.columns; frame(g, theme, box, one.rows, one.columns, [r, r, c, c], theme.orange); }
        x += Math.max(box.width, list.some(p => p.sign) ? 0 : 130) + 14;
      }
    },
  });
  function termBars(g, theme, { bars, chosen, title }, box) {
    g.fillText(cut(g, title, box.width), box.left, box.top + 9);
    const most = bars.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9), top = box.top + 20, h = box.height - 38, middle = top + h / 2;
    const w = Math.min(26, (box.width - 34) / bars.length), left = box.left + 34;
    g.fillStyle = theme.soft; g.font = `11px ${theme.font}`; g.textAlign = 'right';
    for (const [v, y] of [[most, top + 4], [0, middle], [-most, top + h - 4]]) g.fillText(short(v), left - 4, y, 32);
    g.lineWidth = 1; g.strokeStyle = theme.grid; g.beginPath(); g.moveTo(left, middle + 0.5); g.lineTo(left + w * bars.length, middle + 0.5); g.stroke();
    bars.forEach((v, i) => {
      const length = (v / most) * (h / 2);
      g.fillStyle = v < 0 ? theme.blue : theme.orange; g.fillRect(left + i * w + 0.5, Math.min(middle, middle - length), Math.max(w - 1.5, 0.8), Math.abs(length));
      if (w >= 14) { g.fillStyle = i === chosen ? theme.text : theme.soft; g.font = `${i === chosen ? 'bold ' : ''}11px ${theme.font}`; g.textAlign = 'center'; g.fillText(String(i + 1), left + (i + 0.5) * w, top + h + 9); }
    });
  }

  // ---- the same in words
  const signs = list => list.map(([v, text], i) => (i ? (v < 0 ? ' − ' : ' + ') : v < 0 ? '−' : '') + number(Math.abs(v), 3) + text).join('');
  function afterwards(s, z) {
    const { activation } = layers[s.layer], value = valueAt(layers, maps(), s.layer, s.row, s.column, s.channel);
    if (activation === 'linear') return '';
    if (activation === 'softmax') return t('softmax: exp(z), divided by the sum of all exp(z): {0}', number(value, 3));
    return `${activation}(${number(z, 3)}) = ${number(value, 3)}`;
  }
  function formula(s) {
    const { kind, kernel: [kh, kw], units } = layers[s.layer], value = valueAt(layers, maps(), s.layer, s.row, s.column, s.channel), before = layers[s.layer - 1];
    if (kind === 'Input') return [t('pixel value: {0}', number(value, 3))];
    if (kind === 'Flatten') {
      const [, W, C] = before.shape, i = s.row * layers[s.layer].shape[1] + s.column;
      return [before.units ? t('the same number as before: {0}', number(value, 3)) : t('number {0} of the row is row {1}, column {2}, map {3} of {4}: {5}', i + 1, Math.floor(i / (W * C)) + 1, (Math.floor(i / C) % W) + 1, (i % C) + 1, before.name, number(value, 3))];
    }
    if (kind === 'Dropout') return [t('the same number as before, {0}: dropout works only while training', number(value, 3))];
    if (kind === 'Activation') return [afterwards(s, valueAt(layers, maps(), s.layer - 1, s.row, s.column, s.channel)) || number(value, 3)];
    if (kind === 'GlobalAveragePooling2D') return [t('the mean of all {0} numbers of map {1}: {2}', before.shape[0] * before.shape[1], s.row * layers[s.layer].shape[1] + s.column + 1, number(value, 3))];
    if (kind === 'MaxPooling2D' || kind === 'AveragePooling2D') {
      const list = [...windowOf(layers, maps(), s.layer, s.row, s.column, s.channel).values].filter(v => !Number.isNaN(v)).map(v => number(v, 3)).join('; ');
      return [kind === 'MaxPooling2D' ? t('the largest of {0} is {1}', list, number(value, 3)) : t('the mean of {0} is {1}', list, number(value, 3))];
    }
    const sum = sumBehind(layers, weights, maps(), s.layer, s.row, s.column, s.channel), lines = [];
    if (!units && sum.terms.length === 1 && kh * kw > 1) {
      const x = windowOf(layers, maps(), s.layer, s.row, s.column, 0).values, w = sum.kernelOf(0);
      for (let u = 0; u < kh; u++) lines.push((u ? '+ ' : '  ') + Array.from({ length: kw }, (_, v) => `${number(x[u * kw + v] || 0, 2)}·${number(w[u * kw + v], 2, true)}`).join(' + '));
    } else {
      const order = sum.terms.map((_v, i) => i).sort((a, b) => Math.abs(sum.terms[b]) - Math.abs(sum.terms[a])), first = order.slice(0, 6), rest = order.slice(6);
      lines.push(signs(first.map(i => [sum.terms[i], units ? t(' (input {0})', i + 1) : t(' (map {0})', i + 1)])) + (rest.length ? ' ' + t('and {0} more: {1}', rest.length, number(rest.reduce((a, i) => a + sum.terms[i], 0), 3)) : ''));
    }
    lines.push(`+ b = ${number(sum.bias, 3, true)}   →   z = ${number(sum.z, 3)}`);
    const after = afterwards(s, sum.z);
    return after ? [...lines, after] : lines;
  }
  function words() {
    const s = state(), { probabilities: p, class: best } = get('result'), [top, bottom, left, right] = cellField(layers, s.layer, s.row, s.column);
    ui.formula(formula(s));
    const reached = image() < 0 && p[get('goal_class')] > 0.9;
    goal(reached);
    const says = t('The network says {0}: {1} %.', nameOf(best), percent(p[best]));
    const { name, shape: [, W, C], units } = layers[s.layer], last_layer = s.layer === layers.length - 1;
    const cell = units ? (last_layer && names.length === units ? t('{0}, class {1}', name, nameOf(s.row * W + s.column)) : t('{0}, number {1} of {2}', name, s.row * W + s.column + 1, units))
      : C > 1 ? t('{0}, map {1}, row {2}, column {3}', name, s.channel + 1, s.row + 1, s.column + 1) : t('{0}, row {1}, column {2}', name, s.row + 1, s.column + 1);
    const seen = t('{0}: {1}. It has seen rows {2} to {3} and columns {4} to {5} of the picture.', cell, number(valueAt(layers, maps(), s.layer, s.row, s.column, s.channel), 3), top + 1, bottom + 1, left + 1, right + 1);
    const heat = get('occlude') ? floats(get('heat')) : [];
    let where = '';
    if (heat.length === N) {
      const k = heat.reduce((m, v, i) => (v > heat[m] ? i : m), 0);
      where = ' ' + (heat[k] > 0.01 ? t('Covered around row {0}, column {1}, the probability of {2} falls by {3}.', Math.floor(k / COLUMNS) + 1, (k % COLUMNS) + 1, nameOf(best), number(heat[k], 2)) : t('Wherever the patch lies, the probability of {0} does not fall.', nameOf(best)));
    }
    ui.say(says + ' ' + seen + where, last ? 600 : 150);
    const spot = cursor ? ' ' + t('Cursor in row {0}, column {1}.', cursor[0] + 1, cursor[1] + 1) : '';
    paper.describe(paperHeading.textContent + '. ' + says + where + ' ' + t('Paint with the mouse, or move with the arrow keys: Space paints, Delete erases.') + spot);
    big.describe(seen + ' ' + t('Arrow keys move to another cell, Page Up and Page Down to another map.'));
    classes.describe(t('Probabilities:') + ' ' + shown(p).map(k => `${nameOf(k)} ${percent(p[k])} %`).join(', '));
    sumCanvas.describe(t('The sum behind the cell') + ': ' + formula(s).join(' '));
  }
  ui.draw(words);
  ui.on(['image', 'layer', 'channel', 'row', 'column', 'occlude', 'patch', 'stride', 'drawing', 'tool', 'brush', 'maps_sent', 'heat', 'result'], ui.ask);
  return ui.end;
}
export default { render };
