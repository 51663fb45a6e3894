// Python has run the cell over the sequence, with and without the edit; this file draws what it found and tells the sum
// behind each number.
const KEEPS = { LSTM: 'f', GRU: 'z' }, MEMORY = { LSTM: 'c', GRU: 'h' };
const ALIKE = { i: 'z', f: 'z', g: 'n', o: 'r', c: 'h', h: 'h', z: 'f', r: 'o', n: 'g' };
const SIGNED = new Set(['g', 'n', 'c', 'h']);
/** The value of a gate, by its place in `gates` (gates, T, H), at a step and a unit that count from 0. */
export const valueAt = (values, T, H, gate, t, k) => values[(gate * T + t) * H + k];

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Gate explorer', python: true }), { t, make } = ui, get = k => model.get(k);
  const what = { i: t('let in'), f: t('keep'), g: t('the new'), o: t('show'), c: t('memory'), h: t('state'), z: t('keep'), r: t('look back'), n: t('the new') };
  const colours = theme => ({ i: theme.blue, f: theme.green, g: theme.purple, o: theme.yellow, c: theme.text, h: theme.orange, z: theme.green, r: theme.yellow, n: theme.purple });
  const readings = floats(get('readings'));
  let gates, before, edited, strips = {}, plots = null, hover = null, dragging = false;
  const load = () => { gates = floats(get('gates')); before = floats(get('before')); edited = floats(get('edited')); strips = {}; ui.ask(); };
  load();
  ui.on(['gates', 'before', 'edited', 'shape'], load);
  // What Python sends together arrives one by one: only what fits together is drawn.
  function now() {
    const [T, H, first] = get('shape'), names = get('gate_names'), cell = names.includes('f') ? 'LSTM' : 'GRU', fits = gates.length === names.length * T * H;
    const edit = before.length === gates.length && edited.length === T ? get('edit') : 'none', wanted = get('gate');
    const gate = names.includes(wanted) ? wanted : ALIKE[wanted], column = Math.max(0, get('names').indexOf(get('sensor')));
    return { T, H, first, names, cell, fits, edit, gate, column, k: clamp(get('unit'), 1, H), step: clamp(get('step'), 1, T), at: clamp(get('edit_step'), 1, T) };
  }
  const value = (s, name, step, k, from = gates) => (step < 1 ? 0 : valueAt(from, s.T, s.H, s.names.indexOf(name), step - 1, k - 1));
  const place = (s, step) => (s.first ? t('cycle {0}', step + s.first - 1) : t('step {0}', step));
  const short = v => number(Math.abs(v) < 0.0005 ? 0 : v, 3), inner = v => number(Math.abs(v) < 0.0005 ? 0 : v, 3, true);
  const steps = v => (v >= 1000 ? t('more than 1000 steps') : t('about {0} steps', number(v, 1)));
  const titled = column => get('names')[column] + (get('units')[column] ? ` [${get('units')[column]}]` : '');

  // ---- controls
  const pick = (key, label, options, read, write) => {
    if (ui.hidden.has(key)) return null;
    const select = make('select'); select.setAttribute('aria-label', label);
    const fill = () => { select.replaceChildren(...options().map(([v, text]) => new Option(text, v))); };
    fill(); select.addEventListener('change', () => write(select.value));
    ui.controls.append(make('label', { className: 'cw-row' }, make('span', { className: 'cw-label', textContent: label }), select));
    let seen = JSON.stringify(options());
    ui.draw(() => { const list = JSON.stringify(options()); if (list !== seen) { seen = list; fill(); } if (select.value !== read()) select.value = read(); });
    return select;
  };
  const goTo = cell => { const g = get('gate'), lstm = cell === 'LSTM'; ui.set({ cell, gate: (lstm ? 'ifgoch' : 'zrnh').includes(g) ? g : ALIKE[g] }); };
  pick('cell', t('cell'), () => get('cells').map(c => [c, c]), () => get('cell'), goTo);
  pick('gate', t('gate'), () => now().names.map(g => [g, `${g}: ${what[g]}`]), () => now().gate, gate => ui.set({ gate }));
  const setUnit = k => ui.set({ unit: clamp(Math.round(k), 1, now().H) }), setStep = v => ui.set({ step: clamp(Math.round(v), 1, now().T) });
  const unit = ui.slider('unit', t('unit'), { min: 1, max: Math.max(1, get('shape')[1]), step: 1, text: v => String(v) });
  const [length, , start] = get('shape'), label = v => (start > 1 ? `${v} (${t('cycle {0}', v + start - 1)})` : String(v));
  ui.slider('step', t('step'), { min: 1, max: length, step: 1, text: label });
  ui.draw(() => { const H = String(Math.max(1, get('shape')[1])); if (unit.max !== H) { unit.max = H; unit.value = get('unit'); } });
  pick('sensor', t('sensor'), () => get('names').map((n, i) => [n, titled(i)]), () => get('sensor'), sensor => ui.set({ sensor }));
  ui.menu('edit', t('edit'), [['none', t('as it was')], ['spike', t('add a spike')], ['stuck', t('stuck')]]);
  const off = (input, f) => ui.draw(() => { const no = f(); if (input.disabled !== no) { input.disabled = no; input.parentNode.style.opacity = no ? 0.55 : 1; } });
  off(ui.slider('edit_step', t('edit at step'), { min: 1, max: length, step: 1, text: label }), () => get('edit') === 'none');
  off(ui.slider('spike', t('height of the spike (scaled)'), { min: -2, max: 2, step: 0.05, text: v => number(v, 2) }), () => get('edit') !== 'spike');
  ui.presets();
  const goal = ui.goal(t('Send a spike through the unit that remembers longest'));
  ui.footer();

  // ---- the picture: trace, one strip for each gate, and the chosen unit's gates as lines
  const TRACE = 58, LINES = 104, GAP = 4;
  const tallOf = (s, large) => Math.round(large ? clamp(8 * s.H, 48, 88) : clamp(2.5 * s.H, 18, 30));
  const rows = s => [...s.names.map(name => ({ name, high: tallOf(s, name === s.gate) })), ...(s.edit === 'none' ? [] : [{ name: 'Δ', high: Math.round(clamp(4.5 * s.H, 30, 44)) }])];
  const strip = (s, name) => {                                   // unit 1 in the top row: rows from the bottom up
    if (strips[name]) return strips[name];
    const list = new Float32Array(s.T * s.H), delta = name === 'Δ', g = s.names.indexOf(delta ? MEMORY[s.cell] : name);
    let largest = 1;
    for (let k = 0; k < s.H; k++) {
      const row = (s.H - 1 - k) * s.T;
      let peak = 1e-6;
      for (let i = 0; i < s.T; i++) { const at = (g * s.T + i) * s.H + k, v = delta ? gates[at] - before[at] : gates[at]; list[row + i] = v; peak = Math.max(peak, Math.abs(v)); }
      if (delta) for (let i = 0; i < s.T; i++) list[row + i] /= peak;   // a share of the unit's largest difference
      else largest = Math.max(largest, peak);
    }
    return (strips[name] = { list, largest, memo: {} });
  };
  const picture = ui.canvas({
    label: t('The gates of a cell over a sensor trace'), maxWidth: 800,
    height: () => { const s = now(); return 20 + TRACE + 12 + rows(s).reduce((a, r) => a + r.high + GAP, 0) + 22 + LINES + 42; },
    draw(g, W, H, theme) {
      const s = now();
      if (!s.fits) return;
      const left = 74, width = W - left - 56, x = [0.5, s.T + 0.5], colour = colours(theme), table = ramp(theme);
      const offset = s.first ? s.first - 1 : 0, over = ticks(1 + offset, s.T + offset, W > 500 ? 8 : 4).filter(v => v > offset && Number.isInteger(v)).map(v => v - offset);
      const mine = Array.from(readings.subarray(s.column * s.T, (s.column + 1) * s.T)), all = s.edit === 'none' ? mine : [...mine, ...edited];
      const lo = Math.min(...all), hi = Math.max(...all), pad = 0.06 * (hi - lo) || 1;
      const trace = axes(g, theme, { left, top: 20, width, height: TRACE, x, y: [lo - pad, hi + pad], xticks: [], yticks: ticks(lo, hi, 3).length > 1 ? ticks(lo, hi, 3) : ticks(lo, hi, 5), ytext: v => String(+v.toPrecision(5)) });
      const path = (list, plot) => { g.beginPath(); list.forEach((v, i) => g.lineTo(plot.X(i + 1), plot.Y(v))); g.stroke(); };
      g.save(); trace.clip(); g.lineWidth = 1.5; g.strokeStyle = theme.blue; path(mine, trace);
      if (s.edit !== 'none') {
        const from = Math.max(0, s.at - 2), to = s.edit === 'spike' ? Math.min(s.T, s.at + 1) : s.T;
        g.strokeStyle = theme.orange; g.lineWidth = 2; g.beginPath(); for (let i = from; i < to; i++) g.lineTo(trace.X(i + 1), trace.Y(edited[i])); g.stroke();
      }
      g.restore();
      g.font = `12px ${theme.font}`; g.textBaseline = 'bottom'; g.textAlign = 'left'; g.fillStyle = theme.text; g.fillText(titled(s.column), left, 16, width);
      const bar = g.measureText(titled(s.column)).width < width - 90;   // the colours, where there is room for them
      for (let i = 0; bar && i < 54; i++) { const c = 3 * Math.round((255 * i) / 53); g.fillStyle = `rgb(${table[c]},${table[c + 1]},${table[c + 2]})`; g.fillRect(left + width - 66 + i, 5, 1.5, 9); }
      if (bar) { g.strokeStyle = theme.soft; g.lineWidth = 1; g.strokeRect(left + width - 66.5, 4.5, 55, 10); g.fillStyle = theme.text; g.textAlign = 'right'; g.fillText('−', left + width - 70, 17); g.fillText('+', left + width, 17); }
      // strips
      let top = 20 + TRACE + 12;
      const boxes = rows(s).map(({ name, high }) => {
        const { list, largest, memo } = strip(s, name), box = { name, left, top, width, height: high, cell: high / s.H };
        const scale = name === 'Δ' || SIGNED.has(name) ? v => 0.5 + v / (2 * largest) : v => 0.5 + v / 2;
        g.imageSmoothingEnabled = false; heat(g, box, list, s.T, s.H, scale, table, memo); g.imageSmoothingEnabled = true;
        const large = name === s.gate;
        g.strokeStyle = large ? theme.text : theme.soft; g.lineWidth = large ? 2 : 1; g.strokeRect(left - 0.5, top - 0.5, width + 1, high + 1);
        g.textAlign = 'right'; g.textBaseline = 'middle'; g.fillStyle = name === 'Δ' ? theme.text : colour[name]; g.font = `${large ? 700 : 600} 12px ${theme.font}`;
        g.fillText(name === 'Δ' ? t('difference') : name, left - 14, top + high / 2 - (large ? 7 : 0), left - 16);
        if (large) { g.font = `12px ${theme.font}`; g.fillText(what[name], left - 14, top + high / 2 + 8, left - 16); }
        const y = top + (s.k - 0.5) * box.cell;                  // the chosen unit: a pointer at both sides
        g.fillStyle = theme.text;
        for (const [px, d] of [[left - 2, -1], [left + width + 2, 1]]) { g.beginPath(); g.moveTo(px, y); g.lineTo(px + 7 * d, y - 4.5); g.lineTo(px + 7 * d, y + 4.5); g.fill(); }
        if (name !== 'Δ') { g.textAlign = 'left'; g.textBaseline = 'middle'; g.font = `12px ${theme.font}`; g.fillStyle = theme.text; g.fillText(number(value(s, name, s.step, s.k), 2), left + width + 12, large ? y : top + high / 2); }
        else { g.textAlign = 'left'; g.font = `12px ${theme.font}`; g.fillText(number(value(s, MEMORY[s.cell], s.step, s.k) - value(s, MEMORY[s.cell], s.step, s.k, before), 2), left + width + 12, top + high / 2); }
        if (large && s.H > 1) {                                  // and two thin lines round its row
          for (const edge of [y - box.cell / 2, y + box.cell / 2]) for (const [w, c] of [[2.5, theme.page], [1, theme.text]]) { g.lineWidth = w; g.strokeStyle = c; g.beginPath(); g.moveTo(left, edge); g.lineTo(left + width, edge); g.stroke(); }
        }
        top += high + GAP;
        return box;
      });
      // lines
      top += 20;
      let most = 1;
      for (const name of s.names) for (let i = 1; i <= s.T; i++) most = Math.max(most, Math.abs(value(s, name, i, s.k)));
      most = Math.ceil(2 * most) / 2;
      const lines = axes(g, theme, { left, top, width, height: LINES, x, y: [-most, most], xticks: over, xtext: v => String(v + offset), yticks: ticks(-most, most, 4), ytext: v => number(v, Number.isInteger(v) ? 0 : 1), xlabel: s.first ? t('cycle') : t('step') });
      g.textAlign = 'left'; g.textBaseline = 'bottom'; g.fillStyle = theme.text; g.font = `600 12px ${theme.font}`; g.fillText(t('unit {0}', s.k), left, top - 4); g.textAlign = 'right'; g.font = `12px ${theme.font}`; g.fillText(pointed(s), left + width, top - 4, width - 60);
      const column = (name, from) => Array.from({ length: s.T }, (_, i) => value(s, name, i + 1, s.k, from));
      g.save(); lines.clip();
      for (const name of [...s.names.filter(n => n !== s.gate), s.gate]) {
        g.strokeStyle = colour[name]; g.globalAlpha = name === s.gate ? 1 : 0.65; g.lineWidth = name === s.gate ? 2.6 : 1.3; g.setLineDash(name === 'g' || name === 'n' ? [4, 3] : []); path(column(name, gates), lines);
      }
      if (s.edit !== 'none') { g.globalAlpha = 1; g.lineWidth = 1.5; g.setLineDash([2, 3]); g.strokeStyle = colour[s.gate]; path(column(s.gate, before), lines); }
      g.restore(); g.setLineDash([]);
      const tags = s.names.map(name => ({ name, y: lines.Y(value(s, name, s.T, s.k)) })).sort((a, b) => a.y - b.y);
      for (let round = 0; round < 12; round++) for (let i = 1; i < tags.length; i++) { const near = 13 - (tags[i].y - tags[i - 1].y); if (near > 0) { tags[i].y += near / 2; tags[i - 1].y -= near / 2; } }
      const over0 = Math.max(0, lines.top + 4 - tags[0].y), under = Math.max(0, tags[tags.length - 1].y - (lines.top + LINES + 4));
      g.textAlign = 'left'; g.textBaseline = 'middle';
      for (const tag of tags) { g.font = `${tag.name === s.gate ? 700 : 400} 12px ${theme.font}`; g.fillStyle = colour[tag.name]; g.fillText(tag.name, left + width + 8, tag.y + over0 - under); }
      // the chosen step and the edit
      const upright = (step, style, dash) => { g.strokeStyle = style; g.lineWidth = 1.5; g.setLineDash(dash); for (const b of [trace, ...boxes, lines]) { g.beginPath(); g.moveTo(trace.X(step), b.top); g.lineTo(trace.X(step), b.top + b.height); g.stroke(); } g.setLineDash([]); };
      if (s.edit !== 'none') upright(s.at, theme.orange, [3, 3]);
      upright(s.step, theme.text, []);
      plots = { trace, boxes, lines };
      words(s);
    },
    pointer({ x, y, kind }) {
      if (!plots) return;
      const step = clamp(Math.round(plots.trace.atX(x)), 1, now().T), box = plots.boxes.find(b => y >= b.top - 2 && y < b.top + b.height + 2);
      const k = box ? clamp(Math.floor((y - box.top) / box.cell) + 1, 1, now().H) : now().k;
      if (kind === 'down') dragging = true;
      if (kind === 'up') dragging = false;
      if (kind === 'leave' || dragging) hover = null;
      if (kind === 'down' && box && box.name !== 'Δ') ui.set({ step, unit: k, gate: box.name });
      else if (kind === 'down' && box) ui.set({ step, unit: k });
      else if (dragging && (kind === 'down' || kind === 'move')) ui.set({ step });
      else if (kind === 'move') hover = { step, k, name: box ? box.name : null };
      ui.ask();
    },
    key(e) {
      const s = now(), move = ui.arrows[e.key], i = s.names.indexOf(s.gate), last = s.names.length - 1;
      if (move) { move[0] ? setStep(s.step + move[0]) : setUnit(s.k - move[1]); }
      else if (e.key === 'PageUp' || e.key === 'PageDown') ui.set({ gate: s.names[clamp(i + (e.key === 'PageUp' ? -1 : 1), 0, last)] });
      else if (e.key === 'Home' || e.key === 'End') setStep(e.key === 'Home' ? 1 : s.T);
      else if (e.key === 'Enter' && get('edit') !== 'none') ui.set({ edit_step: s.step });
      else return;
      e.preventDefault();
    },
  });
  ui.stage.append(make('p', { className: 'cw-gate-keys', textContent: t('Click a strip, or use the keys: ← → step, ↑ ↓ unit, Page Up/Down gate, Enter moves the edit here.') }));

  // ---- in words
  function pointed(s) {
    const trace = s.edit !== 'none' ? edited : readings.subarray(s.column * s.T, (s.column + 1) * s.T), memory = MEMORY[s.cell];
    const text = !hover ? '' : place(s, hover.step) + ', ' + (hover.name === null ? `${get('names')[s.column]} ${+trace[hover.step - 1].toPrecision(5)} ${get('units')[s.column]}`.trim()
      : hover.name === 'Δ' ? t('difference of {0}, unit {1}: {2}', memory, hover.k, short(value(s, memory, hover.step, hover.k) - value(s, memory, hover.step, hover.k, before)))
        : t('{0} of unit {1}: {2}', hover.name, hover.k, short(value(s, hover.name, hover.step, hover.k))));
    picture.node.dataset.pointed = text;
    return text;
  }
  function words(s) {
    const v = Object.fromEntries(s.names.map(name => [name, value(s, name, s.step, s.k)])), memory = MEMORY[s.cell], keeps = KEEPS[s.cell];
    v.before = value(s, memory, s.step - 1, s.k);
    const lines = s.cell === 'LSTM' ? [
      `c = f · c₋₁ + i · g = ${short(v.f)} · ${inner(v.before)} + ${short(v.i)} · ${inner(v.g)} = ${short(v.c)}`,
      `h = o · tanh(c) = ${short(v.o)} · ${inner(Math.tanh(v.c))} = ${short(v.h)}`,
    ] : [`h = z · h₋₁ + (1 − z) · n = ${short(v.z)} · ${inner(v.before)} + ${short(1 - v.z)} · ${inner(v.n)} = ${short(v.h)}`];
    const mean = get('kept')[s.k - 1], half = get('half_lives')[s.k - 1];
    lines.push(t('half-life = log 0.5 / log {0} = {1} (mean {2} of this unit: {0})', short(mean), steps(half), keeps));
    ui.formula(lines);
    const longest = get('half_lives').reduce((best, h, i, list) => (h > list[best] ? i : best), 0) + 1;
    goal(s.H > 1 && s.k === longest && s.edit === 'spike' && get('spike') !== 0);
    const kept = s.cell === 'LSTM' ? t('keeps {0} % of its memory and lets in {1} % of the new', number(100 * v.f, 0), number(100 * v.i, 0)) : t('keeps {0} % of its state and takes {1} % of the new', number(100 * v.z, 0), number(100 * (1 - v.z), 0));
    let text = t('{0}, unit {1}, {2}: {3}. Half-life {4}.', s.cell, s.k, place(s, s.step), kept, steps(half));
    if (s.edit === 'spike') text += ' ' + t('It remembers the spike at {0} for {1} steps.', place(s, s.at), get('lasting')[s.k - 1]);
    if (s.edit === 'stuck') text += ' ' + t('The sensor is stuck from {0} on: at the end {1} of this unit is off by {2}.', place(s, s.at), memory, number(value(s, memory, s.T, s.k) - value(s, memory, s.T, s.k, before), 2));
    ui.say(text);
    picture.describe(t('A sensor trace, a strip of colours for each gate with one row a unit, and the gates of one unit as lines. {0} Arrow keys left and right choose the step, up and down the unit.', text));
  }
  ui.on(['cell', 'unit', 'step', 'gate', 'sensor', 'edit', 'edit_step', 'spike', 'names', 'half_lives', 'kept', 'lasting', 'gate_names', 'cells'], ui.ask);
  return ui.end;
}
export default { render };
