// Losses over one predicted probability. Closed formulas, repeated here so that they follow the pointer; tests compare
// `losses` with course_lib.nn to 1e-6.
export const SMALLEST = 1e-7, MOST = Math.log(1 / SMALLEST - 1), GOAL = 100;
export const logit = p => Math.log(p / (1 - p));
export const sigmoid = z => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
export const keep = p => clamp(p, SMALLEST, 1 - SMALLEST);
/** For one part: { name: [loss, slope dL/dp, push dL/dz] }. */
export function losses({ p, y, threshold, cost_miss, cost_alarm }) {
  const cost = y ? (p < threshold ? cost_miss : 0) : (p >= threshold ? cost_alarm : 0);
  return { mse: [(p - y) ** 2, 2 * (p - y), 2 * (p - y) * p * (1 - p)], bce: [-Math.log(y ? p : 1 - p), y ? -1 / p : 1 / (1 - p), p - y], cost: [cost, 0, 0] };
}
/** Linear interpolation in the learner's own curve, which is evenly spaced in z. */
export function between(curve, z) {
  const at = ((z + MOST) / (2 * MOST)) * (curve.length - 1), i = clamp(Math.floor(at), 0, curve.length - 2);
  return curve[i] + (at - i) * (curve[i + 1] - curve[i]);
}

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Loss explorer', python: !!Object.keys(model.get('own') || {}).length || !!model.get('error') });
  const { t } = ui, names = ['p', 'y', 'threshold', 'cost_miss', 'cost_alarm', 'log_scale'];
  const state = () => Object.fromEntries(names.map(k => [k, model.get(k)]));
  const few = v => (v < 0.001 || v > 0.999 ? (v < 0.5 ? v.toExponential(1).replace('-', '−') : '1 − ' + (1 - v).toExponential(1).replace('-', '−')) : number(v, 3));
  ui.slider('p', t('prediction p (defective)'), { min: -16.1, max: 16.1, step: 0.1, text: few, from: logit, to: z => keep(sigmoid(z)) });
  const truth = ui.bar(t('the part really is'));
  for (const [y, text] of [[1, t('defective (y = 1)')], [0, t('good (y = 0)')]]) {
    const b = ui.button(text, () => ui.set({ y }), { key: 'y', where: truth });
    ui.draw(() => b.setAttribute('aria-pressed', String(model.get('y') === y)));
  }
  const euro = v => number(v, 0) + ' €';
  ui.slider('threshold', t('threshold: report from p ='), { min: 0.01, max: 0.99, step: 0.01, text: v => number(v, 2) });
  ui.slider('cost_miss', t('cost of a miss'), { min: 0, max: 200, step: 1, text: euro });
  ui.slider('cost_alarm', t('cost of a false alarm'), { min: 0, max: 200, step: 1, text: euro });
  ui.check('log_scale', t('log scale (look at the cliff closely)'));
  ui.presets();
  const goal = ui.goal(t('Confident and wrong: let cross-entropy push {0} times harder than the squared error', GOAL));
  ui.footer();

  let boxes = [], dragging = null;
  const layout = (W, count) => {                            // the last box takes what is left of its row
    const columns = W >= 560 ? 3 : W >= 400 ? 2 : 1, w = W / columns, h = columns === 1 ? 176 : 208;
    return Array.from({ length: count }, (_, i) => {
      const c = i % columns, r = Math.floor(i / columns), rest = i === count - 1 ? columns - c : 1;
      return { x: c * w, y: r * h, w: w * rest, h: i === count - 1 && c === 0 ? 46 + 28 * (count - 1) : h };
    });
  };
  const own = () => { const curve = doubles(model.get('own_curve')), told = model.get('own') || {}; return curve.length ? { curve, ...told } : null; };
  const cv = ui.canvas({
    label: t('Losses over the predicted probability'),
    height: W => { const list = layout(W, own() ? 5 : 4), last = list[list.length - 1]; return last.y + last.h; },
    draw(g, W, H, theme) {
      const s = state(), mine = own(), now = losses(s), L = layout(W, mine ? 5 : 4), top = s.log_scale ? 17 : 5;
      const highest = Math.max(s.cost_miss, s.cost_alarm, 1) * 1.35;
      const panels = [
        { title: t('mean squared error'), colour: theme.blue, f: p => losses({ ...s, p }).mse[0], y: [0, top], value: now.mse[0], push: now.mse[1] },
        { title: t('cross-entropy'), colour: theme.orange, f: p => losses({ ...s, p }).bce[0], y: [0, top], value: now.bce[0], push: now.bce[1] },
        { title: t('cost for the plant [€]'), colour: theme.green, f: p => losses({ ...s, p }).cost[0], y: [0, highest], value: now.cost[0], push: 0, step: true },
      ];
      if (mine) {
        const good = mine.curve.filter(Number.isFinite), least = Math.min(0, ...good), most = Math.max(...good, least + 1e-9);
        panels.push({ title: mine.name, colour: theme.purple, f: p => between(mine.curve, logit(p)), y: [least, s.log_scale ? most * 1.05 : Math.min(most, least + Math.max(5, (most - least) / 3))], value: between(mine.curve, logit(s.p)), push: NaN });
      }
      boxes = panels.map((panel, i) => ({ ...L[i], plot: curve(g, theme, L[i], panel, s) }));
      bars(g, theme, L[panels.length], [[t('squared error'), theme.blue, now.mse[2]], [t('cross-entropy'), theme.orange, now.bce[2]], [t('plant'), theme.green, 0],
        ...(mine && Number.isFinite(mine.push) ? [[mine.name, theme.purple, mine.push]] : [])]);
      words(s, now, mine);
    },
    pointer({ x, y, kind }) {
      if (kind === 'down') dragging = boxes.find(b => x >= b.x && x < b.x + b.w && y >= b.y && y < b.y + b.h) || null;
      if (dragging && (kind === 'down' || kind === 'move')) { const v = dragging.plot.atX(x), s = state(); ui.set({ p: keep(s.log_scale && !s.y ? 1 - v : v) }); }
      if (kind === 'up') dragging = null;
    },
    key(e) {
      const move = ui.arrows[e.key], far = { PageUp: 1, PageDown: -1 }[e.key];
      if (move || far) { e.preventDefault(); ui.set({ p: keep(sigmoid(logit(model.get('p')) + (far || 0.1 * (move[0] + move[1])))) }); }
    },
  });
  const across = (s, p) => (s.log_scale && !s.y ? 1 - p : p);     // the log axis holds the probability of the true class
  function curve(g, theme, box, { title, colour, f, y, value, push, step }, s) {
    const left = box.x + 40, top = box.y + 28, width = box.w - 54, height = box.h - 76;
    const plot = axes(g, theme, { left, top, width, height, x: s.log_scale ? [SMALLEST, 1] : [0, 1], y, log: { x: s.log_scale },
      xticks: s.log_scale ? [1e-7, 1e-5, 1e-3, 1e-1] : [0, 0.5, 1], yticks: ticks(...y, 4), xtext: s.log_scale ? power : v => number(v, v % 1 ? 1 : 0), ytext: v => number(v, Math.abs(v) < 1 && v ? 1 : 0),
      xlabel: s.log_scale ? t('p of the true class') : t('p (defective)') });
    g.save();
    g.font = `bold 13px ${theme.font}`; g.fillStyle = theme.text; g.textAlign = 'left'; g.textBaseline = 'middle'; g.fillText(title, left, box.y + 14, width);
    plot.clip();
    if (step) { const x = plot.X(clamp(across(s, s.threshold), s.log_scale ? SMALLEST : 0, 1)); g.setLineDash([4, 4]); g.strokeStyle = theme.soft; g.lineWidth = 1.5; g.beginPath(); g.moveTo(x, top); g.lineTo(x, top + height); g.stroke(); g.setLineDash([]); }
    g.strokeStyle = colour; g.lineWidth = 2.6; g.beginPath();
    for (let i = 0; i <= width; i++) { const v = f(keep(across(s, plot.atX(left + i)))), py = plot.Y(clamp(v, y[0] - 9 * (y[1] - y[0]), y[1] + 9 * (y[1] - y[0]))); if (Number.isFinite(v)) g.lineTo(left + i, py); }
    g.stroke();
    const above = value > y[1], x = plot.X(across(s, s.p)), my = plot.Y(clamp(value, y[0], y[1]));
    if (!s.log_scale && !step && Number.isFinite(push) && Math.abs(push) > 1e-3 && !above) {  // the tangent: its slope is dL/dp
      const reach = Math.min(0.22, (0.3 * (y[1] - y[0])) / Math.abs(push));
      g.strokeStyle = theme.text; g.lineWidth = 1.5; g.beginPath(); g.moveTo(plot.X(s.p - reach), plot.Y(value - push * reach)); g.lineTo(plot.X(s.p + reach), plot.Y(value + push * reach)); g.stroke();
    }
    g.restore(); g.save();
    mark(g, above ? 'triangle' : 'square', x, above ? top + 6 : my, 5); g.fillStyle = colour; g.fill(); g.strokeStyle = theme.text; g.lineWidth = 1.5; g.stroke();
    const left_side = x < left + width / 2, text = (above ? '↑ ' : '') + number(value, step ? 0 : 3);
    g.font = `bold 13px ${theme.font}`; g.textBaseline = 'middle'; g.textAlign = left_side ? 'left' : 'right';
    const ty = clamp((above ? top + 6 : my) - 14, top + 9, top + height - 10), tx = x + (left_side ? 10 : -10);
    g.lineWidth = 4; g.strokeStyle = theme.page; g.strokeText(text, tx, ty); g.fillStyle = theme.text; g.fillText(text, tx, ty);
    g.restore();
    return plot;
  }
  function bars(g, theme, box, rows) {                      // |dL/dz|, from 0 to 1
    const wide = box.w > 300, left = box.x + (wide ? 110 : 92), width = box.x + box.w - left - 66, height = 20;
    g.save(); g.textBaseline = 'middle'; g.textAlign = 'left'; g.fillStyle = theme.text; g.font = `bold 13px ${theme.font}`;
    g.fillText(t('push on the weights: |slope by z|'), box.x + 10, box.y + 14, box.w - 14);
    g.font = `12px ${theme.font}`;
    rows.forEach(([name, colour, push], i) => {
      const y = box.y + 40 + i * (height + 8), size = Math.abs(push);
      g.fillStyle = theme.text; g.textAlign = 'right'; g.fillText(name, left - 6, y + height / 2, left - box.x - 10);
      g.strokeStyle = theme.grid; g.lineWidth = 1; g.strokeRect(left + 0.5, y + 0.5, width, height);
      g.fillStyle = colour; g.fillRect(left, y, width * Math.min(1, size), height);
      g.fillStyle = theme.text; g.textAlign = 'left'; g.fillText((size > 1 ? '↑ ' : '') + (size === 0 ? '0' : number(size, 4)), left + width + 6, y + height / 2);
    });
    g.restore();
  }
  function words(s, now, mine) {
    const q = s.y ? s.p : 1 - s.p, best = s.cost_alarm + s.cost_miss ? s.cost_alarm / (s.cost_alarm + s.cost_miss) : null, n = v => number(v, Math.abs(v) >= 100 ? 0 : 4);
    const by = (p, z) => '   ' + t('by p') + ': ' + p + '   ' + t('by z') + ': ' + z;
    ui.formula([
      `p = ${few(s.p)}   z = ln(p/(1−p)) = ${number(logit(s.p), 2)}   y = ${s.y}`,
      `${t('squared error')}: (p−y)² = ${n(now.mse[0])}` + by(`2(p−y) = ${n(now.mse[1])}`, n(now.mse[2])),
      `${t('cross-entropy')}: ${s.y ? '−ln p' : '−ln(1−p)'} = ${n(now.bce[0])}` + by(`${s.y ? '−1/p' : '1/(1−p)'} = ${n(now.bce[1])}`, `p−y = ${n(now.bce[2])}`),
      `${t('plant')}: ${euro(now.cost[0])}   ` + t('slope 0: a step cannot be differentiated'),
      ...(mine ? [`${mine.name}: ${Number.isFinite(mine.value) ? n(mine.value) : '?'}   ${t('by z')}: ${Number.isFinite(mine.push) ? n(mine.push) : '?'}   ` + t('(your own function)')] : []),
      ...(best === null ? [] : [t('best threshold if p is honest: {0}', `${number(s.cost_alarm, 0)} € / (${number(s.cost_alarm, 0)} € + ${number(s.cost_miss, 0)} €) = ${number(best, 2)}`)]),
    ]);
    const ratio = Math.abs(now.bce[2] / now.mse[2]);
    goal(q < 0.5 && ratio >= GOAL);
    const how = q > 0.9 ? t('Confident and right: both losses are small and hardly push.')
      : q < 0.1 ? t('Confident and wrong: cross-entropy pushes {0} times harder than the squared error.', number(ratio, 0))
        : q < 0.5 ? t('Wrong, but not sure: both losses push.') : t('Right, but not sure: both losses push a little.');
    const plant = s.y ? (s.p < s.threshold ? t('The defect is missed and costs {0}.', euro(now.cost[0])) : t('The defect is found; the plant pays nothing.'))
      : s.p >= s.threshold ? t('A false alarm costs {0}.', euro(now.cost[0])) : t('The good part passes; the plant pays nothing.');
    ui.say(how + ' ' + plant);
    cv.describe(t('Losses over the predicted probability, now p = {0}: squared error {1}, cross-entropy {2}, plant {3}. {4}', few(s.p), number(now.mse[0], 3), number(now.bce[0], 3), euro(now.cost[0]), how));
  }
  ui.on([...names, 'own_curve', 'own'], ui.ask);
  return ui.end;
}
export default { render };
