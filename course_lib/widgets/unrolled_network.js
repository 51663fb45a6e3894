// A recurrent network, unrolled over time. Python has computed every number by course_lib.nn; this file draws them and
// puts them into the formulas.
const GOAL_STEPS = 8, LEAST = 0.1, LARGEST = 10, SHOWN = 4;
const SUB = '₀₁₂₃₄₅₆₇₈₉', sub = n => [...String(n)].map(c => SUB[+c]).join('');
/** Everything that Python sent, as arrays: h(t, k) is unit k after step t, gradients and gates count steps from 1. */
export function unpack(get) {
  const kind = get('kind'), H = kind.units, states = doubles(get('states')), T = states.length / H - 1;
  const cells = doubles(get('cell_states')), gates = doubles(get('gates')), sums = doubles(get('sums')), slopes = doubles(get('slopes'));
  const atH = doubles(get('at_h')), atC = doubles(get('at_c')), rows = doubles(get('x_rows')), sizes = doubles(get('sizes'));
  const G = gates.length / T / H, S = sums.length / T / H, D = rows.length / T, lstm = cells.length > 0;
  return { ...kind, H, T, D, lstm, names: { SimpleRNN: '', LSTM: 'ifgo', GRU: 'zrn' }[kind.cell], weights: get('weights'), output: get('output'),
    h: (t, k) => states[t * H + k], c: (t, k) => cells[t * H + k], gate: (t, j, k) => gates[((t - 1) * G + j) * H + k], sum: (t, j, k) => sums[((t - 1) * S + j) * H + k],
    slope: (t, k) => slopes[(t - 1) * H + k], atH: (t, k) => atH[(t - 1) * H + k], atC: (t, k) => atC[(t - 1) * H + k], x: (t, d) => rows[(t - 1) * D + d],
    size: (t, lane = 0) => sizes[lane * T + t - 1], lanes: sizes.length / T,
    /** The gradient at step t by that at the last step; lane 1 is that at the cell. */
    left: (t, lane = 0) => { const last = sizes[lane * T + T - 1]; return last > 0 ? sizes[lane * T + t - 1] / last : 0; } };
}
/** The parts of the sum in front of an activation: from the input, from the state, the bias; block j, unit k. */
export function parts(n, t, j, k) {
  const column = j * n.H + k, { W_x, W_h, b } = n.weights, add = (count, f) => { let s = 0; for (let i = 0; i < count; i++) s += f(i); return s; };
  return { x: add(n.D, d => n.x(t, d) * W_x[d][column]), h: add(n.H, i => n.h(t - 1, i) * W_h[i][column]), b: b.reduce((sum, row) => sum + row[column], 0),  // a GRU has two rows
    factors: n.D === 1 && n.H === 1 ? [[n.x(t, 0), W_x[0][column]], [n.h(t - 1, 0), W_h[0][column]]] : null };
}

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Unrolled network', python: true }), { t, make } = ui, get = k => model.get(k);
  const traits = ['cell', 'activation', 'units', 'w_x', 'w_h', 'bias', 'keep_bias', 'seed', 'sequence', 'target', 'step', 'back', 'folded'];
  const num = (v, digits = 2, inside = false) => number(v, digits, inside), brief = v => (Math.abs(v) >= 100 ? number(v, 0) : Math.abs(v) >= 0.1 ? number(v) : Math.abs(v) >= 1e-4 ? String(+v.toPrecision(2)) : number(v));

  // ---- controls
  ui.menu('cell', t('cell'), [['SimpleRNN', t('SimpleRNN')], ['LSTM', t('LSTM')], ['GRU', t('GRU')]]);
  const bent = ui.menu('activation', t('activation'), [['tanh', t('tanh')], ['relu', t('relu')], ['sigmoid', t('sigmoid')], ['linear', t('linear')]]);
  const keeps = ui.slider('keep_bias', t('bias of gate f (GRU: z)'), { min: -4, max: 6, step: 0.1 });
  ui.slider('w_x', t('weight of the input'), { min: -3, max: 3, step: 0.05, text: v => num(v) });
  ui.slider('w_h', t('recurrent weight'), { min: -2, max: 2, step: 0.05, text: v => num(v) });
  const pair = () => { const where = make('div', { className: 'cw-pair' }); ui.controls.append(where); return where; }, one = pair(), two = pair();
  ui.slider('bias', t('bias'), { min: -2, max: 2, step: 0.05, text: v => num(v), where: one });
  ui.slider('target', t('target'), { min: -2, max: 2, step: 0.05, text: v => num(v), where: one });
  ui.slider('units', t('units'), { min: 1, max: 3, step: 1, text: v => String(v), where: two });
  ui.slider('sequence', t('steps'), { min: 8, max: 12, step: 1, text: v => String(v.length), from: v => v.length, to: n => Array.from({ length: n }, (_, i) => get('sequence')[i] ?? 0), where: two });
  const three = pair();
  ui.check('folded', t('folded'), three);
  const others = ui.button(t('Other weights'), () => ui.set({ seed: (get('seed') + 1) % 1000 }), { key: 'seed', where: three });
  ui.draw(() => {                                        // a SimpleRNN has an activation to choose, the others a gate
    const simple = get('cell') === 'SimpleRNN';
    if (bent.parentNode) bent.parentNode.hidden = !simple;
    if (keeps.parentNode) keeps.parentNode.hidden = simple;
    others.disabled = get('units') === 1;
  });
  ui.presets();
  const goal = ui.goal(t('{0} steps or more: between {1} % and {2} times of the gradient reach step 1', GOAL_STEPS, 100 * LEAST, LARGEST));
  ui.footer();

  // ---- the picture
  let place = null, look = null, pull = null, limits = null, moved = false;
  const last = () => unpack(get).T, chosen = T => clamp(get('step'), 1, T);
  const choose = step => { moved = false; ui.set({ step: clamp(step, 1, last()) }); };
  function inputRange() {
    const seq = get('sequence'), lo = Math.min(...seq), hi = Math.max(...seq);
    if (!limits) { const own = get('sensor') === t('input x') || lo < -2 || hi > 2; const gap = Math.max(hi - lo, 1e-6) * 0.15; limits = own ? [lo - gap, hi + gap] : [-2, 2]; }
    if (lo < limits[0] || hi > limits[1]) limits = [Math.min(limits[0], lo), Math.max(limits[1], hi)];
    return limits;
  }
  function setInput(step, value) {
    const [lo, hi] = inputRange(), grain = (hi - lo) / 80, list = get('sequence').slice();
    if (step < 1 || step > list.length) return;
    list[step - 1] = +clamp(Math.round(value / grain) * grain, lo, hi).toPrecision(5);
    if (list[step - 1] !== get('sequence')[step - 1]) ui.set({ sequence: list });
  }
  /** Heights of the rows: what a cell holds, from top to bottom. */
  function cellRows(n) {
    const shown = Math.min(n.H, SHOWN), tall = shown === 1 ? 24 : 14 * shown;
    const gate = j => ({ name: n.names[j], gate: j, high: 14 });
    if (n.lstm) return [{ name: 'c', high: tall }, gate(1), gate(0), gate(3), { name: 'h', high: tall }];
    return n.names ? [gate(0), gate(1), { name: 'h', high: tall }] : [{ name: 'h', high: Math.max(tall, 34) }];
  }
  const high = n => cellRows(n).reduce((s, r) => s + r.high, 0);
  const top = W => (W < 430 ? 70 : 48) + (get('folded') ? 26 : 0);
  const cv = ui.canvas({
    label: t('The unrolled network'), maxWidth: 900, height: W => top(W) + high(unpack(get)) + 240,
    draw(g, W, H, theme) {
      const n = unpack(get), T = n.T, left = 58, width = W - left - 10, col = width / T, X = s => left + (s - 0.5) * col;
      const step = chosen(T), back = get('back'), folded = get('folded'), table = ramp(theme), list = cellRows(n), y0 = top(W), yEnd = y0 + high(n);
      const inTop = yEnd + 24, inHigh = 68, outTop = inTop + inHigh + 22, outHigh = 84, box = Math.min(col * 0.7, 46), text = col >= 34;
      let most = 1; for (let s = 1; s <= T; s++) for (let k = 0; k < n.H; k++) most = Math.max(most, Math.abs(n.h(s, k)), n.lstm ? Math.abs(n.c(s, k)) : 0);
      const colour = v => { const i = 3 * Math.round(127.5 * (1 + clamp(v / most, -1, 1))); return `rgb(${table[i]},${table[i + 1]},${table[i + 2]})`; };
      const write = (s, x, y, size = 12, align = 'center', c = theme.text, bold = '') => { g.font = `${bold} ${size}px ${theme.font}`; g.fillStyle = c; g.textAlign = align; g.textBaseline = 'middle'; g.fillText(s, x, y); };
      const halo = (s, x, y, size, align, c) => { g.font = `${size}px ${theme.font}`; g.textAlign = align; g.textBaseline = 'middle'; g.strokeStyle = theme.page; g.lineWidth = 4; g.lineJoin = 'round'; g.strokeText(s, x, y); write(s, x, y, size, align, c); };
      const arrow = (x1, y1, x2, y2, c, wide = 1.5, headSize = 4) => {
        const a = Math.atan2(y2 - y1, x2 - x1), r = Math.max(headSize, wide * 1.3); g.strokeStyle = g.fillStyle = c; g.lineWidth = wide;
        g.beginPath(); g.moveTo(x1, y1); g.lineTo(x2 - r * Math.cos(a), y2 - r * Math.sin(a)); g.stroke();
        g.beginPath(); g.moveTo(x2, y2); g.lineTo(x2 - r * 1.4 * Math.cos(a - 0.5), y2 - r * 1.4 * Math.sin(a - 0.5)); g.lineTo(x2 - r * 1.4 * Math.cos(a + 0.5), y2 - r * 1.4 * Math.sin(a + 0.5)); g.fill();
      };
      place = { left, width, col, X, T, inTop, inHigh, step: x => clamp(Math.ceil((x - left) / col), 1, T) };

      // the chosen column, and the one under the pointer
      const column = (s, dash) => { const box = [X(s) - col / 2 + 1, (folded ? inTop : y0) - 6, col - 2, outTop + outHigh + 22 - (folded ? inTop : y0)]; g.globalAlpha = 0.1; g.fillStyle = theme.text; if (!dash.length) g.fillRect(...box); g.globalAlpha = 1; g.setLineDash(dash); g.strokeStyle = theme.soft; g.lineWidth = 1.5; g.strokeRect(...box); g.setLineDash([]); };
      column(step, []); if (look && look !== step) column(look, [3, 3]);

      // ---- the weights, the output
      const many = n.H > 1 || n.D > 1 || n.names, gates = n.names ? (n.lstm ? 4 : 3) : 1, count = n.H * gates * (n.D + n.H) + n.weights.b.flat().length;
      const words = many ? [`→ W_h ${n.H} × ${n.H * gates}`, `↑ W_x ${n.D} × ${n.H * gates}`] : [`→ W_hh = ${num(n.weights.W_h[0][0])}`, `↑ W_xh = ${num(n.weights.W_x[0][0])}`];
      write(words.join('   '), 4, 12, 12, 'left', theme.blue, '600');
      write((many ? t('{0} weights, ', count) : '') + (folded ? t('one cell, used again at every step') : t('the same at every step')), 4, 30, 12, 'left', theme.soft);
      const out = n.output, lines = [`y = ${num(out.y)}`, `${t('target')} ${num(get('target'))}`, `L = (y − ${t('target')})² = ${brief(out.loss)}`];
      if (W < 430) write(`${lines[0]}   ${lines[2]}`, W - 10, 50, 12, 'right'); else { write(`${lines[0]}   ${lines[1]}`, W - 10, 12, 12, 'right', theme.text, '600'); write(lines[2], W - 10, 28, 12, 'right'); }

      // ---- the cells
      const hRow = list.findIndex(r => r.name === 'h'), rowTop = i => y0 + list.slice(0, i).reduce((s, r) => s + r.high, 0), middle = i => rowTop(i) + list[i].high / 2;
      const drawCell = (s, x, wide) => {
        list.forEach((row, i) => {
          const ty = rowTop(i), shown = Math.min(n.H, SHOWN), value = row.name === 'c' ? n.c : n.h;
          if (row.gate === undefined) for (let k = 0; k < shown; k++) {
            const v = value(s, k), each = row.high / shown;
            g.fillStyle = colour(v); g.fillRect(x - wide / 2, ty + k * each, wide, each);
            if (text || wide > 34) write(num(v, Math.abs(v) >= 100 ? 0 : Math.abs(v) >= 10 ? 1 : 2), x, ty + (k + 0.5) * each + 0.5, shown > 1 ? 11 : 12);
          } else {
            let v = 0; for (let k = 0; k < n.H; k++) v += n.gate(s, row.gate, k) / n.H;
            g.fillStyle = theme.page; g.fillRect(x - wide / 2, ty, wide, row.high);
            g.globalAlpha *= 0.35; g.fillStyle = theme.green; g.fillRect(x - wide / 2, ty, wide * clamp(v, 0, 1), row.high); g.globalAlpha /= 0.35;
            if (text || wide > 34) write(num(v), x, ty + row.high / 2 + 0.5, 11);
          }
        });
        g.strokeStyle = theme.soft; g.lineWidth = 1; g.strokeRect(x - wide / 2 + 0.5, y0 + 0.5, wide - 1, yEnd - y0 - 1);
      };
      const seen = s => (back || s <= step ? 1 : 0.28);
      if (folded) {
        const x = left + width * (W < 430 ? 0.34 : 0.5), wide = 64, s = look || step;
        drawCell(s, x, wide);
        const y = middle(hRow), roof = y0 - 18;
        g.strokeStyle = theme.blue; g.lineWidth = 2; g.beginPath(); g.moveTo(x + wide / 2, y); g.lineTo(x + wide / 2 + 26, y); g.lineTo(x + wide / 2 + 26, roof); g.lineTo(x - wide / 2 - 26, roof); g.lineTo(x - wide / 2 - 26, y); g.stroke();
        arrow(x - wide / 2 - 26, y, x - wide / 2 - 1, y, theme.blue, 2);
        write(t('h, one step later'), x, roof - 9, 12, 'center', theme.blue);
        write(t('step {0} of {1}', s, T) + (s === T && W >= 430 ? ` → y = ${num(n.output.y)}` : ''), x + wide / 2 + 36, y, 12, 'left');
        arrow(X(s), inTop - 2, x, yEnd + 2, theme.blue);
      } else {
        for (let s = 1; s <= T; s++) {
          g.globalAlpha = seen(s);
          drawCell(s, X(s), box);
          arrow(X(s), inTop - 3, X(s), yEnd + 2, theme.blue, 1.3, 3);
          if (s > 1) for (const [i, c] of n.lstm ? [[hRow, theme.blue], [0, theme.purple]] : [[hRow, theme.blue]]) arrow(X(s - 1) + box / 2, middle(i) - 4, X(s) - box / 2 - 1, middle(i) - 4, c, i === hRow ? 1.5 : 2.5, 3);
          if (s < T && back) for (const [i, lane, c] of n.lstm ? [[hRow, 0, theme.orange], [0, 1, theme.orange]] : [[hRow, 0, theme.orange]]) {
            const share = clamp(n.left(s, lane), 0, 4);
            g.globalAlpha = s >= step ? 0.25 + 0.75 * Math.min(1, share * 2) : 0.12;
            arrow(X(s + 1) - box / 2, middle(i) + 5, X(s) + box / 2 + 1, middle(i) + 5, c, 0.8 + 3.2 * Math.sqrt(Math.min(share, 1)), 3);
          }
        }
        g.globalAlpha = 1;
        arrow(X(T), y0, X(T), W < 430 ? 58 : 37, theme.blue, 1.5);
        list.forEach((row, i) => write(row.name, left - 8, middle(i), 12, 'right', theme.soft, '600'));
      }

      // ---- the inputs
      const [lo, hi] = inputRange(), sensor = get('sensor'), seq = get('sequence'), marks = T <= 12 || col >= 22 ? 1 : Math.ceil(22 / col);
      const plot = axes(g, theme, { left, top: inTop, width, height: inHigh, x: [0.5, T + 0.5], y: [lo, hi], xticks: [], yticks: ticks(lo, hi, 3), ytext: v => number(v, Math.abs(hi - lo) < 4 && !Number.isInteger(v) ? 1 : 0) });
      place.atY = plot.atY;
      g.strokeStyle = theme.blue; g.lineWidth = 1.5; g.globalAlpha = 0.5; g.beginPath(); for (let s = 1; s <= Math.min(T, seq.length); s++) g.lineTo(X(s), plot.Y(seq[s - 1])); g.stroke(); g.globalAlpha = 1;
      for (let s = 1; s <= Math.min(T, seq.length); s++) { mark(g, 'circle', X(s), plot.Y(seq[s - 1]), s === step ? 6 : 4.5); g.fillStyle = theme.blue; g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1.5; g.stroke(); }
      halo(n.D > 1 ? t('{0} (column {1} of {2})', sensor, n.feature + 1, n.D) : sensor, left + 6, inTop + inHigh - 9, 12, 'left', theme.soft);

      // ---- the gradient, step by step
      let low = 1e-2, up = 10;
      for (let lane = 0; lane < n.lanes; lane++) for (let s = 1; s <= T; s++) { const r = n.left(s, lane); if (r > 0) { low = Math.min(low, r); up = Math.max(up, r); } }
      low = Math.max(10 ** Math.floor(Math.log10(low)), 1e-8); up = 10 ** Math.ceil(Math.log10(up) - 1e-9);
      const decades = Math.log10(up / low), strip = axes(g, theme, { left, top: outTop, width, height: outHigh, x: [0.5, T + 0.5], y: [low, up], log: { y: true }, yticks: powers(low, up, Math.ceil(decades / 4)), ytext: power,
        xticks: Array.from({ length: T }, (_, i) => i + 1).filter(s => s % marks === 0 || s === 1), grid: true, xlabel: t('step t') });
      g.fillStyle = theme.green; g.globalAlpha = 0.12; g.fillRect(left, strip.Y(LARGEST), width, strip.Y(LEAST) - strip.Y(LARGEST)); g.globalAlpha = 1;
      g.strokeStyle = theme.text; g.setLineDash([5, 4]); g.lineWidth = 1; g.beginPath(); g.moveTo(left, strip.Y(1)); g.lineTo(left + width, strip.Y(1)); g.stroke(); g.setLineDash([]);
      const bar = Math.min(col * 0.6, 34) / n.lanes;
      for (let lane = 0; lane < n.lanes; lane++) for (let s = 1; s <= T; s++) {
        const r = n.left(s, lane), x = X(s) + (lane - n.lanes / 2) * bar, y = strip.Y(clamp(r, low, up)), foot = outTop + outHigh, c = lane ? theme.purple : theme.orange;
        g.fillStyle = g.strokeStyle = c; g.lineWidth = 1.5;
        if (back && s >= step) g.fillRect(x + 1, y, bar - 2, foot - y); else { g.globalAlpha = 0.6; g.strokeRect(x + 1.5, y, Math.max(bar - 3, 1), foot - y); g.globalAlpha = 1; }
        mark(g, lane ? 'square' : 'circle', x + bar / 2, y, 3); g.fill();
      }
      const tag = (x, shape, c, words) => { halo(words, x + 10, outTop - 10, 12, 'left', theme.text); mark(g, shape, x, outTop - 10, 4); g.fillStyle = c; g.fill(); return x + 24 + g.measureText(words).width; };
      const narrow = W < 430, first = n.lanes > 1 ? t('|dL/dh|') : narrow ? t('|dL/dh| by the last step\'s') : t('gradient |dL/dh| as a multiple of the last step\'s');
      const rest = tag(left + 4, 'circle', theme.orange, first);
      if (n.lanes > 1) tag(rest, 'square', theme.purple, narrow ? t('|dL/dc| by the last step\'s') : t('|dL/dc|, both as a multiple of the last step\'s'));
      sentence(n, look || step, step, back);
    },
    pointer({ x, y, kind }) {
      if (!place) return;
      const inside = x >= place.left - 4 && x <= place.left + place.width + 4, at = place.step(x);
      if (kind === 'down' && inside) {
        choose(at); player.stop();
        if (y >= place.inTop - 8 && y <= place.inTop + place.inHigh + 8) { pull = at; setInput(at, place.atY(y)); }
      } else if (kind === 'move' && pull) setInput(pull, place.atY(y));
      else if (kind === 'up') pull = null;
      const before = look;
      look = kind === 'move' && !pull && inside ? at : null;
      if (look !== before) ui.ask();
    },
    key(e) {
      const move = ui.arrows[e.key], T = last(), step = chosen(T), [lo, hi] = inputRange();
      if (move) {
        e.preventDefault(); player.stop();
        if (move[0]) choose(step + move[0]); else setInput(step, get('sequence')[step - 1] + (move[1] * (hi - lo)) / 40);
      } else if (e.key === 'Home' || e.key === 'End') { e.preventDefault(); choose(e.key === 'Home' ? 1 : T); } else player.key(e);
    },
  });
  const player = ui.player({
    rate: 2, where: ui.stage,
    reset() { moved = false; ui.set({ step: 1, back: false }); },
    step() {
      const T = last(), s = chosen(T);
      if (get('back') && s <= 1) { if (player.playing && moved) { moved = false; return false; } ui.set({ step: 1, back: false }); } else if (get('back')) ui.set({ step: s - 1 });
      else if (s < T) ui.set({ step: s + 1 }); else ui.set({ step: T, back: true });
      moved = player.playing;
      return true;
    },
    back() {
      const T = last(), s = chosen(T);
      if (!get('back')) ui.set({ step: Math.max(s - 1, 1) }); else if (s < T) ui.set({ step: s + 1 }); else ui.set({ step: T, back: false });
    },
  });
  ui.stage.append(make('p', { className: 'cw-keys', textContent: t('Click a step, or ← →. Drag a point of the input, or ↑ ↓. Space plays: forward, then back from the end.') }));

  // ---- in formulas and in words
  const vector = (n, f, digits = 2) => { const list = Array.from({ length: Math.min(n.H, SHOWN) }, (_, k) => num(f(k), digits)); return n.H === 1 ? list[0] : `(${list.join(', ')}${n.H > SHOWN ? ', …' : ''})`; };
  const product = (...list) => list.map((v, i) => num(v, 2, i > 0)).join('·'), sums = (a, b) => a + (b.startsWith('−') ? ' − ' + b.slice(1) : ' + ' + b);
  const plus = v => (v < 0 ? ' − ' : ' + ') + num(Math.abs(v));
  const sumText = p => { const [x, h] = p.factors || []; return p.factors ? sums(product(...x), product(...h)) + plus(p.b) : `${num(p.x)}${plus(p.h)}${plus(p.b)}`; };
  function formulas(n, s) {
    const now = sub(s), was = sub(s - 1), next = sub(s + 1), lines = [], one = n.H === 1, gate = j => k => n.gate(s, j, k), end = s === n.T;
    const f = { linear: '', sigmoid: 'σ' }[n.activation] ?? n.activation, inside = (name, v) => (name ? `${name}(${v})` : v);
    const units = Array.from({ length: Math.min(n.H, SHOWN) }, (_, k) => k);
    if (!n.names) {
      const first = `h${now} = ${inside(f, `x${now} W_xh + h${was} W_hh + b_h`)}`;
      if (one) lines.push(`${first} = ${inside(f, sumText(parts(n, s, 0, 0)))}`, `   = ${inside(f, num(n.sum(s, 0, 0)))} = ${num(n.h(s, 0))}`);
      else lines.push(first, ...units.map(k => `   ${t('unit {0}:', k + 1)} ${inside(f, sumText(parts(n, s, 0, k)))} = ${inside(f, num(n.sum(s, 0, k)))} = ${num(n.h(s, k))}`));
    } else if (n.lstm) {
      [['i', 0, 'σ'], ['f', 1, 'σ'], ['g', 2, 'tanh'], ['o', 3, 'σ']].forEach(([name, j, bend]) => lines.push(`${name}${now} = ${bend}(${one ? sumText(parts(n, s, j, 0)) + `) = ${bend}(` : ''}${vector(n, k => n.sum(s, j, k)).replace(/^\(|\)$/g, '')}) = ${vector(n, gate(j))}`));
      lines.push(`c${now} = f${now}·c${was} + i${now}·g${now}${one ? ` = ${product(n.gate(s, 1, 0), n.c(s - 1, 0))} + ${product(n.gate(s, 0, 0), n.gate(s, 2, 0))}` : ''} = ${vector(n, k => n.c(s, k))}`,
        `h${now} = o${now}·tanh(c${now})${one ? ` = ${product(n.gate(s, 3, 0), Math.tanh(n.c(s, 0)))}` : ''} = ${vector(n, k => n.h(s, k))}`);
    } else {
      [['z', 0], ['r', 1]].forEach(([name, j]) => lines.push(`${name}${now} = σ(${one ? sumText(parts(n, s, j, 0)) + ') = σ(' : ''}${vector(n, k => n.sum(s, j, k)).replace(/^\(|\)$/g, '')}) = ${vector(n, gate(j))}`));
      lines.push(`n${now} = tanh(x${now} W_xh + b_xh + r${now}·(h${was} W_hh + b_hh))${one ? ` = tanh(${num(n.sum(s, 2, 0))} + ${product(n.gate(s, 1, 0), n.sum(s, 3, 0))})` : ''} = ${vector(n, gate(2))}`,
        `h${now} = z${now}·h${was} + (1 − z${now})·n${now}${one ? ` = ${product(n.gate(s, 0, 0), n.h(s - 1, 0))} + ${product(1 - n.gate(s, 0, 0), n.gate(s, 2, 0))}` : ''} = ${vector(n, k => n.h(s, k))}`);
    }
    const small = v => number(v, Math.abs(v) >= 0.1 || v === 0 ? 2 : 4), row = g => { const list = units.map(k => small(g(k))); return one ? list[0] : `(${list.join(', ')}${n.H > SHOWN ? ', …' : ''})`; };
    const more = v => (v < 0 ? ' − ' : ' + ') + small(Math.abs(v));
    const arrives = row(k => n.atH(s, k)), times = (...list) => list.map((v, i) => (i && v < 0 ? `(${small(v)})` : small(v))).join('·');
    if (end) lines.push(`dL/dh${now} = dL/dy · W_hy = ${small(n.output.dy)} · ${row(k => n.weights.W_hy[k])} = ${arrives}`);
    else if (!n.names) lines.push(one ? `dL/dh${now} = dL/dh${next} · f'(z${next}) · W_hh = ${times(n.atH(s + 1, 0), n.slope(s + 1, 0), n.weights.W_h[0][0])} = ${arrives}`
      : `dL/dh${now} = (dL/dh${next} · f'(z${next})) W_hhᵀ = (${row(k => n.atH(s + 1, k) * n.slope(s + 1, k)).replace(/^\(|\)$/g, '')}) W_hhᵀ = ${arrives}`);
    else if (n.lstm) lines.push(`dL/dh${now} = ${t('through the gates of step {0}', s + 1)} = ${arrives}`);
    else lines.push(`dL/dh${now} = dL/dh${next}·z${next} + ${t('through the gates')}${one ? ` = ${times(n.atH(s + 1, 0), n.gate(s + 1, 0, 0))}${more(n.atH(s, 0) - n.atH(s + 1, 0) * n.gate(s + 1, 0, 0))}` : ''} = ${arrives}`);
    if (n.lstm) {
      const through = k => n.atH(s, k) * n.gate(s, 3, k) * (1 - Math.tanh(n.c(s, k)) ** 2);
      lines.push(end ? `dL/dc${now} = dL/dh${now}·o${now}·(1 − tanh²c${now})${one ? ` = ${times(n.atH(s, 0), n.gate(s, 3, 0), 1 - Math.tanh(n.c(s, 0)) ** 2)}` : ''} = ${row(k => n.atC(s, k))}`
        : `dL/dc${now} = dL/dc${next}·f${next} + dL/dh${now}·o${now}·(1 − tanh²c${now})${one ? ` = ${times(n.atC(s + 1, 0), n.gate(s + 1, 1, 0))}${more(through(0))}` : ''} = ${row(k => n.atC(s, k))}`);
    }
    const differs = get('own_differs');
    if (differs >= 0) lines.push(differs ? t('Your rnn_forward: {0} of {1} states differ from course_lib.nn.', differs, n.T * n.H) : t('Your rnn_forward: all {0} states as by course_lib.nn.', n.T * n.H));
    return lines;
  }
  function sentence(n, s, step, back) {
    const { ratio, fate } = n.output, lane = n.lstm ? 1 : 0, words = { vanishing: t('vanishing'), kept: t('kept'), exploding: t('exploding') };
    goal(get('sequence').length >= GOAL_STEPS && n.T >= GOAL_STEPS && fate === 'kept');
    ui.formula(formulas(n, s));
    const what = n.lstm ? t('cell c') : t('state h');
    const end = fate === 'none' ? t('No gradient leaves the end: y is the target, or the last state does not answer.') : t('At the {0} of step 1 the gradient is {1} times that of step {2}: {3}.', what, brief(ratio), n.T, words[fate]);
    const here = t('Step {0}: h = {1}.', s, vector(n, k => n.h(s, k))) + (fate === 'none' ? '' : ' ' + t('Here the gradient is {0} times that of the last step.', brief(n.left(s, lane))));
    const text = here + ' ' + end;
    ui.say(player && player.playing ? (back ? t('Back: the gradient is at step {0}.', step) : t('Forward: step {0}.', step)) : text);
    cv.describe(t('{0} over {1} steps. {2} Arrow keys left and right choose a step, up and down change its input.', n.cell, n.T, text));
  }
  ui.on([...traits, 'sensor', 'kind', 'weights', 'x_rows', 'states', 'cell_states', 'gates', 'sums', 'slopes', 'at_h', 'at_c', 'sizes', 'output', 'own_differs'], ui.ask);
  return ui.end;
}
export default { render };
