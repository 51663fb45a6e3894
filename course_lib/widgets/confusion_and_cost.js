// Threshold and cost. The rates and the cost follow the pointer, so they are repeated here; tests compare `rates`,
// `cost` and `best` with course_lib.costs.
const PARTS = 1000, CHEAPER = 0.9, NEAR = 1.02;
/** How many of the ascending `list` are below t. */
export function below(list, t) {
  let lo = 0, hi = list.length;
  while (lo < hi) { const m = (lo + hi) >> 1; if (list[m] < t) lo = m + 1; else hi = m; }
  return lo;
}
/** [false alarm rate, recall] at the threshold t. */
export const rates = (good, defective, t) => [good, defective].map(list => (list.length - below(list, t)) / list.length);
/** What 1000 parts cost [EUR]. */
export const cost = ([alarms, recall], { cost_miss, cost_alarm, defect_rate }) =>
  PARTS * (defect_rate * cost_miss * (1 - recall) + (1 - defect_rate) * cost_alarm * alarms);
/** Every threshold that differs in what it stops, with its rates: each score, and just above the largest. */
export function candidates(good, defective) {
  const list = [], n = good.length, m = defective.length;
  let i = 0, j = 0;
  while (i < n || j < m) {
    const t = Math.min(i < n ? good[i] : Infinity, j < m ? defective[j] : Infinity);
    list.push([t, (n - i) / n, (m - j) / m]);
    while (i < n && good[i] === t) i++;
    while (j < m && defective[j] === t) j++;
  }
  const last = list[list.length - 1][0];
  list.push([last + Math.max(last, 1e-300) * 2 ** -52, 0, 0]);
  return list;
}
/** The cheapest of the candidates, of equally good ones the smallest: [threshold, cost]. */
export function best(list, prices) {
  let least = Infinity;
  for (const [, a, r] of list) least = Math.min(least, cost([a, r], prices));
  const found = list.find(([, a, r]) => cost([a, r], prices) <= least * (1 + 1e-12));
  return [found[0], least];
}

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Confusion and cost' });
  const { t } = ui, names = ['threshold', 'cost_miss', 'cost_alarm', 'defect_rate', 'parts_per_day'];
  const good = doubles(model.get('good')), defective = doubles(model.get('defective')), all = candidates(good, defective);
  const most = all[all.length - 2][0], whole = v => number(v, 0).replace(/\B(?=(\d{3})+$)/g, ' '), euro = v => (Math.abs(v) < 1e5 ? whole(v) : number(v / 1e6, 2) + ' M') + ' €';
  const percent = v => number(100 * v, v < 0.0995 ? 1 : 0) + ' %', at = v => number(v, 2);
  const short = v => number(v, v % 1 ? (v % 0.5 ? 2 : 1) : 0), few = v => (v >= 99.95 ? whole(v) : v >= 0.095 || v === 0 ? number(v, 1) : number(v, 3));   // parts of 1000
  const state = () => Object.fromEntries(names.map(k => [k, model.get(k)]));
  ui.slider('threshold', t('threshold: stop from score'), { min: 0, max: 1.01, step: 0.01, text: v => (v > most ? t('stop nothing') : at(v)) });
  ui.slider('cost_miss', t('cost of a miss'), { min: 0, max: 1000, step: 5, text: euro });
  ui.slider('cost_alarm', t('cost of a false alarm'), { min: 0, max: 200, step: 1, text: euro });
  const log = Math.log10, round = v => +v.toPrecision(2);
  ui.slider('defect_rate', t('defect rate'), { min: log(0.001), max: log(0.5), step: 0.01, text: v => number(100 * v, v < 0.0095 ? 2 : 1) + ' %', from: v => +log(v).toFixed(2), to: v => round(10 ** v) });
  ui.slider('parts_per_day', t('parts a day'), { min: 2, max: 5, step: 0.01, text: whole, from: v => +log(v).toFixed(2), to: v => round(10 ** v) });
  ui.presets(t('Try a plant'));
  const goal = ui.goal(t('Find a threshold that costs at least 10 % less than 0.5, and at most 2 % more than the best one'));
  ui.footer();

  // shares of each kind in 25 bins, once
  const BINS = 25, bins = list => { const n = Array(BINS).fill(0); for (const v of list) n[Math.min(BINS - 1, Math.floor(v * BINS + 1e-9))]++; return n.map(k => (100 * k) / list.length); };
  const shares = [bins(good), bins(defective)], tallest = Math.max(...shares[0], ...shares[1]);
  const layout = W => {
    const two = W >= 520, w = two ? Math.floor(W / 2) : W, h = 250;
    return { boxes: [0, 1, 2, 3].map(k => ({ x: two ? (k % 2) * w : 0, y: two ? Math.floor(k / 2) * h : k * h, w, h })), height: two ? 2 * h : 4 * h };
  };
  let plots = [], dragging = null, known = '', found = null;      // the best one does not change while the threshold is dragged
  const cheapest = s => { const key = [s.cost_miss, s.cost_alarm, s.defect_rate].join(); if (key !== known) { known = key; found = best(all, s); } return found; };
  const cv = ui.canvas({
    label: t('Scores, outcomes and cost'), height: W => layout(W).height, maxWidth: 800,
    draw(g, W, H, theme) {
      const s = state(), now = rates(good, defective, s.threshold), price = cost(now, s), [where, least] = cheapest(s), L = layout(W).boxes;
      plots = [histogram(g, theme, L[0], s), curve(g, theme, L[2], s, price, where, least)];
      matrix(g, theme, L[1], s, now);
      roc(g, theme, L[3], now, rates(good, defective, where));
      words(s, now, price, where, least);
    },
    pointer({ x, y, kind }) {
      if (kind === 'down') dragging = plots.find(p => x >= p.left - 12 && x <= p.left + p.width + 12 && y >= p.top - 6 && y <= p.top + p.height + 20) || null;
      if (dragging && (kind === 'down' || kind === 'move')) ui.set({ threshold: clamp(+dragging.atX(x).toFixed(3), 0, 1.01) });
      if (kind === 'up') dragging = null;
    },
    key(e) {
      const move = ui.arrows[e.key], step = move ? 0.01 * (move[0] + move[1]) : { PageUp: 0.1, PageDown: -0.1, Home: -2, End: 2 }[e.key];
      if (step) { e.preventDefault(); ui.set({ threshold: clamp(+(model.get('threshold') + step).toFixed(3), 0, 1.01) }); }
    },
  });
  function title(g, theme, box, text) {
    g.font = `600 13px ${theme.font}`; g.fillStyle = theme.text; g.textAlign = 'left'; g.textBaseline = 'middle'; g.fillText(text, box.x + 46, box.y + 13, box.w - 56);
  }
  const inner = box => ({ left: box.x + 46, top: box.y + 26, width: box.w - 62, height: box.h - 76 });
  function line(g, theme, plot, x) {                          // the threshold, with a handle to drag
    g.strokeStyle = theme.page; g.lineWidth = 5; g.beginPath(); g.moveTo(x, plot.top); g.lineTo(x, plot.top + plot.height); g.stroke();
    g.strokeStyle = theme.text; g.lineWidth = 2; g.stroke();
    mark(g, 'circle', x, plot.top + plot.height / 2, 6); g.fillStyle = theme.page; g.fill(); g.stroke();
  }
  function histogram(g, theme, box, s) {
    g.save();
    title(g, theme, box, model.get('own') ? t('your scores: drag the threshold') : t('scores of the inspector: drag the threshold'));
    const top = 1.22 * tallest, marks = ticks(0, top, 3).filter(v => v > 0);
    const plot = axes(g, theme, { ...inner(box), x: [0, 1.01], y: [-top, top], xticks: [0, 0.25, 0.5, 0.75, 1], yticks: [...marks.map(v => -v), 0, ...marks], xtext: short, ytext: v => number(Math.abs(v), 0), xlabel: t('score, P(defective)'), ylabel: t('share of the kind [%]') });
    g.save(); plot.clip();
    shares.forEach((list, kind) => list.forEach((v, i) => {
      const x0 = plot.X(i / BINS), x1 = plot.X((i + 1) / BINS), y0 = plot.Y(0), y1 = plot.Y(kind ? -v : v), cut = clamp(plot.X(s.threshold), x0, x1), wrong = kind ? [x0, cut] : [cut, x1];
      g.fillStyle = kind ? theme.orange : theme.blue;
      g.globalAlpha = 0.45; g.fillRect(x0 + 0.5, Math.min(y0, y1), x1 - x0 - 1, Math.abs(y1 - y0));
      g.globalAlpha = 1; if (wrong[1] - wrong[0] > 1) g.fillRect(wrong[0] + 0.5, Math.min(y0, y1), wrong[1] - wrong[0] - 1, Math.abs(y1 - y0));
    }));
    g.strokeStyle = theme.text; g.lineWidth = 1; g.beginPath(); g.moveTo(plot.left, plot.Y(0)); g.lineTo(plot.left + plot.width, plot.Y(0)); g.stroke();
    g.restore();
    line(g, theme, plot, plot.X(clamp(s.threshold, 0, 1.01)));
    for (const [text, y, align, x] of [[t('good ↑ (full colour: false alarms)'), plot.top + 10, 'right', plot.left + plot.width - 6], [t('defective ↓ (full colour: missed)'), plot.top + plot.height - 10, 'left', plot.left + 6]]) {
      g.font = `12px ${theme.font}`; g.textAlign = align; g.textBaseline = 'middle'; g.lineWidth = 4; g.strokeStyle = theme.page; g.strokeText(text, x, y, plot.width - 12); g.fillStyle = theme.text; g.fillText(text, x, y, plot.width - 12);
    }
    g.restore();
    return plot;
  }
  function curve(g, theme, box, s, price, where, least) {
    g.save();
    title(g, theme, box, t('cost of 1000 parts'));
    const both = Math.max(cost([1, 1], s), cost([0, 0], s), 1e-9), half = cost(rates(good, defective, 0.5), s);
    const top = Math.min(1.05 * both, Math.max(2.2 * half, 3 * least, 1.15 * cost([0, 0], s))) || 1;   // stopping everything may cost far more than the rest
    const many = top >= 1000, plot = axes(g, theme, { ...inner(box), x: [0, 1.01], y: [0, top], xticks: [0, 0.25, 0.5, 0.75, 1], yticks: ticks(0, top, 4), xtext: short, ytext: v => (many ? short(v / 1000) : number(v, top < 4 ? 1 : 0)), xlabel: t('threshold'), ylabel: many ? t('cost [1000 €]') : t('cost [€]') });
    g.save(); plot.clip();
    g.strokeStyle = theme.blue; g.lineWidth = 2.4; g.beginPath();
    for (let i = 0; i <= 2 * plot.width; i++) { const x = plot.left + i / 2; g.lineTo(x, plot.Y(cost(rates(good, defective, plot.atX(x)), s))); }
    g.stroke(); g.restore();
    const bx = plot.X(clamp(where, 0, 1.01)), by = plot.Y(least), x = plot.X(s.threshold), above = price > top, y = plot.Y(Math.min(price, top));
    g.setLineDash([4, 4]); g.strokeStyle = theme.green; g.lineWidth = 1.5; g.beginPath(); g.moveTo(bx, by); g.lineTo(bx, plot.top + plot.height); g.stroke(); g.setLineDash([]);
    mark(g, 'diamond', bx, by, 6); g.fillStyle = theme.green; g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1; g.stroke();
    mark(g, above ? 'triangle' : 'square', x, above ? plot.top + 7 : y, 5); g.fillStyle = theme.orange; g.fill(); g.strokeStyle = theme.text; g.lineWidth = 1.5; g.stroke();
    g.globalAlpha = 0.85; g.fillStyle = theme.page; g.fillRect(plot.left + 3, plot.top + 3, 178, 19); g.globalAlpha = 1;
    legend(g, theme, plot.left + 12, plot.top + 12, [['diamond', theme.green, t('best {0}', where > most ? t('stop nothing') : at(where))], ['square', theme.orange, t('now {0}', at(s.threshold))]]);
    g.restore();
    return plot;
  }
  function counts(s, [alarms, recall]) {
    const bad = PARTS * s.defect_rate;
    return [(PARTS - bad) * (1 - alarms), (PARTS - bad) * alarms, bad * (1 - recall), bad * recall];
  }
  function matrix(g, theme, box, s, now) {
    g.save();
    title(g, theme, box, t('of 1000 parts (areas and numbers)'));
    const left = box.x + 46, top = box.y + 46, w = Math.floor((box.w - 56) / 2), h = Math.floor((box.h - 66) / 2), n = counts(s, now), side = Math.min(w - 60, h - 10);
    g.font = `12px ${theme.font}`; g.textAlign = 'center'; g.textBaseline = 'middle'; g.fillStyle = theme.soft;
    [t('passed'), t('stopped')].forEach((text, c) => g.fillText(text, left + (c + 0.5) * w, box.y + 35, w));
    [t('good'), t('defective')].forEach((text, r) => { g.save(); g.translate(box.x + 34, top + (r + 0.5) * h); g.rotate(-Math.PI / 2); g.fillText(text, 0, 0, h); g.restore(); });
    const names = [t('right'), t('false alarms'), t('missed'), t('found')];
    n.forEach((v, k) => {
      const x = left + (k % 2) * w, y = top + (k >> 1) * h, a = side * Math.sqrt(v / PARTS), wrong = k === 1 || k === 2;
      g.strokeStyle = theme.grid; g.lineWidth = 1; g.strokeRect(x + 0.5, y + 0.5, w, h);
      g.globalAlpha = 0.6; g.fillStyle = wrong ? theme.orange : theme.blue; g.fillRect(x + 6, y + (h - a) / 2, a, a); g.globalAlpha = 1;
      const put = (text, dy, font) => { g.font = font; g.textAlign = 'right'; g.lineWidth = 4; g.strokeStyle = theme.page; g.strokeText(text, x + w - 8, y + h / 2 + dy, w - 14); g.fillStyle = theme.text; g.fillText(text, x + w - 8, y + h / 2 + dy, w - 14); };
      const paid = v * (k === 1 ? s.cost_alarm : s.cost_miss);
      put(few(v), -16, `600 18px ${theme.font}`); put(names[k], 3, `12px ${theme.font}`);
      if (wrong) put('= ' + euro(paid), 20, `12px ${theme.font}`);
    });
    g.restore();
  }
  function roc(g, theme, box, now, ideal) {
    g.save();
    title(g, theme, box, t('ROC curve: found against false alarms'));
    const plot = axes(g, theme, { ...inner(box), x: [0, 1], y: [0, 1], xticks: [0, 0.5, 1], yticks: [0, 0.5, 1], xtext: short, ytext: short, xlabel: t('false alarms, share of the good parts'), ylabel: t('recall') });
    g.strokeStyle = theme.soft; g.setLineDash([2, 4]); g.beginPath(); g.moveTo(plot.X(0), plot.Y(0)); g.lineTo(plot.X(1), plot.Y(1)); g.stroke(); g.setLineDash([]);
    g.strokeStyle = theme.blue; g.lineWidth = 2.4; g.beginPath();
    const every = Math.max(1, Math.floor(all.length / 2000));
    for (let i = 0; i < all.length; i += every) g.lineTo(plot.X(all[i][1]), plot.Y(all[i][2]));
    g.lineTo(plot.X(0), plot.Y(0)); g.stroke();
    mark(g, 'diamond', plot.X(ideal[0]), plot.Y(ideal[1]), 6); g.fillStyle = theme.green; g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1; g.stroke();
    mark(g, 'square', plot.X(now[0]), plot.Y(now[1]), 5); g.fillStyle = theme.orange; g.fill(); g.strokeStyle = theme.text; g.lineWidth = 1.5; g.stroke();
    g.restore();
  }
  function words(s, now, price, where, least) {
    const [, fp, fn, tp] = counts(s, now), half = cost(rates(good, defective, 0.5), s), stopped = tp + fp;
    ui.formula([
      t('cost = misses + false alarms = {0} · {1} + {2} · {3} = {4} for 1000 parts', few(fn), euro(s.cost_miss), few(fp), euro(s.cost_alarm), euro(price)),
      t('a day with {0} parts: {1}; at the best threshold {2}', whole(s.parts_per_day), euro((price * s.parts_per_day) / PARTS), euro((least * s.parts_per_day) / PARTS)),
    ]);
    goal(price <= NEAR * least && price <= CHEAPER * half && half > 0);
    const told = stopped > 0 ? t('Of 100 stopped parts {0} are defective (precision).', number((100 * tp) / stopped, 0)) : t('Nothing is stopped, so there is no precision.');
    const more = price <= least * (1 + 1e-9) + 1e-9 ? t('No threshold is cheaper.') : least > 0 ? t('The best threshold, {0}, costs {1}: {2} less.', where > most ? t('stop nothing') : at(where), euro(least), percent(1 - least / price)) : t('The best threshold, {0}, costs nothing.', where > most ? t('stop nothing') : at(where));
    const text = t('Threshold {0}: 1000 parts cost {1}.', at(s.threshold), euro(price)) + ' ' + more + ' ' + told + ' ' + t('Of 100 defective parts {0} are stopped (recall).', number(100 * now[1], 0));
    ui.say(text);
    cv.describe(t('Scores of {0} good and {1} defective parts, the outcomes of 1000 parts, the cost over the threshold and the ROC curve. {2} Arrow keys move the threshold.', good.length, defective.length, text));
  }
  ui.on(names, ui.ask);
  return ui.end;
}
export default { render };
