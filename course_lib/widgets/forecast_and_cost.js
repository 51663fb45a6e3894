// Python sends the demand and all forecasts once; playing, moving the safety and pricing it happen here. Tests compare
// the stock and its cost with course_lib.forecasting.stock_cost.
const NEAR = 1.05, DEARER = 2;
/** The goods: demand (T), each forecast as rows (H) of T values, and the safety quantities that can be tried. */
export function goodsOf(items, series) {
  let from = 0;
  const take = n => series.subarray(from, from += n);
  return items.map(one => {
    const demand = take(one.T), forecasts = Object.fromEntries(one.names.map(([name]) => [name, Array.from({ length: one.H }, () => take(one.T))]));
    const step = (one.high - one.low) / (one.S - 1), safeties = Float64Array.from({ length: one.S }, (_, i) => one.low + i * step);
    return { ...one, demand, forecasts, step, safeties, most: demand.reduce((a, v) => Math.max(a, v), 0) || 1 };
  });
}
/** The shelf is filled up to forecast + safety in every period: what was there, left and missing. */
export function stockOf(demand, forecast, safety) {
  const T = demand.length, level = new Float64Array(T), there = new Float64Array(T), left = new Float64Array(T), missing = new Float64Array(T);
  let before = 0;
  for (let i = 0; i < T; i++) {
    level[i] = Math.max(forecast[i] + safety, 0); there[i] = Math.max(before, level[i]);
    missing[i] = Math.max(demand[i] - there[i], 0); left[i] = before = Math.max(there[i] - demand[i], 0);
  }
  return { level, there, left, missing };
}
const sumOf = (list, n = list.length) => { let s = 0; for (let i = 0; i < n; i++) s += list[i]; return s; };
/** Missing and left pieces of all periods, for each safety: they do not depend on the prices. */
export const triedOf = (demand, forecast, safeties) => Array.from(safeties, safety => { const s = stockOf(demand, forecast, safety); return [sumOf(s.missing), sumOf(s.left)]; });
/** The newsvendor's rule: [place from 1, error] of the smallest error that covers the share short / (short + stock). */
export function ruleOf(demand, forecast, short, stock) {
  if (!(short + stock)) return null;
  const errors = Array.from(demand, (d, i) => d - forecast[i]).sort((a, b) => a - b), n = errors.length;
  for (let i = 0; i < n; i++) if ((i + 1) * (short + stock) >= short * n) return [i + 1, errors[i]];
  return [n, errors[n - 1]];
}
export const maeOf = (demand, forecast) => sumOf(Array.from(demand, (d, i) => Math.abs(d - forecast[i]))) / demand.length;
export const amountOf = v => (Number.isInteger(v) ? v.toLocaleString('en-US') : v.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 }));

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Forecast and cost' }), { t, make } = ui, get = k => model.get(k);
  const goods = goodsOf(get('items'), doubles(get('series')));
  const SETTINGS = ['item', 'forecast', 'horizon', 'safety', 'cost_short', 'cost_stock', 'period'];
  const money = v => Math.round(v).toLocaleString('en-US'), euro = v => money(v) + ' EUR', whole = v => number(v, 0), price = v => +v.toFixed(2) + '';
  const good = () => goods.find(one => one.key === get('item')) || goods[0];
  const chosen = one => (one.forecasts[get('forecast')] ? get('forecast') : one.names[0][0]);
  const labelOf = (one, name) => (one.names.find(n => n[0] === name) || [name, name])[1];

  // ---- what each safety costs, kept until another good, forecast or horizon is chosen
  const kept = new Map();
  function tried(one, name, h) {
    const key = JSON.stringify([one.key, name, h]);
    if (!kept.has(key)) { if (kept.size > 60) kept.clear(); kept.set(key, triedOf(one.demand, one.forecasts[name][h - 1], one.safeties)); }
    return kept.get(key);
  }
  function curveOf(one, name, h, short, stock) {
    const pairs = tried(one, name, h), costs = pairs.map(([m, l]) => short * m + stock * l);
    let best = 0; costs.forEach((c, i) => { if (c < costs[best]) best = i; });
    return { pairs, costs, best: one.safeties[best], lowest: costs[best] };
  }
  function now() {
    const one = good(), name = chosen(one), h = clamp(get('horizon'), 1, one.H), forecast = one.forecasts[name][h - 1], safety = clamp(get('safety'), one.low, one.high);
    const n = clamp(get('period'), 1, one.T), short = get('cost_short'), stock = get('cost_stock'), s = stockOf(one.demand, forecast, safety);
    const curve = curveOf(one, name, h, short, stock), total = short * sumOf(s.missing) + stock * sumOf(s.left);
    return { one, name, h, forecast, safety, n, short, stock, s, curve, total, above: curve.lowest > 0 ? Math.max(total / curve.lowest - 1, 0) : 0,
      rule: ruleOf(one.demand, forecast, short, stock), ordered: Math.min(n + h, one.T) };
  }
  const setSafety = v => { const one = good(), k = Math.round((v - one.low) / one.step); ui.set({ safety: clamp(+(one.low + k * one.step).toPrecision(12), one.low, one.high) }); };
  const setPeriod = k => ui.set({ period: clamp(Math.round(k), 1, good().T) });
  const setHorizon = h => ui.set({ horizon: clamp(h, 1, good().H) });

  // ---- controls
  function choice(key, label, options, read, write) {
    if (ui.hidden.has(key)) return;
    const select = make('select'); let shown = null;
    select.setAttribute('aria-label', label);
    select.addEventListener('change', () => write(select.value));
    ui.controls.append(make('label', { className: 'cw-row' }, make('span', { className: 'cw-label', textContent: label }), select));
    ui.draw(() => {
      const list = options(), text = JSON.stringify(list), v = read();
      if (text !== shown) { shown = text; select.replaceChildren(...list.map(([value, words]) => new Option(words, value))); }
      if (select.value !== v) select.value = v;
    });
  }
  choice('item', t('item'), () => goods.map(one => [one.key, one.label]), () => good().key, key => {
    player.stop();
    const one = goods.find(other => other.key === key);
    ui.set({ item: key, forecast: chosen(one), horizon: Math.min(get('horizon'), one.H), safety: clamp(0, one.low, one.high), period: Math.max(1, Math.round(0.6 * one.T)) });
  });
  choice('forecast', t('forecast'), () => good().names, () => chosen(good()), name => ui.set({ forecast: name }));
  const limited = {};                                                     // the limits of the sliders follow the good
  ui.draw(() => {
    const one = good();
    for (const [key, props] of [['horizon', { max: one.H, disabled: one.H < 2 }], ['safety', { min: one.low, max: one.high, step: one.step }]])
      for (const k in props) if (limited[key] && String(limited[key][k]) !== String(props[k])) limited[key][k] = props[k];
  });
  limited.horizon = ui.slider('horizon', t('horizon [periods ahead]'), { min: 1, max: 14, step: 1, text: whole });
  limited.safety = ui.slider('safety', t('safety [on top of the forecast]'), { min: good().low, max: good().high, step: good().step, text: v => (v > 0 ? '+' : '') + amountOf(v).replace('-', '−') });
  ui.slider('cost_short', t('one missing'), { min: 0, max: 500, step: 5, text: euro });
  ui.slider('cost_stock', t('one left, each period'), { min: 0, max: 50, step: 1, text: euro });
  ui.presets();
  const goal = ui.goal(t('The cost of all periods at most {0} % above the lowest with one safety', Math.round(100 * (NEAR - 1))));
  ui.footer();

  // ---- the play: demand and level, the stock, the cost so far
  const page = make('div', { className: 'cw-stock' }), left = make('div'), right = make('div');
  page.append(left, right); ui.stage.append(page);
  const wide = () => right.offsetTop === left.offsetTop;
  const TOP = 124, MIDDLE = 62, LOW = 50, GAP = 24;
  let plot = null, hover = null, dragging = null, grabbed = null;
  const hatch = (g, x, y, w, h, colour) => {
    g.save(); g.beginPath(); g.rect(x, y, w, h); g.clip(); g.globalAlpha = 0.35; g.fillStyle = colour; g.fillRect(x, y, w, h); g.globalAlpha = 1;
    g.strokeStyle = colour; g.lineWidth = 1.4; g.beginPath(); for (let d = -h; d < w; d += 4) { g.moveTo(x + d, y + h); g.lineTo(x + d + h, y); } g.stroke(); g.restore();
    g.strokeStyle = colour; g.lineWidth = 1; g.strokeRect(x + 0.5, y + 0.5, Math.max(w - 1, 0.5), Math.max(h - 1, 0.5));
  };
  const play = ui.canvas({
    label: t('Demand, stock and cost, period by period'), where: left, maxWidth: 640, height: () => 4 * GAP + TOP + MIDDLE + LOW + 18,
    draw(g, W, H, theme) {
      const v = now(), { one, s, n, ordered } = v, T = one.T, box = { left: 52, width: W - 62 }, x = [0.5, T + 0.5], most = 1.4 * one.most;
      const every = ticks(1, T, 6).filter(k => Number.isInteger(k)), top = GAP;
      plot = axes(g, theme, { ...box, top, height: TOP, x, y: [0, most], xticks: [], yticks: ticks(0, most, 4), ylabel: one.unit });
      const { X } = plot, Y = value => plot.Y(clamp(value, 0, most)), step = box.width / T, w = Math.max(1, step * 0.76), floor = top + TOP, edge = k => X(k) - step / 2;
      legend(g, theme, box.left + 4, top - 12, [['square', theme.blue, t('demand')], ['dashes', theme.yellow, t('forecast')], ['line', theme.text, t('+ safety')]]);
      g.save(); plot.clip();
      if (ordered > n) { g.globalAlpha = 0.14; g.fillStyle = theme.purple; g.fillRect(edge(n + 1), top, X(ordered) + step / 2 - edge(n + 1), TOP); g.globalAlpha = 1; }
      for (let i = 0; i < n; i++) {
        const d = one.demand[i], a = X(i + 1) - w / 2;
        g.fillStyle = theme.blue; g.globalAlpha = 0.75; g.fillRect(a, Y(d - s.missing[i]), w, floor - Y(d - s.missing[i])); g.globalAlpha = 1;
        if (s.missing[i] > 0) hatch(g, a, Y(d), w, Y(d - s.missing[i]) - Y(d), theme.orange);
      }
      const stairs = values => { g.beginPath(); for (let i = 0; i < ordered; i++) { const y = Y(values[i]); g.lineTo(edge(i + 1), y); g.lineTo(edge(i + 1) + step, y); } g.stroke(); };
      g.strokeStyle = theme.yellow; g.lineWidth = 1.4; g.setLineDash([4, 2]); stairs(v.forecast); g.setLineDash([]);
      g.strokeStyle = theme.text; g.lineWidth = dragging === 'safety' ? 2.6 : 1.7; stairs(s.level);
      g.restore();
      const gx = clamp(X(ordered), box.left + 12, box.left + box.width - 12), gy = Y(s.level[ordered - 1]);                        // the grip of the level
      g.fillStyle = theme.text; g.beginPath(); g.roundRect(gx - 11, gy - 6, 22, 12, 5); g.fill();
      g.fillStyle = theme.page; for (const d of [-4, 0, 4]) g.fillRect(gx - 0.6 + d, gy - 3, 1.2, 6);
      // the stock: left upwards, missing downwards
      const up = Math.max(1e-9, ...s.left), down = Math.max(...s.missing), reach = [-1.08 * down, 1.08 * Math.max(up, down / 3)], top2 = floor + GAP;
      const stock = axes(g, theme, { ...box, top: top2, height: MIDDLE, x, y: reach[1] > 0.01 ? reach : [-1, 1], xticks: [], yticks: ticks(...(reach[1] > 0.01 ? reach : [-1, 1]), 3), ytext: u => String(Math.abs(u)), ylabel: one.unit });
      legend(g, theme, box.left + 4, top2 - 11, [['square', theme.green, t('left ↑')], ['diamond', theme.orange, t('missing ↓')]]);
      const zero = stock.Y(0);
      for (let i = 0; i < n; i++) {
        const a = X(i + 1) - w / 2;
        if (s.left[i] > 0) { g.fillStyle = theme.green; g.fillRect(a, stock.Y(s.left[i]), w, zero - stock.Y(s.left[i])); }
        if (s.missing[i] > 0) hatch(g, a, zero, w, stock.Y(-s.missing[i]) - zero, theme.orange);
      }
      g.strokeStyle = theme.soft; g.lineWidth = 1; g.beginPath(); g.moveTo(box.left, zero); g.lineTo(box.left + box.width, zero); g.stroke();
      // the cost so far, and with the best safety
      const top3 = top2 + MIDDLE + GAP, other = stockOf(one.demand, v.forecast, v.curve.best), high = 1.06 * (Math.max(v.total, v.curve.lowest) || 1000), big = high >= 2000 ? 1000 : 1;
      const cost = axes(g, theme, { ...box, top: top3, height: LOW, x, y: [0, high], xticks: every, yticks: ticks(0, high / big, 3).map(u => u * big), ytext: u => String(+(u / big).toPrecision(4)), xlabel: one.period, ylabel: big > 1 ? '1000 EUR' : 'EUR' });
      legend(g, theme, box.left + 4, top3 - 11, [['square', theme.green, W > 360 ? t('cost so far: stock') : t('stock')], ['diamond', theme.orange, t('missing')], ['dashes', theme.text, t('best safety')]]);
      const area = (value, base, colour) => { const low = [], run = []; let a = 0, b = 0; for (let i = 0; i < n; i++) { a += value(i); b += base(i); run.push([X(i + 1) + step / 2, cost.Y(a + b)]); low.push([X(i + 1) + step / 2, cost.Y(b)]); } g.fillStyle = colour; g.beginPath(); g.moveTo(edge(1), cost.Y(0)); for (const p of run) g.lineTo(...p); for (const p of low.reverse()) g.lineTo(...p); g.lineTo(edge(1), cost.Y(0)); g.fill(); };
      g.save(); cost.clip(); g.globalAlpha = 0.75; area(i => v.stock * s.left[i], () => 0, theme.green); area(i => v.short * s.missing[i], i => v.stock * s.left[i], theme.orange); g.globalAlpha = 1;
      g.strokeStyle = theme.text; g.lineWidth = 1.6; g.setLineDash([5, 3]); g.beginPath(); g.moveTo(edge(1), cost.Y(0)); for (let i = 0, sum = 0; i < n; i++) { sum += v.stock * other.left[i] + v.short * other.missing[i]; g.lineTo(X(i + 1) + step / 2, cost.Y(sum)); } g.stroke(); g.setLineDash([]); g.restore();
      const look = hover === null ? n : hover;
      g.strokeStyle = theme.soft; g.lineWidth = 1.4; g.setLineDash(hover === null ? [] : [2, 3]);
      for (const one of [plot, stock, cost]) { g.beginPath(); g.moveTo(X(look), one.top); g.lineTo(X(look), one.top + one.height); g.stroke(); }
      g.setLineDash([]);
      words(v);
    },
    pointer({ x, y, kind }) {
      if (!plot) return;
      const v = now(), k = clamp(Math.round(plot.atX(x)), 1, v.one.T), at = Math.min(k, v.ordered) - 1, most = 1.4 * v.one.most, level = plot.Y(clamp(v.s.level[at], 0, most));
      const near = y > plot.top - 12 && y < plot.top + plot.height + 8 && k <= v.ordered + 2 && Math.abs(y - level) < 10;
      if (kind === 'down') { player.stop(); dragging = near ? 'safety' : 'period'; grabbed = { y, safety: v.safety }; }
      if (kind === 'up') { dragging = null; ui.ask(); }
      if (kind === 'leave' || dragging) hover = null;
      if (kind === 'leave') { ui.ask(); return; }
      play.node.style.cursor = (dragging || near) && dragging !== 'period' ? 'ns-resize' : 'crosshair';
      if (dragging === 'safety') { if (kind === 'move') setSafety(grabbed.safety + ((grabbed.y - y) * most) / plot.height); } else if (dragging === 'period') setPeriod(k);
      else if (kind === 'move') { hover = Math.min(k, v.ordered); ui.ask(); }
    },
    key(e) {
      const move = ui.arrows[e.key], one = good();
      if (move && move[1]) { e.preventDefault(); setSafety(get('safety') + move[1] * one.step); }
      else if (e.key === 'PageUp' || e.key === 'PageDown') { e.preventDefault(); setHorizon(get('horizon') + (e.key === 'PageUp' ? 1 : -1)); }
      else if (e.key === 'Home' || e.key === 'End') { e.preventDefault(); player.stop(); setPeriod(e.key === 'Home' ? 1 : one.T); }
      else player.key(e);
    },
  });

  // ---- the cost of each safety
  let prices = null, pulled = false;
  /** The safety quantities whose cost is worth a look: up to four times the lowest. */
  function spanOf(one, { costs, lowest }) {
    const near = costs.map(c => lowest <= 0 || c <= 4 * lowest), a = near.indexOf(true), b = near.lastIndexOf(true), room = Math.max(2, Math.round(0.04 * one.S));
    return [one.safeties[clamp(a - room, 0, one.S - 2)], one.safeties[clamp(b + room, 1, one.S - 1)]];
  }
  const costs = ui.canvas({
    label: t('Cost over the safety'), where: right, maxWidth: 640, height: () => (wide() ? 212 : 220),
    draw(g, W, H, theme) {
      const v = now(), { one, curve } = v, top = 38, highest = (Math.min(Math.max(...curve.costs), 4 * curve.lowest) || Math.max(...curve.costs) || 1000) * 1.04, big = highest >= 2000 ? 1000 : 1, cut = value => clamp(value, 0, highest) / big;
      const x = spanOf(one, curve);
      prices = axes(g, theme, { left: 48, top, width: W - 62, height: H - top - 44, x, y: [0, highest / big], xticks: ticks(...x, 5), xtext: u => String(u).replace('-', '−'), yticks: ticks(0, highest / big, 4), ytext: u => String(u), xlabel: t('safety [{0}]', one.unit), ylabel: big > 1 ? t('all periods [1000 EUR]') : t('all periods [EUR]') });
      const { X, Y } = prices, mine = clamp(v.safety, ...x);
      g.save(); prices.clip();
      g.globalAlpha = 0.18; g.fillStyle = theme.green; g.fillRect(prices.left, Y(cut(NEAR * curve.lowest)), prices.width, Y(cut(curve.lowest)) - Y(cut(NEAR * curve.lowest)) + 1); g.globalAlpha = 1;
      const line = (value, colour, width, dash) => { g.strokeStyle = colour; g.lineWidth = width; g.setLineDash(dash); g.beginPath(); one.safeties.forEach((s, i) => g.lineTo(X(s), Y(value(i) / big))); g.stroke(); g.setLineDash([]); };
      line(i => v.short * curve.pairs[i][0], theme.orange, 1.5, [5, 3]);
      line(i => v.stock * curve.pairs[i][1], theme.green, 1.5, [2, 2]);
      line(i => curve.costs[i], theme.blue, 2.4, []);
      g.strokeStyle = theme.text; g.setLineDash([10, 3, 2, 3]); g.lineWidth = 1.4; g.beginPath(); g.moveTo(X(mine), top); g.lineTo(X(mine), top + prices.height); g.stroke(); g.setLineDash([]);
      g.restore();
      const point = (shape, x, y, colour, rim) => { mark(g, shape, x, y, 5); g.fillStyle = colour; g.fill(); g.lineWidth = 1.5; g.strokeStyle = rim; g.stroke(); };
      if (v.rule) point('triangle', X(clamp(v.rule[1], ...x)), top + prices.height - 5, theme.purple, theme.page);
      point('diamond', X(curve.best), Y(cut(curve.lowest)), theme.green, theme.page);
      point('circle', X(mine), Y(cut(v.total)), theme.blue, theme.text);
      legend(g, theme, prices.left - 34, 8, [['circle', theme.blue, t('yours')], ['diamond', theme.green, t('lowest')], ['triangle', theme.purple, t('rule')]]);
      legend(g, theme, prices.left - 34, 25, [['dashes', theme.orange, t('missing')], ['dashes', theme.green, t('stock')], ['line', theme.blue, t('both')]]);
      costs.describe(t('Cost of all periods over the safety. {0} Arrow keys left and right move the safety.', all(v)));
    },
    pointer({ x, kind }) {
      if (kind === 'down') pulled = true;
      if (kind === 'up') pulled = false;
      if (prices && pulled && (kind === 'down' || kind === 'move')) setSafety(prices.atX(x));
    },
    key(e) {
      const one = good(), move = ui.arrows[e.key], jump = { Home: one.low, End: one.high, PageUp: get('safety') + 5 * one.step, PageDown: get('safety') - 5 * one.step }[e.key];
      if (!move && jump === undefined) return;
      e.preventDefault(); setSafety(move ? get('safety') + (move[0] || move[1]) * one.step : jump);
    },
  });

  // ---- all forecasts side by side: the error is one thing, the cost another
  const cells = make('tbody'), table = make('table', { className: 'cw-models' }, make('caption', { textContent: t('All periods. MAE: mean absolute error, cost in EUR; ★ lowest, ▲ highest') }),
    make('thead', {}, make('tr', {}, ...[t('forecast'), t('MAE'), t('cost now'), t('lowest cost')].map(text => make('th', { textContent: text, scope: 'col' })))), cells);
  right.append(table);
  let tabled = '';
  ui.draw(() => {
    const v = now(), rows = v.one.names.map(([name, label]) => {
      const forecast = v.one.forecasts[name][v.h - 1], s = stockOf(v.one.demand, forecast, v.safety);
      return [name, label, maeOf(v.one.demand, forecast), v.short * sumOf(s.missing) + v.stock * sumOf(s.left), curveOf(v.one, name, v.h, v.short, v.stock).lowest];
    });
    const ends = [2, 3, 4].map(k => [Math.min, Math.max].map(f => f(...rows.map(r => r[k])))), starred = (value, k, text) => { const [low, high] = ends[k - 2]; return (high - low < 1e-9 ? '' : value <= low + 1e-9 ? '★ ' : value >= high - 1e-9 ? '▲ ' : '') + text; };
    const shown = rows.map(r => [r[1], starred(r[2], 2, number(r[2], 2)), starred(r[3], 3, money(r[3])), starred(r[4], 4, money(r[4]))]), key = JSON.stringify([shown, v.name]);
    if (key === tabled) return;
    tabled = key;
    cells.replaceChildren(...shown.map((row, i) => {
      const tr = make('tr', {}, make('th', { textContent: row[0], scope: 'row' }), ...row.slice(1).map(text => make('td', { textContent: text })));
      if (rows[i][0] === v.name) tr.setAttribute('aria-current', 'true');
      return tr;
    }));
  });

  const player = ui.player({
    rate: 4, where: left, reset: () => setPeriod(1), back: () => setPeriod(get('period') - 1),
    step() { const { n, one } = now(); if (n >= one.T) return false; setPeriod(n + 1); return n + 1 < one.T; },
  });
  ui.stage.append(make('p', { className: 'cw-keys', textContent: t('Drag the line or the picture. Keys: ← → period, ↑ ↓ safety, Page Up/Down horizon, Space plays.') }));

  // ---- in words
  function status({ one, n, s, short, stock }) {
    const i = n - 1;
    if (s.missing[i] > 0) return t('{0} {1}: {2} {3} missing, {4} EUR', one.period, n, amountOf(s.missing[i]), one.unit, money(short * s.missing[i] + stock * s.left[i]));
    if (s.left[i] > 0) return t('{0} {1}: {2} {3} left over, {4} EUR', one.period, n, amountOf(s.left[i]), one.unit, money(stock * s.left[i]));
    return t('{0} {1}: exactly enough, 0 EUR', one.period, n);
  }
  const percent = a => number(100 * a, 1);
  function all(v) {
    return t('All {0} periods with a safety of {1}: {2} EUR, {3} % above the lowest, {4} EUR at {5}.', v.one.T, amountOf(v.safety), money(v.total), percent(v.above), money(v.curve.lowest), amountOf(v.curve.best));
  }
  function sums(v) {
    const { one, s, n } = v, look = hover === null ? n : hover, i = look - 1, f = amountOf(v.forecast[i]), safe = v.safety < 0 ? '− ' + amountOf(-v.safety) : '+ ' + amountOf(v.safety), level = `${amountOf(s.level[i])} = ${f} ${safe}`;
    const missing = sumOf(s.missing, n), left = sumOf(s.left, n);
    const filled = v.forecast[i] + v.safety < 0 ? t('level 0, because {0} {1} is below 0', f, safe) : t('level {0}', level);
    const shelf = s.there[i] > s.level[i] ? t('{0}, but {1} are still there', filled, amountOf(s.there[i])) : filled;
    const end = s.missing[i] > 0 ? t('{0} missing × {1} EUR = {2} EUR', amountOf(s.missing[i]), price(v.short), money(s.missing[i] * v.short)) : t('{0} left × {1} EUR = {2} EUR', amountOf(s.left[i]), price(v.stock), money(s.left[i] * v.stock));
    return [
      look > n ? t('{0} {1}: {2}, told to the supplier; the demand is not known yet', one.period, look, filled) : t('{0} {1}: demand {2}, {3}; {4}', one.period, look, amountOf(one.demand[i]), shelf, end),
      t('cost so far: {0} missing × {1} + {2} left × {3} = {4} EUR', amountOf(missing), price(v.short), amountOf(left), price(v.stock), money(missing * v.short + left * v.stock)),
      v.rule ? t('rule: {0} / ({0} + {1}) = {2}; error {3} of {4} (demand − forecast, sorted) = {5}', price(v.short), price(v.stock), number(v.short / (v.short + v.stock), 3), v.rule[0], one.T, amountOf(v.rule[1])) : t('rule: none, because both prices are 0'),
    ];
  }
  function words(v) {
    goal(v.stock > 0 && v.short >= DEARER * v.stock && v.curve.lowest > 0 && v.above <= NEAR - 1);
    ui.formula(sums(v));
    const here = status(v) + '.';
    ui.say(player && player.playing ? here : here + ' ' + all(v));
    play.describe(t('{0}, forecast: {1}. {2} Arrow keys left and right move through the periods, up and down move the safety.', v.one.label, labelOf(v.one, v.name), here));
  }
  ui.on(SETTINGS, ui.ask);
  return ui.end;
}
export default { render };
