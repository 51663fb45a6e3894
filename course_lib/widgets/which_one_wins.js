// Measured scores over the number of samples, the models that fit a budget, and the rows of the table that say so.
// Tests compare `judge` and the words with Python.
const GOAL = 0.8, GOAL_KILOBYTES = 20, SECONDS = [0.001, 100], MILLISECONDS = [0.01, 100], KILOBYTES = [1, 100000];
const SHAPES = { tree: 'triangle', forest: 'hexagon', boosting: 'circle', linear_svm: 'cross', svm: 'pentagon', mlp: 'square', cnn: 'diamond', rnn: 'diamond' };
export const clear = (a, b) => Math.abs(a.mean - b.mean) > a.std + b.std;
export const fits = (row, s) => row.seconds <= s.max_seconds && row.milliseconds <= s.max_milliseconds && row.bytes <= 1000 * s.max_kilobytes;
/** The rows that fit the budget, the best first; those too close to the best to tell; and the best of all rows. */
export function judge(rows, s) {
  const loss = row => (row.score === 'RMSE' ? row.mean : -row.mean), better = (a, b) => loss(a) - loss(b);
  const ranked = rows.filter(row => fits(row, s)).sort(better), close = ranked.filter((row, i) => i === 0 || !clear(ranked[0], row));
  return { ranked, close, best: rows.slice().sort(better)[0], winner: close.length === 1 && ranked.length > 1 ? close[0] : null };
}
/** A number with about `digits` that count: 0.0123, 4.5, 1,230. */
export const short = (v, digits = 2) => (v >= 100 ? Math.round(v).toLocaleString('en-US') : String(+v.toPrecision(digits)));

