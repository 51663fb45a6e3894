// Python sends all engines once; playing, dragging and pricing a line happen here. Tests compare the prices with
// course_lib.remaining_life.alarm_policy.
const HIGHEST = 125, NEAR = 1.05, DEARER = 2;
/** The engines, each with its rows and the lowest prediction up to each row. */
export function fleetOf(engines, cycles, predicted, remaining) {
  let from = 0;
  return engines.map(([number, rows]) => {
    const lowest = new Float64Array(rows), one = { number, from, rows, first: null, lowest, life: cycles[from] + remaining[from], begin: cycles[from] };
    let low = Infinity;
    for (let i = 0; i < rows; i++) { const v = predicted[from + i]; if (v === v && one.first === null) one.first = cycles[from + i]; if (v < low) low = v; lowest[i] = low; }
    from += rows;
    return one;
  });
}
/** The first cycle with a prediction at or below the line; null: none. */
export function alarmOf(one, line) {
  let a = 0, b = one.rows;
  while (a < b) { const m = (a + b) >> 1; if (one.lowest[m] <= line) b = m; else a = m + 1; }
  return a < one.rows ? one.begin + a : null;
}
/** What the line does to one engine. */
export function outcome(one, line, s) {
  const alarm = alarmOf(one, line), replaced = alarm === null ? Infinity : alarm + s.lead_time, planned = replaced <= one.life, stop = Math.min(replaced, one.life);
  return { alarm, stop, planned, wasted: one.life - stop, cost: planned ? s.planned_cost : s.unplanned_cost, life: one.life };
}
/** ... and to all engines. */
export function priced(fleet, line, s) {
  const each = fleet.map(one => outcome(one, line, s)), sum = f => each.reduce((a, e) => a + f(e), 0);
  return { each, cost: (1000 * sum(e => e.cost)) / sum(e => e.stop), unplanned: sum(e => (e.planned ? 0 : 1)), wasted: sum(e => e.wasted) / each.length };
}
/** The cost of each line 0 ... 125 [EUR per 1000 cycles]. */
export const curveOf = (fleet, s) => Float64Array.from({ length: HIGHEST + 1 }, (_, line) => priced(fleet, line, s).cost);

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Remaining-life monitor' }), { t, make } = ui, get = k => model.get(k);
  const cycles = doubles(get('cycles')), predicted = doubles(get('predicted')), remaining = doubles(get('remaining')), readings = floats(get('readings'));
  const fleet = fleetOf(get('engines'), cycles, predicted, remaining), columns = get('columns'), N = cycles.length, group = get('group_name');
  const end = Math.max(...fleet.map(one => one.life)), highest = clamp(predicted.reduce((a, v) => (v > a ? v : a), 0), 130, 250);
  const PRICES = ['lead_time', 'planned_cost', 'unplanned_cost'];
  const money = v => Math.round(v).toLocaleString('en-US'), whole = v => number(v, 0), euro = v => money(v) + ' EUR', tenth = v => number(Math.abs(v) < 0.05 ? 0 : v, 1);
  const me = () => fleet.find(one => one.number === get('engine')) || fleet[0];
  const at = (one, k) => one.from + clamp(k, one.begin, one.life) - one.begin;   // the row of a cycle

  // ---- the lowest cost, kept until a price changes
  let kept = { key: null };
  function curve() {
    const s = Object.fromEntries(PRICES.map(k => [k, get(k)])), key = JSON.stringify(s);
    if (kept.key !== key) { const costs = curveOf(fleet, s); let best = 0; costs.forEach((c, i) => { if (c < costs[best]) best = i; }); kept = { key, costs, best, lowest: costs[best] }; }
    return kept;
  }
  const extent = columns.map((_, c) => { let lo = Infinity, hi = -Infinity; for (let i = c * N; i < (c + 1) * N; i++) { lo = Math.min(lo, readings[i]); hi = Math.max(hi, readings[i]); } return [lo, hi]; });
  const sensors = () => get('sensors').map(name => columns.findIndex(c => c[0] === name)).filter(i => i >= 0);
  const titled = ([name, unit]) => (unit ? `${name} [${unit}]` : name);

  // ---- controls
  const pick = (key, label, options, read, write) => {
    if (ui.hidden.has(key)) return;
    const select = make('select'); select.setAttribute('aria-label', label);
    for (const [value, text] of options) select.add(new Option(text, value));
    select.addEventListener('change', () => write(select.value));
    ui.controls.append(make('label', { className: 'cw-row' }, make('span', { className: 'cw-label', textContent: label }), select));
    ui.draw(() => { const v = String(read()); if (select.value !== v) select.value = v; });
  };
  const choose = number => { player.stop(); const one = fleet.find(e => e.number === number); ui.set({ engine: number, cycle: one.first }); };
  pick('engine', group, fleet.map(one => [one.number, String(one.number)]), () => me().number, v => choose(+v));
  const labels = [t('sensor above'), t('sensor below'), t('third sensor')];
  labels.slice(0, Math.max(2, get('sensors').length)).forEach((label, i) => pick('sensors', label, [...(i ? [['', t('none')]] : []), ...columns.map(c => [c[0], titled(c)])], () => get('sensors')[i] || '', v => {
    const list = [0, 1, 2].map(k => get('sensors')[k] || ''); list[i] = v; ui.set({ sensors: list.filter(x => x) });
  }));
  ui.check('show_truth', t('show the true remaining life'));
  ui.slider('line', t('alarm line [cycles]'), { min: 0, max: HIGHEST, step: 1, text: whole, from: v => Math.round(v) });
  ui.slider('lead_time', t('alarm to replacement [cycles]'), { min: 0, max: 60, step: 1, text: whole });
  ui.slider('planned_cost', t('planned replacement'), { min: 0, max: 100000, step: 1000, text: euro });
  ui.slider('unplanned_cost', t('unplanned stop'), { min: 0, max: 500000, step: 5000, text: euro });
  ui.presets();
  const goal = ui.goal(t('The cost of all engines at most {0} % above the lowest', Math.round(100 * (NEAR - 1))));
  ui.footer();

  // ---- the life of one engine
  const page = make('div', { className: 'cw-life' }), left = make('div'), right = make('div');
  page.append(left, right); ui.stage.append(page);
  const wide = () => right.offsetTop === left.offsetTop;
  let strips = [], plot = null, hover = null, dragging = null;
  const STRIP = 44, GAP = 21, LIFE = 160, tall = () => sensors().length * (STRIP + GAP) + 24 + LIFE + 44;
  const setLine = v => ui.set({ line: clamp(Math.round(v), 0, HIGHEST) });
  const setCycle = k => ui.set({ cycle: clamp(Math.round(k), 1, me().life) });
  const life = ui.canvas({
    label: t('The life of an engine'), where: left, maxWidth: 640, height: tall,
    draw(g, W, H, theme) {
      const s = now(), { one, k, out } = s, box = { left: 50, width: W - 60 }, over = ticks(0, end, 5);
      const path = (value, X, Y, upTo) => { g.beginPath(); let pen = false; for (let c = one.begin; c <= upTo; c++) { const v = value(at(one, c)); if (!Number.isFinite(v)) { pen = false; continue; } pen ? g.lineTo(X(c), Y(v)) : g.moveTo(X(c), Y(v)); pen = true; } g.stroke(); };
      const look = hover === null ? k : hover;
      strips = sensors().map((column, i) => {
        const [lo, hi] = extent[column], pad = 0.06 * (hi - lo) || 1, y = [lo - pad, hi + pad], top = GAP + i * (STRIP + GAP);
        const strip = axes(g, theme, { ...box, top, height: STRIP, x: [0, end], y, xticks: [], yticks: ticks(lo, hi, 3).length > 1 ? ticks(lo, hi, 3) : ticks(lo, hi, 5), ytext: v => String(+v.toPrecision(5)) });
        g.save(); strip.clip(); g.strokeStyle = theme.blue; g.lineWidth = 1.5; path(row => readings[column * N + row], strip.X, strip.Y, k); g.restore();
        g.font = `12px ${theme.font}`; g.textBaseline = 'bottom'; g.textAlign = 'left'; g.fillStyle = theme.text;
        g.fillText(titled(columns[column]), box.left, top - 4, box.width - 64);
        g.textAlign = 'right'; g.font = `600 12px ${theme.font}`; g.fillStyle = theme.blue; g.fillText(String(+readings[column * N + at(one, look)].toPrecision(5)), box.left + box.width, top - 4);
        return strip;
      });
      const top = strips.length * (STRIP + GAP) + 24;
      plot = axes(g, theme, { ...box, top, height: LIFE, x: [0, end], y: [0, highest], xticks: over, yticks: ticks(0, highest, 5), xlabel: t('cycle'), ylabel: t('remaining life [cycles]') });
      legend(g, theme, box.left + 6, top - 12, [['line', theme.orange, t('predicted')], ...(s.show_truth ? [['dashes', theme.green, t('true')]] : []), ['line', theme.text, t('alarm line')]]);
      const { X, Y } = plot, y = Y(clamp(s.line, 0, highest));
      g.save(); plot.clip();
      if (s.over && out.planned && out.wasted > 0 && (s.show_truth || k >= out.stop)) { g.globalAlpha = 0.16; g.fillStyle = theme.purple; g.fillRect(X(out.stop), top, X(out.life) - X(out.stop), LIFE); g.globalAlpha = 1; }
      if (s.show_truth) { g.strokeStyle = theme.green; g.lineWidth = 2; g.setLineDash([6, 4]); path(row => remaining[row], X, Y, out.life); g.setLineDash([]); }
      g.strokeStyle = theme.orange; g.lineWidth = 2.2; path(row => predicted[row], X, Y, k);
      g.strokeStyle = theme.text; g.lineWidth = dragging === 'line' ? 3 : 2; g.setLineDash([10, 3, 2, 3]); g.beginPath(); g.moveTo(box.left, y); g.lineTo(box.left + box.width, y); g.stroke(); g.setLineDash([]);
      g.restore();
      g.fillStyle = theme.text; g.beginPath(); g.roundRect(box.left + box.width - 26, y - 5, 22, 10, 4); g.fill();       // the grip of the line
      g.fillStyle = theme.page; for (const d of [-4, 0, 4]) g.fillRect(box.left + box.width - 15.5 + d, y - 2.5, 1.2, 5);
      const upright = (c, colour, dash) => { g.strokeStyle = colour; g.lineWidth = 1.5; g.setLineDash(dash); for (const one of [...strips, plot]) { g.beginPath(); g.moveTo(X(c), one.top); g.lineTo(X(c), one.top + one.height); g.stroke(); } g.setLineDash([]); };
      upright(look, theme.soft, hover === null ? [] : [2, 3]);
      if (out.alarm !== null && k >= out.alarm) { mark(g, 'triangle', X(out.alarm), Y(clamp(predicted[at(one, out.alarm)], 0, highest)), 6); g.fillStyle = theme.purple; g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1.5; g.stroke(); }
      const tag = (text, c, row, colour) => { g.font = `600 12px ${theme.font}`; g.textBaseline = 'middle'; const w = g.measureText(text).width, flip = X(c) + 8 + w > box.left + box.width; g.textAlign = flip ? 'right' : 'left'; g.lineWidth = 4; g.lineJoin = 'round'; g.strokeStyle = theme.page; const px = X(c) + (flip ? -7 : 7), py = top + 12 + 16 * row; g.strokeText(text, px, py); g.fillStyle = colour; g.fillText(text, px, py); };
      if (k >= out.stop && out.planned) { upright(out.stop, theme.purple, [4, 2]); tag(t('replaced'), out.stop, 0, theme.purple); }
      if (k >= out.life || s.show_truth) { cross(g, X(out.life), top + LIFE, theme.orange, theme.page); if (!out.planned && k >= out.life) tag(t('unplanned stop'), out.life, 0, theme.orange); else tag(t('failure'), out.life, 1, theme.text); }
      words(s);
    },
    pointer({ x, y, kind }) {
      if (!plot) return;
      const near = y > plot.top - 14 && Math.abs(y - plot.Y(clamp(get('line'), 0, highest))) < 11;
      if (kind === 'down') { player.stop(); dragging = near ? 'line' : 'cycle'; }
      if (kind === 'up') { dragging = null; ui.ask(); }
      if (kind === 'leave' || dragging) hover = null;
      if (kind === 'leave') { ui.ask(); return; }
      life.node.style.cursor = (dragging || near) && dragging !== 'cycle' ? 'ns-resize' : 'crosshair';
      if (dragging === 'line') setLine(plot.atY(y));
      else if (dragging === 'cycle') setCycle(plot.atX(x));
      else if (kind === 'move') { hover = clamp(Math.round(plot.atX(x)), me().begin, get('cycle')); ui.ask(); }
    },
    key(e) {
      const move = ui.arrows[e.key], i = fleet.indexOf(me());
      if (move && move[1]) { e.preventDefault(); setLine(Math.round(get('line')) + move[1]); }
      else if (e.key === 'PageUp' || e.key === 'PageDown') { e.preventDefault(); choose(fleet[clamp(i + (e.key === 'PageUp' ? -1 : 1), 0, fleet.length - 1)].number); }
      else if (e.key === 'Home' || e.key === 'End') { e.preventDefault(); player.stop(); setCycle(e.key === 'Home' ? me().begin : now().out.stop); }
      else player.key(e);
    },
  });
  function cross(g, x, y, colour, halo, r = 5) {
    for (const [c, w] of [[halo, 5], [colour, 2.5]]) { g.strokeStyle = c; g.lineWidth = w; g.beginPath(); g.moveTo(x - r, y - r); g.lineTo(x + r, y + r); g.moveTo(x + r, y - r); g.lineTo(x - r, y + r); g.stroke(); }
  }

  // ---- the cost of each line, and what this line does to each engine
  let prices = null, draw = false;
  const costs = ui.canvas({
    label: t('Cost over the alarm line'), where: right, maxWidth: 640, height: () => (wide() ? Math.round(tall() / 2) : 200),
    draw(g, W, H, theme) {
      const s = now(), c = curve(), most = Math.max(...c.costs), y = [0, (Math.min(most, 3 * c.lowest) || 1) / 1000], Yof = v => clamp(v / 1000, 0, y[1]);
      prices = axes(g, theme, { left: 48, top: 20, width: W - 64, height: H - 64, x: [0, HIGHEST], y, xticks: [0, 25, 50, 75, 100, 125], yticks: ticks(...y, 4), ytext: v => String(v), xlabel: t('alarm line [cycles]'), ylabel: t('1000 EUR / 1000 cycles') });
      g.save(); prices.clip();
      g.globalAlpha = 0.18; g.fillStyle = theme.green; const low = prices.Y(Yof(c.lowest)), near = prices.Y(Yof(NEAR * c.lowest)); g.fillRect(prices.left, near, prices.width, low - near + 1); g.globalAlpha = 1;
      g.strokeStyle = theme.blue; g.lineWidth = 2; g.beginPath(); c.costs.forEach((v, i) => g.lineTo(prices.X(i), prices.Y(v / 1000))); g.stroke();
      g.strokeStyle = theme.text; g.setLineDash([10, 3, 2, 3]); g.beginPath(); g.moveTo(prices.X(s.line), prices.top); g.lineTo(prices.X(s.line), prices.top + prices.height); g.stroke(); g.setLineDash([]);
      g.restore();
      mark(g, 'diamond', prices.X(c.best), prices.Y(Yof(c.lowest)), 5); g.fillStyle = theme.green; g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1.5; g.stroke();
      mark(g, 'circle', prices.X(s.line), prices.Y(Yof(s.all.cost)), 5); g.fillStyle = theme.blue; g.fill(); g.strokeStyle = theme.text; g.stroke();
      legend(g, theme, prices.left + 6, 10, [['circle', theme.blue, t('this line')], ['diamond', theme.green, t('lowest')]]);
      costs.describe(t('Cost of all engines over the alarm line. {0} Arrow keys left and right move the line.', s.words.all));
    },
    pointer({ x, kind }) {
      if (kind === 'down') draw = true;
      if (kind === 'up') draw = false;
      if (prices && draw && (kind === 'down' || kind === 'move')) setLine(prices.atX(x));
    },
    key(e) {
      const move = ui.arrows[e.key], jump = { Home: 0, End: HIGHEST, PageUp: get('line') + 10, PageDown: get('line') - 10 }[e.key];
      if (!move && jump === undefined) return;
      e.preventDefault(); setLine(move ? Math.round(get('line')) + (move[0] || move[1]) : jump);
    },
  });
  let bars = null;
  const each = ui.canvas({
    label: t('What the line does to each engine'), where: right, maxWidth: 640, height: () => (wide() ? Math.round(tall() / 2) : 180),
    draw(g, W, H, theme) {
      const s = now(), E = fleet.length, i = fleet.indexOf(s.one), most = 1.06 * Math.max(20, ...s.all.each.map(e => e.wasted));
      bars = axes(g, theme, { left: 48, top: 20, width: W - 64, height: H - 64, x: [-0.5, E - 0.5], y: [0, most], grid: false, xticks: [...new Set([0, E >> 1, E - 1])], xtext: j => String(fleet[j].number), yticks: ticks(0, most, 4), xlabel: t('one bar for each {0}', group), ylabel: t('given away [cycles]') });
      const step = bars.width / E, w = Math.max(1, step * 0.7);
      s.all.each.forEach((e, j) => {
        const x = bars.X(j), hide = j === i && !s.over && !s.show_truth;
        if (j === i) { g.fillStyle = theme.orange; g.globalAlpha = 0.22; g.fillRect(x - step / 2, bars.top, step, bars.height); g.globalAlpha = 1; }
        if (hide) { g.font = `600 13px ${theme.font}`; g.textAlign = 'center'; g.textBaseline = 'bottom'; g.fillStyle = theme.text; g.fillText('?', x, bars.top + bars.height - 3); return; }
        if (e.planned) { g.fillStyle = theme.purple; g.fillRect(x - w / 2, bars.Y(e.wasted), w, bars.top + bars.height - bars.Y(e.wasted)); } else cross(g, x, bars.top + bars.height - 8, theme.orange, theme.page, Math.min(5, Math.max(2, step / 2)));
      });
      g.font = `12px ${theme.font}`; g.textBaseline = 'middle'; g.textAlign = 'left'; g.fillStyle = theme.text;
      mark(g, 'square', bars.left + 6, 10, 4); g.fillStyle = theme.purple; g.fill(); g.fillStyle = theme.text; const planned = t('planned'); g.fillText(planned, bars.left + 16, 10);
      const next = bars.left + 32 + g.measureText(planned).width; cross(g, next, 10, theme.orange, theme.page, 4); g.fillStyle = theme.text; g.fillText(t('unplanned stop'), next + 10, 10);
      each.describe(t('What the line does to each engine: {0} of {1} stop unplanned. Chosen: {2} {3}. Arrow keys left and right choose another.', s.all.unplanned, E, group, s.one.number));
    },
    pointer({ x, kind }) { if (kind === 'down' && bars) choose(fleet[clamp(Math.round(bars.atX(x)), 0, fleet.length - 1)].number); },
    key(e) {
      const move = ui.arrows[e.key], i = fleet.indexOf(me());
      if (!move) return;
      e.preventDefault(); choose(fleet[clamp(i + (move[0] || -move[1]), 0, fleet.length - 1)].number);
    },
  });

  const player = ui.player({
    rate: 12, where: ui.stage, reset: () => setCycle(me().begin), back: () => setCycle(get('cycle') - 1),
    step() {
      const { k, out } = now();
      if (k >= out.life) return false;
      setCycle(k + 1);
      return !(player.playing && k + 1 === out.stop);              // a pause where the engine is replaced or fails
    },
  });
  ui.stage.append(make('p', { className: 'cw-life-keys', textContent: t('Drag the line or the picture. Keys: ← → cycle, ↑ ↓ line, Page Up/Down engine, Space plays.') }));

  // ---- in words
  function now() {
    const one = me(), k = clamp(get('cycle'), one.begin, one.life), s = { line: get('line'), show_truth: get('show_truth'), ...Object.fromEntries(PRICES.map(p => [p, get(p)])) };
    const out = outcome(one, s.line, s), all = priced(fleet, s.line, s);
    return { ...s, one, k, out, all, over: k >= out.stop, words: { all: total(all, s) } };
  }
  function status({ one, k, out, lead_time }) {
    const cost = money(out.cost), before = out.life - out.alarm;
    if (out.alarm === null || k < out.alarm) {
      if (k < out.life) return k >= one.first ? t('running') : t('running, no prediction yet');
      return t('unplanned stop at cycle {0}, no alarm before: {1} EUR', out.life, cost);
    }
    if (k < out.stop) return t('alarm at cycle {0}: replacement planned for cycle {1}', out.alarm, out.alarm + lead_time);
    if (out.planned) return t('alarm at cycle {0}, {1} cycles before the failure: planned replacement at cycle {2}, {3} EUR, {4} cycles of life given away', out.alarm, before, out.stop, cost, out.wasted);
    return t('alarm at cycle {0}, only {1} cycles before the failure, but a replacement needs {2}: unplanned stop, {3} EUR', out.alarm, before, lead_time, cost);
  }
  function total(all, s) {
    return t('All {0} with the line at {1}: {2} EUR per 1000 cycles, {3} unplanned stops, {4} cycles given away each.', fleet.length, whole(s.line), money(all.cost), all.unplanned, all.wasted.toFixed(1));
  }
  function words(s) {
    const { one, k, all } = s, c = curve(), look = hover === null ? k : Math.min(hover, k), row = at(one, look), above = c.lowest > 0 ? all.cost / c.lowest - 1 : 0;
    goal(s.planned_cost > 0 && s.unplanned_cost >= DEARER * s.planned_cost && above <= NEAR - 1);
    const values = sensors().map(i => `${columns[i][0]} ${+readings[i * N + row].toPrecision(4)} ${columns[i][1]}`.trim());
    if (Number.isFinite(predicted[row])) values.push(t('predicted {0}', tenth(predicted[row])));
    if (s.show_truth) values.push(t('true {0}', whole(remaining[row])), ...(Number.isFinite(predicted[row]) ? [t('error {0}', tenth(predicted[row] - remaining[row]))] : []));
    ui.formula([
      t('cycle {0}: {1}', look, values.join(', ')),
      t('this {0} so far: {1} EUR', group, s.over ? money(s.out.cost) : 0),
      t('lowest with one line: {0} EUR at {1} cycles; this line: {2} % above', money(c.lowest), c.best, tenth(100 * above))]);
    const here = t('{0} {1}, cycle {2}: {3}.', group, one.number, k, status(s));
    ui.say(player && player.playing ? status(s) + '.' : here + ' ' + s.words.all);
    life.describe(t('Sensors and remaining life of one engine. {0} Arrow keys left and right move through the cycles, up and down move the alarm line.', here));
  }
  ui.on(['engine', 'cycle', 'line', ...PRICES, 'sensors', 'show_truth'], ui.ask);
  return ui.end;
}
export default { render };
