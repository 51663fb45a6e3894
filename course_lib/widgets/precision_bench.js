// Weights in fewer bits. Python has rounded them and counted the answers; repeated here is only the sum behind one
// weight, so that it follows the keys. Tests compare it with Python.
const FLOATS = ['bfloat16', 'tf32', 'float32'], NAMES = { bfloat16: 'bfloat16', tf32: 'TF32', float32: 'float32' }, SHORT = { bfloat16: 'bf16', tf32: 'TF32', float32: 'f32' };
const MANTISSA = { bfloat16: 7, tf32: 10, float32: 23 }, BITS = Array.from({ length: 15 }, (_, i) => i + 2);
const PLACES = [...BITS.keys(), 16.9, 20.5, 24.1], END = 25.4;   // of the bits and the floats along the axis
/** The numbers behind one weight: q, what is stored, the error and its bound; clipped where the scale ends. */
export function sumOf(w, code, scale, format, bits) {
  if (format !== 'int') {
    const exponent = w ? Math.floor(Math.log2(Math.abs(w))) : 0, m = MANTISSA[format];
    return { value: code, error: code - w, exponent, digits: Math.abs(w) / 2 ** exponent, kept: Math.round((Math.abs(code) / 2 ** exponent) * 2 ** m), of: 2 ** m, bound: 2 ** -(m + 1) * Math.abs(w) };
  }
  const largest = 2 ** (bits - 1) - 1, ratio = w / scale;
  return { q: code, ratio, largest, value: scale * code, error: scale * code - w, bound: scale / 2, clipped: Math.abs(ratio) > largest + 0.5 };
}
/** Index of the number in a sorted list that is nearest to v. */
export function nearest(list, v) {
  let lo = 0, hi = list.length - 1;
  while (hi - lo > 1) { const mid = (lo + hi) >> 1; if (list[mid] < v) lo = mid; else hi = mid; }
  return v - list[lo] <= list[hi] - v ? lo : hi;
}

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Precision bench', python: true }), { t, make } = ui, get = k => model.get(k);
  const thousands = n => n.toLocaleString('en-US'), few = (v, n = 4) => (v === 0 ? '0' : Math.abs(v) >= 1e-4 && Math.abs(v) < 1e5 ? String(+v.toPrecision(n)) : v.toExponential(n - 2).replace('e+', 'e')).replace(/-/g, '−');
  const around = v => (v < 0 ? `(${few(v)})` : few(v));

  // ---- controls
  /** A menu of numbers; action(value) is called, `value()` is shown. */
  function numbers(key, label, value, action) {
    const select = make('select'), row = make('label', { className: 'cw-row' }, make('span', { className: 'cw-label', textContent: label }), select);
    select.setAttribute('aria-label', label);
    select.addEventListener('change', () => action(+select.value));
    if (!ui.hidden.has(key)) ui.controls.append(row);
    ui.draw(() => { const v = String(value()); if (select.value !== v) select.value = v; });
    return { select, row };
  }
  ui.menu('format', t('format'), [['int', 'int'], ...FLOATS.map(f => [f, NAMES[f]])]);
  const only = [
    ui.slider('bits', t('bits of int'), { min: 2, max: 16, step: 1, text: v => String(v) }),
    ui.slider('percentile', t('the scale covers'), { min: 90, max: 100, step: 0.1, to: v => +v.toFixed(1), text: v => t('{0} % of |w|', number(v, 1)) }),
    ui.check('columns', t('a scale for each column')),
  ];
  ui.check('inputs', t('round the inputs too'));
  ui.check('outlier', t('one outlier weight, 100 times'));
  const layer = numbers('layer', t('layer'), () => Math.min(get('layer'), get('layers').length), v => ui.set({ layer: v }));
  let listed = '';
  ui.draw(() => {
    const list = get('layers'), key = JSON.stringify(list);
    if (key !== listed) { listed = key; layer.select.replaceChildren(...list.map(([, shape], i) => new Option(`${i + 1}: ${shape.join(' × ')}`, i + 1))); layer.select.value = Math.min(get('layer'), list.length); }
    for (const input of only) { input.disabled = get('format') !== 'int'; if (input.parentNode) input.parentNode.style.opacity = input.disabled ? 0.55 : 1; }
  });
  ui.button(t('Train anew from other numbers'), () => ui.set({ seed: (get('seed') + 1) % 10 }), { key: 'seed' });
  ui.check('guess_first', t('let me guess first'));
  let mine = 8;
  const guess = numbers('guess_first', t('bits needed'), () => get('guess') || mine, v => { mine = v; });
  guess.select.append(...BITS.map(b => new Option(b, b)));
  const check = make('button', { type: 'button', textContent: t('Check') });
  check.addEventListener('click', () => ui.set({ guess: mine }));
  guess.row.after(check);
  ui.draw(() => { guess.row.hidden = !get('guess_first'); check.hidden = !asking(); guess.select.disabled = !asking(); });
  ui.presets();
  ui.footer();

  const asking = () => get('guess_first') && get('guess') < 2;
  const rankOf = n => clamp(get('rank'), 1, n) - 1;
  /** Where the setting stands among 2 ... 16 bits and the floats; and what a place there sets. */
  const step = () => (get('format') === 'int' ? get('bits') - 2 : 15 + FLOATS.indexOf(get('format')));
  const at = i => (i < 15 ? { format: 'int', bits: i + 2 } : { format: FLOATS[i - 15] });

  // ---- the picture
  const TOP = 42, HIGH = 92, SECOND = TOP + HIGH + 86, LOW = 112;
  let plots = [], held = -1;
  const wide = W => W >= 500;
  const cv = ui.canvas({
    label: t('Weights and answers'), maxWidth: 900, height: W => (wide(W) ? SECOND + LOW + 42 : SECOND + 2 * LOW + 122),
    draw(g, W, H, theme) {
      const w = floats(get('weights_sent')), counts = floats(get('counts')), scales = doubles(get('scales')), { format, bits, shape, end, beyond } = get('view'), int = format === 'int';
      if (!w.length) return;
      const i = rankOf(w.length), where = floats(get('places')), place = where[i], code = floats(get('codes'))[i], column = place % scales.length, scale = scales[column];
      const sum = sumOf(w[i], code, scale, format, bits);
      const text = (s, x, y, c = theme.text, bold = '', align = 'left', most) => { g.font = `${bold} 12px ${theme.font}`; g.textAlign = align; g.textBaseline = 'middle'; g.fillStyle = c; g.fillText(s, x, y, most); };
      const left = 46, width = W - left - 14, most = Math.max(...counts, 1);

      // ---- the weights of the layer, and the numbers that the format has
      const decades = Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, k) => 10 ** k), up = v => Math.log10(1 + v), limit = [-1.05 * end, 1.05 * end];
      const bars = axes(g, theme, { left, top: TOP, width, height: HIGH, x: limit, y: [0, 1.06 * up(most)], xticks: ticks(...limit, wide(W) ? 8 : 4), yticks: decades.map(up), xtext: v => few(v, 3), ytext: v => String(Math.round(10 ** v - 1)), xlabel: t('weight w'), ylabel: t('weights'), grid: false });
      g.fillStyle = theme.blue; g.globalAlpha = 0.55;
      counts.forEach((n, k) => { if (n) { const a = bars.X(-end + (2 * end * k) / counts.length), b = bars.X(-end + (2 * end * (k + 1)) / counts.length), y = bars.Y(up(n)); g.fillRect(a, y, Math.max(b - a - 0.5, 1), TOP + HIGH - y); } });
      g.globalAlpha = 1;
      const strip = [TOP - 16, TOP - 2], gap = int ? bars.X(scale) - bars.X(0) : 0, lines = [];
      if (int) for (let q = -sum.largest; q <= sum.largest && gap >= 3; q++) lines.push(q * scale);
      else for (let e = -12; e < 12; e++) lines.push(2 ** e, -(2 ** e));
      g.save(); g.beginPath(); g.rect(left, strip[0], width, TOP + HIGH - strip[0]); g.clip();
      g.fillStyle = theme.orange; g.strokeStyle = theme.orange; g.lineWidth = 1.2;
      if (int && gap < 3) { g.globalAlpha = 0.35; g.fillRect(bars.X(-sum.largest * scale), strip[0], 2 * sum.largest * gap, strip[1] - strip[0]); g.globalAlpha = 1; }
      else if (!int) { g.globalAlpha = 0.22; g.fillRect(left, strip[0], width, strip[1] - strip[0]); g.globalAlpha = 1; }
      const few_ = int && lines.length <= 31;                       // few levels run down through the bars
      for (const v of lines) { g.globalAlpha = few_ ? 0.8 : 1; g.beginPath(); g.moveTo(bars.X(v), strip[0]); g.lineTo(bars.X(v), few_ ? TOP + HIGH : strip[1]); g.stroke(); }
      g.globalAlpha = 1; g.restore();
      const codes = floats(get('codes')), all = codes.length === shape.reduce((a, b) => a * b, 1);
      const used = all && int ? t('; used: {0}', thousands(new Set(codes.filter((_, k) => scales.length === 1 || where[k] % scales.length === column)).size)) : '';
      const levels = int ? (scales.length > 1 ? t('levels of column {0}: {1}', column + 1, thousands(2 * sum.largest + 1)) : t('levels: {0}', thousands(2 * sum.largest + 1))) + used : t('{0} levels in each power of two', thousands(2 ** MANTISSA[format]));
      text('▮ ' + levels + (int && gap < 3 ? t(' (too close to draw)') : ''), left, strip[0] - 13, theme.orange, '600', 'left', width);
      const inside = v => clamp(v, ...limit), ends = [];              // where the axis stops at what the scale covers
      if (beyond[0]) ends.push([left + 4, 'left', t('← {0} beyond', thousands(beyond[0]))]);
      if (beyond[1]) ends.push([left + width - 4, 'right', t('{0} beyond →', thousands(beyond[1]))]);
      for (const [x, side, s] of ends) text(s, x, TOP + 9, theme.text, '600', side);
      g.lineWidth = 1.5; g.strokeStyle = theme.text; g.beginPath(); g.moveTo(bars.X(inside(w[i])), TOP); g.lineTo(bars.X(inside(w[i])), TOP + HIGH); g.stroke();
      for (const [v, shape_, c, y] of [[inside(sum.value), 'square', theme.orange, strip[1] - 7], [inside(w[i]), 'circle', theme.text, TOP + HIGH]]) { mark(g, shape_, bars.X(v), y, 4.5); g.fillStyle = c; g.fill(); g.strokeStyle = theme.page; g.stroke(); }

      // ---- the answers over the bits
      const half = wide(W) ? (W - 46 - 66) / 2 : width, result = get('result'), both = doubles(get('curve')), other = doubles(get('floats')), now = step();
      const value = (row, k, part) => (k < 15 ? both[2 * (15 * row + k) + part] : other[2 * (k - 15) + part]);
      const errors = [...both, ...other].filter((_, k) => k % 2).filter(v => v > 0), hi = 10 ** Math.ceil(Math.log10(Math.max(...errors, 1e-3)) - 1e-9), lo = Math.min(hi / 100, Math.max(1e-7, 10 ** Math.floor(Math.log10(Math.min(...errors, 1)))));
      plots = [bars];
      [{ title: t('accuracy [%]'), y: [0, 100], factor: 100, yticks: [0, 20, 40, 60, 80, 100], log: {}, ytext: String },
        { title: t('largest change of an output'), y: [lo, hi], factor: 1, yticks: powers(lo, hi, Math.ceil(Math.log10(hi / lo) / 4)), log: { y: true }, ytext: power }].forEach((p, part) => {
        const x0 = wide(W) ? left + part * (half + 46) : left, top = wide(W) ? SECOND : SECOND + 22 + part * (LOW + 58);
        const plot = axes(g, theme, { left: x0, top, width: half, height: LOW, x: [-0.7, END], y: p.y, log: p.log, xticks: PLACES.filter((_, k) => k % 2 === 0 || k > 14), yticks: p.yticks, xtext: v => (v < 15 ? String(v + 2) : SHORT[FLOATS[PLACES.indexOf(v) - 15]]), ytext: p.ytext, xlabel: t('bits of int; floats') });
        text(p.title, x0, top - 11, theme.text, '600');
        plots.push(plot);
        if (asking()) { text(t('Your guess first'), x0 + half / 2, top + LOW / 2, theme.text, '600', 'center'); return; }
        const Y = v => clamp(plot.Y(Math.max(p.factor * v, p.log.y ? lo : 0)), top, top + LOW);
        g.strokeStyle = theme.text; g.lineWidth = 1; g.beginPath(); g.moveTo(plot.X(PLACES[now]), top); g.lineTo(plot.X(PLACES[now]), top + LOW); g.stroke();
        if (!part) { g.setLineDash([6, 4]); g.beginPath(); g.moveTo(x0, Y(result.base / result.samples)); g.lineTo(x0 + half, Y(result.base / result.samples)); g.stroke(); g.setLineDash([]); }
        const picked = get('columns') ? 1 : 0;
        for (const row of [1 - picked, picked]) {
          const colour = row ? theme.green : theme.blue, list = BITS.map((_, k) => value(row, k, part)), thin = row !== picked;
          g.strokeStyle = g.fillStyle = colour; g.lineWidth = thin ? 1.2 : 2.4; g.setLineDash(thin ? [4, 4] : []);
          g.beginPath(); list.forEach((v, k) => g.lineTo(plot.X(k), Y(v))); g.stroke(); g.setLineDash([]);
          list.forEach((v, k) => { mark(g, row ? 'square' : 'circle', plot.X(k), Y(v), 3); if (thin) { g.lineWidth = 1.2; g.stroke(); } else g.fill(); });
        }
        FLOATS.forEach((_, k) => { if (part && value(0, 15 + k, part) === 0) text('0', plot.X(PLACES[15 + k]), top + LOW - 14, theme.text, '', 'center'); mark(g, 'diamond', plot.X(PLACES[15 + k]), Y(value(0, 15 + k, part)), 4); g.fillStyle = theme.purple; g.fill(); });
        g.strokeStyle = theme.text; g.lineWidth = 2; g.beginPath(); g.arc(plot.X(PLACES[now]), Y(value(picked, now, part)), 7.5, 0, 7); g.stroke();
      });
      const key = [['circle', theme.blue, t('one scale')], ['square', theme.green, t('scale a column')], ['diamond', theme.purple, t('floats')], ['dashes', theme.text, t('float32')]];
      if (wide(W)) legend(g, theme, left + 4, SECOND - 31, key);
      else { legend(g, theme, left + 4, SECOND - 31, key.slice(0, 2)); legend(g, theme, left + 4, SECOND - 12, key.slice(2)); }
      words(sum, w, i, place, shape, scale, format);
    },
    pointer({ x, y, kind }) {
      if (kind === 'up') { held = -1; return; }
      const over = p => x >= p.left - 6 && x <= p.left + p.width + 6 && y >= p.top - 18 && y <= p.top + p.height + 20;
      if (kind === 'down') held = plots.findIndex(over);
      if (held < 0 || !['down', 'move'].includes(kind)) return;
      if (held === 0) ui.set({ rank: nearest(floats(get('weights_sent')), plots[0].atX(x)) + 1 });
      else { const away = PLACES.map(v => Math.abs(plots[held].X(v) - x)); ui.set(at(away.indexOf(Math.min(...away)))); }
    },
    key(e) {
      const move = ui.arrows[e.key], n = get('weights_sent').byteLength / 4, i = rankOf(n), jump = Math.max(1, Math.round(n / 20));
      if (!move && !['PageUp', 'PageDown', 'Home', 'End'].includes(e.key)) return;
      e.preventDefault();
      if (move && move[1]) ui.set(at(clamp(step() + move[1], 0, 17)));
      else ui.set({ rank: clamp(move ? i + move[0] : { PageUp: i + jump, PageDown: i - jump, Home: 0, End: n - 1 }[e.key], 0, n - 1) + 1 });
    },
  });
  ui.stage.append(make('p', { className: 'cw-keys', textContent: t('Drag on a picture, or ← →: the next weight, Page Up and Page Down: a twentieth on; ↑ ↓: bits and floats.') }));

  // ---- in formulas and in words
  const SUP = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' }, sup = k => [...String(k)].map(c => SUP[c]).join('');
  function words(s, w, i, place, shape, scale, format) {
    const units = shape[shape.length - 1], row = Math.floor(place / units), own = get('own_result') || {}, v = w[i], lines = [];
    const name = t('weight {0} of {1} by size, row {2}, column {3}: w = {4}', thousands(i + 1), thousands(w.length), row + 1, (place % units) + 1, few(v));
    if (format === 'int') {
      lines.push(name, t('scale = {0} / {1} = {2}', few(scale * s.largest), s.largest, few(scale)) + `   q = ${t('round')}(${few(v)} / ${few(scale)}) = ${t('round')}(${few(s.ratio)}) = ${few(s.q)}${s.clipped ? ' ' + t('(clipped)') : ''}`,
        `${t('scale')} · q = ${few(scale)} · ${around(s.q)} = ${few(s.value)}   ` + (s.clipped ? t('error {0}: beyond what the scale covers', few(s.error, 3)) : t('error {0} (at most scale / 2 = {1})', few(s.error, 3), few(s.bound, 3))));
    } else if (v === 0) lines.push(name, t('0 is stored exactly.'));
    else if (format === 'float32') lines.push(name, t('23 bits of mantissa: as the network was trained, nothing is rounded.'));
    else {
      const sign = v < 0 ? '−' : '';
      lines.push(name, `w = ${sign}${few(s.digits, 6)} · 2${sup(s.exponent)}   ${t('{0} bits of mantissa', MANTISSA[format])}: ${few(s.digits, 6)} → ${s.kept} / ${s.of} = ${few(s.kept / s.of, 6)}`,
        `${sign}${few(s.kept / s.of, 6)} · 2${sup(s.exponent)} = ${few(s.value)}   ` + t('error {0} (at most {1} % of |w|)', few(s.error, 3), few(100 * 2 ** -(MANTISSA[format] + 1), 2)));
    }
    if (own.of && get('format') === 'int' && get('bits') === 8 && !get('columns') && get('percentile') === 100) {
      const [mine_, theirs] = own.scales[Math.min(get('layer'), own.scales.length) - 1], right = number((100 * own.right) / get('result').samples, 1);
      lines.push(own.differs === 0 ? t('your quantize: all {0} numbers as the library\'s; scale {1}; accuracy {2} %', thousands(own.of), few(mine_), right)
        : t('your quantize: {0} of {1} numbers differ; scale {2}, the library\'s is {3}; accuracy {4} %', thousands(own.differs), thousands(own.of), few(mine_), few(theirs), right));
    }
    ui.formula(lines);
    ui.say(get('sentence'));
    cv.describe(t('{0} Above: weights of the layer and the numbers that the format has; below: accuracy and largest change over the bits. {1}. Arrow keys left and right choose a weight, up and down the bits.', get('sentence'), lines[0]));
  }
  ui.on(['format', 'bits', 'columns', 'percentile', 'inputs', 'outlier', 'seed', 'layer', 'rank', 'guess_first', 'guess', 'layers', 'weights_sent', 'places', 'codes', 'scales', 'counts', 'view', 'curve', 'floats', 'result', 'own_result', 'sentence'], ui.ask);
  return ui.end;
}
export default { render };