/** Rounded as Python's `fixed` does, halves upwards. */
const fixed = (v, digits) => (v + 1e-9).toFixed(digits);

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Which one wins' });
  const { t, make } = ui, traits = ['data', 'size', 'max_seconds', 'max_milliseconds', 'max_kilobytes', 'picked'];
  const names = { tree: t('decision tree'), forest: t('random forest'), boosting: t('gradient boosting'), linear_svm: t('linear SVM'), svm: t('SVM'), mlp: t('MLP'), cnn: t('CNN'), rnn: t('SimpleRNN') };
  const sets = { machine_failures: t('Machine failures (6 columns)'), physics: t('Machine failures with physics (9 columns)'), steel_plates: t('Faults of steel plates (27 columns)'), boards: t('Pictures of circuit boards'), turbofan: t('Sequences of engine sensors') };
  const units = { parts: t('parts'), plates: t('plates'), pictures: t('pictures'), engines: t('engines') };
  const unitLabels = { parts: t('parts in the training'), plates: t('plates in the training'), pictures: t('pictures in the training'), engines: t('engines in the training') };
  const scoreLabels = { F1: t('F1 of failures (higher is better)'), accuracy: t('accuracy [%] (higher is better)'), RMSE: t('RMSE [cycles] (lower is better)') };
  const pieces = { leaves: t('leaves'), weights: t('weights'), 'support vectors': t('support vectors') };
  const thousands = n => n.toLocaleString('en-US');
  ui.menu('data', t('data'), [['machine_failures', t('failures')], ['physics', t('failures, physics')], ['steel_plates', t('steel plates')], ['boards', t('boards')], ['turbofan', t('engines')]]);
  const size = ui.slider('size', t('samples'), { min: 1, max: 6, step: 1, from: v => Math.min(v, now().xs.length), text: () => thousands(now().samples) + ' ' + units[now().one.unit] });
  const limit = (trait, label, [lo, hi], unit) => ui.slider(trait, label, { min: Math.log10(lo), max: Math.log10(hi), step: 0.05, from: v => Math.log10(v), to: v => (v >= Math.log10(hi) - 1e-9 ? hi : clamp(+(10 ** v).toPrecision(3), lo, hi)), text: v => (v >= hi ? t('no limit') : '≤ ' + short(v, 3) + ' ' + unit) });
  limit('max_seconds', t('training'), SECONDS, 's');
  limit('max_milliseconds', t('one answer'), MILLISECONDS, 'ms');
  limit('max_kilobytes', t('size of the model'), KILOBYTES, 'kB');
  ui.presets();
  const goal = ui.goal(t('Machine failures: reach F1 {0} with a model of at most {1} kB', GOAL, GOAL_KILOBYTES));
  ui.footer();

  function now() {
    const s = Object.fromEntries(traits.map(k => [k, model.get(k)])), one = model.get('measured')[s.data], i = Math.min(s.size, one.rows.length) - 1;
    const rows = one.rows[i], found = judge(rows, s), own = rows.find(row => row.model === s.picked);
    return { ...s, one, xs: one.samples, samples: one.samples[i], rows, ...found, shown: own || found.ranked[0] || found.best };
  }
  const score = row => ({ F1: `F1 ${fixed(row.mean, 3)} ± ${fixed(row.std, 3)}`, accuracy: `${fixed(100 * row.mean, 1)} ± ${fixed(100 * row.std, 1)} %`, RMSE: `RMSE ${fixed(row.mean, 2)} ± ${fixed(row.std, 2)}` })[row.score];
  const amount = (row, v) => ({ F1: fixed(v, 3), accuracy: t('{0} points', fixed(100 * v, 1)), RMSE: t('{0} cycles', fixed(v, 2)) })[row.score];
  const told = row => t('{0} {1} (row {2})', names[row.model], score(row), row.row);
  function verdict({ ranked, close, best, winner }) {
    let text;
    if (!ranked.length) text = t('No model fits this budget.');
    else if (ranked.length === 1) text = t('Only one model fits this budget: {0}.', told(ranked[0]));
    else if (winner) text = t('{0} wins. Its lead over {1} is {2}, more than the two spreads, {3}.', told(ranked[0]), told(ranked[1]), amount(ranked[0], Math.abs(ranked[0].mean - ranked[1].mean)), amount(ranked[0], ranked[0].std + ranked[1].std));
    else text = t('Too close to tell: {0}.', close.map(told).join(', '));
    return ranked.includes(best) ? text : text + ' ' + t('Best without the budget: {0}.', told(best));
  }

  // ---- the picture
  const colours = theme => ({ tree: theme.yellow, forest: theme.green, boosting: theme.orange, linear_svm: theme.sky, svm: theme.purple, mlp: theme.blue, cnn: theme.text, rnn: theme.text });
  let plot = null, dragging = false;
  const value = (one, v) => (one.score === 'accuracy' ? 100 * v : v);
  const cv = ui.canvas({
    label: t('Score over the number of samples'), height: W => clamp(Math.round(0.44 * W), 230, 290), maxWidth: 800,
    draw(g, W, H, theme) {
      const s = now(), colour = colours(theme), { one, xs } = s, X = v => plot.X(v), Y = v => plot.Y(value(one, v));
      const all = one.rows.flat(), step = one.score === 'accuracy' ? 10 : one.score === 'F1' ? 0.1 : 5;
      const lo = Math.min(...all.map(r => value(one, r.mean - r.std))), hi = Math.max(...all.map(r => value(one, r.mean + r.std)));
      const y = [Math.max(0, Math.floor(lo / step) * step), one.score === 'RMSE' ? Math.ceil(hi / step) * step : Math.min(value(one, 1), Math.ceil(hi / step) * step)];
      plot = axes(g, theme, { left: 46, top: 8, width: W - 60, height: H - 54, x: [xs[0] / 1.12, xs[xs.length - 1] * 1.12], y, log: { x: true }, xticks: xs, xtext: thousands, yticks: ticks(...y, 6), ytext: v => number(v, one.score === 'F1' ? 1 : 0), xlabel: unitLabels[one.unit], ylabel: scoreLabels[one.score] });
      const series = one.rows[0].map((row, j) => ({ name: row.model, mean: one.rows.map(r => r[j].mean), std: one.rows.map(r => r[j].std), fit: fits(s.rows[j], s) }));
      g.save(); plot.clip();
      for (const c of series) if (c.fit) spreadBand(g, X, Y, xs, c.mean, c.std, colour[c.name], 0.13);
      for (const c of series.sort((a, b) => a.fit - b.fit)) measuredLine(g, X, Y, xs, c.mean, colour[c.name], SHAPES[c.name], !c.fit);
      g.strokeStyle = theme.text; g.lineWidth = 2; g.beginPath(); g.moveTo(X(s.samples), plot.top); g.lineTo(X(s.samples), plot.top + plot.height); g.stroke();
      for (const row of s.rows) if (fits(row, s)) { mark(g, SHAPES[row.model], X(s.samples), Y(row.mean), 5.5); g.fillStyle = colour[row.model]; g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1; g.stroke(); }
      const up = s.shown, width = 1.5;                                  // the row that is read out, with its spread
      g.strokeStyle = theme.text; g.lineWidth = width;
      for (const [dy, half] of [[up.std, 6], [-up.std, 6]]) { g.beginPath(); g.moveTo(X(s.samples) - half, Y(up.mean + dy)); g.lineTo(X(s.samples) + half, Y(up.mean + dy)); g.stroke(); }
      g.beginPath(); g.arc(X(s.samples), Y(up.mean), 10, 0, 7); g.stroke();
      g.restore();
      fill(s, theme, colour);
      words(s);
    },
    pointer({ x, y, kind }) {
      if (!plot) return;
      if (kind === 'down') dragging = x >= plot.left - 12 && x <= plot.left + plot.width + 12 && y >= plot.top && y <= plot.top + plot.height + 24;
      if (dragging && (kind === 'down' || kind === 'move')) {
        const s = now(), near = list => list.indexOf(Math.min(...list)), i = near(s.xs.map(n => Math.abs(plot.X(n) - x)));
        const rows = s.one.rows[i], away = rows.map(row => Math.abs(plot.Y(value(s.one, row.mean)) - y)), j = near(away);
        ui.set({ size: i + 1, ...(kind === 'down' && away[j] < 14 ? { picked: rows[j].model } : {}) });
      }
      if (kind === 'up') dragging = false;
    },
    key(e) {
      const move = ui.arrows[e.key], s = now(), n = s.xs.length, at = Math.min(s.size, n);
      if (!move && !['Home', 'End'].includes(e.key)) return;
      e.preventDefault();
      if (!move) ui.set({ size: e.key === 'Home' ? 1 : n });
      else if (move[0]) ui.set({ size: clamp(at + move[0], 1, n) });
      else { const list = order(s), i = list.indexOf(s.shown); ui.set({ picked: list[clamp(i - move[1], 0, list.length - 1)].model }); }
    },
  });
  ui.draw(() => { size.max = now().xs.length; });

  // ---- the table below it, the best first
  const order = s => [...s.ranked, ...s.rows.filter(row => !fits(row, s)).sort((a, b) => (a.score === 'RMSE' ? 1 : -1) * (a.mean - b.mean))];
  const head = make('tr'), body = make('tbody'), table = make('table', { className: 'cw-wins' }, make('thead', {}, head), body);
  for (const [text, left] of [[t('row')], [t('model'), 1], [t('score')], [t('train [s]')], [t('answer [ms]')], [t('size [kB]')]]) head.append(Object.assign(make('th', { textContent: text, className: left ? 'cw-left' : '' }), { scope: 'col' }));
  ui.stage.append(table);
  const lines = Array.from({ length: 7 }, () => {
    const cells = Array.from({ length: 6 }, (_, k) => make('td', { className: k === 1 ? 'cw-left' : '' })), swatch = make('canvas'), name = make('span'), line = make('tr', {}, ...cells);
    swatch.setAttribute('aria-hidden', 'true'); cells[1].append(swatch, name); body.append(line);
    line.addEventListener('click', () => { if (line.dataset.model) ui.set({ picked: line.dataset.model }); });
    return { line, cells, swatch, name };
  });
  function fill(s, theme, colour) {
    const list = order(s), put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
    lines.forEach(({ line, cells, swatch, name }, i) => {
      const row = list[i];
      line.hidden = !row;
      if (!row) return;
      const fit = fits(row, s), over = (bad, text) => (bad ? '✗ ' : '') + text;
      line.dataset.model = row.model; line.className = (row === s.shown ? 'cw-picked ' : '') + (row === s.winner ? 'cw-best' : '');
      put(cells[0], String(row.row)); put(name, names[row.model] + (row === s.winner ? ' ' + t('(wins)') : ''));
      put(cells[2], score(row).replace(/^(F1|RMSE) /, ''));
      put(cells[3], over(row.seconds > s.max_seconds, short(row.seconds))); put(cells[4], over(row.milliseconds > s.max_milliseconds, short(row.milliseconds)));
      put(cells[5], over(row.bytes > 1000 * s.max_kilobytes, short(row.bytes / 1000)));
      const d = window.devicePixelRatio || 1, g = swatch.getContext('2d');
      swatch.width = swatch.height = 16 * d; swatch.style.width = swatch.style.height = '16px';
      g.setTransform(d, 0, 0, d, 0, 0); mark(g, SHAPES[row.model], 8, 8, 4.5); g.fillStyle = g.strokeStyle = colour[row.model]; g.lineWidth = 1.3;
      if (fit) g.fill(); else g.stroke();
    });
  }
  function words(s) {
    const row = s.shown, say = t('{0}, {1} {2}: {3}', sets[s.data], thousands(s.samples), units[s.one.unit], verdict(s));
    goal(['machine_failures', 'physics'].includes(s.data) && s.max_kilobytes <= GOAL_KILOBYTES && s.ranked.length > 0 && s.ranked[0].mean >= GOAL);
    ui.formula([t('row {0}: {1}, {2} {3}: {4}', row.row, names[row.model], thousands(s.samples), units[s.one.unit], score(row)),
      t('{0} s to train, {1} ms for one answer, {2} kB, {3} {4}', short(row.seconds), short(row.milliseconds), short(row.bytes / 1000), thousands(row.count), pieces[row.part])]);
    ui.say(say);
    cv.describe(t('Score over the number of samples, measured. {0} Arrow keys left and right change the number of samples, up and down choose the row that is read out.', say));
  }
  ui.on([...traits, 'measured'], ui.ask);
  return ui.end;
}
export default { render };
