// Learning curves that were measured; between the points straight lines over log(pictures). Tests compare `at` and
// `needed` with Python.
const FEWEST = 10, MOST = 1000, GOAL = 0.9, NEAR = 1.1, log = Math.log10;
/** The accuracy (or its spread) of a curve at so many pictures a class. */
export function at(xs, ys, samples) {
  const x = log(samples);
  if (x <= log(xs[0])) return ys[0];
  for (let i = 1; i < xs.length; i++) if (x <= log(xs[i])) return ys[i - 1] + ((x - log(xs[i - 1])) / (log(xs[i]) - log(xs[i - 1]))) * (ys[i] - ys[i - 1]);
  return ys[ys.length - 1];
}
/** The pictures a class with which a curve first reaches the target; null if it never does. */
export function needed(xs, ys, target) {
  if (ys[0] >= target) return xs[0];
  for (let i = 1; i < xs.length; i++) if (ys[i] >= target) return 10 ** (log(xs[i - 1]) + ((target - ys[i - 1]) / (ys[i] - ys[i - 1])) * (log(xs[i]) - log(xs[i - 1])));
  return null;
}

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Data hunger' });
  const { t } = ui, traits = ['data', 'samples', 'augmentation', 'ten_epochs', 'target'];
  const names = { svm: t('SVM'), cnn: t('CNN'), augmented: t('CNN with augmentation'), ten_epochs: t('CNN, ten epochs') };
  const sets = { boards: t('Real circuit boards'), wafers: t('Simulated wafer maps') };
  const shapes = { svm: 'triangle', ten_epochs: 'diamond', cnn: 'square', augmented: 'circle' };
  ui.menu('data', t('pictures of'), [['boards', t('real boards')], ['wafers', t('wafer maps')]]);
  ui.slider('samples', t('pictures a class'), { min: 1, max: 3, step: 0.01, text: v => number(v, 0), from: v => +log(v).toFixed(2), to: v => clamp(Math.round(10 ** v), FEWEST, MOST) });
  ui.check('augmentation', t('augmentation: flips and quarter turns'));
  ui.check('ten_epochs', t('show the CNN after only ten epochs (at most 1,000 steps)'));
  ui.slider('target', t('wanted accuracy'), { min: 0.3, max: 0.99, step: 0.01, text: v => number(100 * v, 0) + ' %' });
  ui.presets();
  const goal = ui.goal(t('Boards: reach {0} % with as few pictures a class as possible (at most {1} % more than needed)', 100 * GOAL, Math.round(100 * (NEAR - 1))));
  ui.footer();

  function now() {
    const s = Object.fromEntries(traits.map(k => [k, model.get(k)])), set = model.get('curves')[s.data], xs = set.samples;
    const shown = ['svm', ...(s.ten_epochs ? ['ten_epochs'] : []), 'cnn', ...(s.augmentation ? ['augmented'] : [])];
    const here = Object.fromEntries(['svm', 'ten_epochs', 'cnn', 'augmented'].map(m => [m, { ...set[m], value: at(xs, set[m].mean, s.samples), spread: at(xs, set[m].std, s.samples), needs: needed(xs, set[m].mean, s.target) }]));
    return { ...s, set, xs, shown, here };
  }
  let plot = null, dragging = false;
  const cv = ui.canvas({
    label: t('Accuracy over pictures a class'), height: W => clamp(Math.round(0.62 * W), 290, 440) + 19 * (W >= 520 ? 1 : 2 + (model.get('augmentation') ? 1 : 0) + (model.get('ten_epochs') ? 1 : 0) + (model.get('own').length ? 1 : 0)), maxWidth: 800,
    draw(g, W, H, theme) {
      const s = now(), own = model.get('own') || [], colours = { svm: theme.purple, ten_epochs: theme.yellow, cnn: theme.blue, augmented: theme.orange };
      const x = [Math.min(FEWEST, ...own.map(p => p[0])) / 1.06, Math.max(MOST, ...own.map(p => p[0])) * 1.06];
      const lowest = Math.min(...Object.values(s.here).map(c => Math.min(...c.mean.map((m, i) => m - c.std[i]))), s.target, ...own.map(p => p[1])), y = [Math.floor(10 * lowest) * 10, 100];
      const wide = W >= 520, key = s.shown.slice().reverse(), rows = wide ? 1 : key.length + (own.length ? 1 : 0);
      plot = axes(g, theme, { left: 46, top: 12 + 19 * rows, width: W - 60, height: H - 62 - 19 * rows, x, y, log: { x: true }, xticks: wide ? s.xs : s.xs.filter((_, i) => i % 2 === 0 || i === s.xs.length - 1).filter(n => n !== 640), yticks: ticks(...y, 6), ytext: v => number(v, 0), xlabel: t('pictures a class'), ylabel: t('accuracy on new pictures [%]') });
      const Y = v => plot.Y(100 * v), X = plot.X, bottom = plot.top + plot.height;
      g.save(); plot.clip();
      for (const m of s.shown) spreadBand(g, X, Y, s.xs, s.here[m].mean, s.here[m].std, colours[m]);
      g.strokeStyle = theme.green; g.lineWidth = 1.5; g.setLineDash([6, 4]); g.beginPath(); g.moveTo(plot.left, Y(s.target)); g.lineTo(plot.left + plot.width, Y(s.target)); g.stroke();
      for (const m of s.shown) if (s.here[m].needs !== null) { g.strokeStyle = colours[m]; g.beginPath(); g.moveTo(X(s.here[m].needs), Y(s.target)); g.lineTo(X(s.here[m].needs), bottom); g.stroke(); }
      g.setLineDash([]);
      for (const m of s.shown) measuredLine(g, X, Y, s.xs, s.here[m].mean, colours[m], shapes[m]);
      g.strokeStyle = theme.text; g.lineWidth = 2; g.beginPath(); g.moveTo(X(s.samples), plot.top); g.lineTo(X(s.samples), bottom); g.stroke();
      for (const m of s.shown) { mark(g, shapes[m], X(s.samples), Y(s.here[m].value), 6); g.fillStyle = colours[m]; g.fill(); g.strokeStyle = theme.text; g.lineWidth = 1.5; g.stroke(); }
      for (const [n, a] of own) { mark(g, 'pentagon', X(n), Y(a), 6); g.fillStyle = theme.soft; g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1.5; g.stroke(); }
      g.restore();
      const items = [...key.map(m => [shapes[m], colours[m], names[m]]), ...(own.length ? [['pentagon', theme.soft, t('your own')]] : [])];
      if (wide) legend(g, theme, plot.left + 6, 12, items);
      else items.forEach((item, i) => legend(g, theme, plot.left + 6, 12 + 19 * i, [item]));
      words(s, own);
    },
    pointer({ x, y, kind }) {
      if (kind === 'down') dragging = !!plot && x >= plot.left - 12 && x <= plot.left + plot.width + 12 && y >= plot.top && y <= plot.top + plot.height + 24;
      if (dragging && (kind === 'down' || kind === 'move')) ui.set({ samples: clamp(Math.round(plot.atX(x)), FEWEST, MOST) });
      if (kind === 'up') dragging = false;
    },
    key(e) {
      const move = ui.arrows[e.key], v = model.get('samples'), set = n => ui.set({ samples: clamp(Math.round(n), FEWEST, MOST) });
      if (!move && !['PageUp', 'PageDown', 'Home', 'End'].includes(e.key)) return;
      e.preventDefault();
      if (move && move[0]) set(move[0] > 0 ? Math.max(v + 1, v * 1.05) : Math.min(v - 1, v / 1.05));
      else if (move) ui.set({ target: clamp(+(model.get('target') + 0.01 * move[1]).toFixed(2), 0.3, 0.99) });
      else set({ PageUp: 2 * v, PageDown: v / 2, Home: FEWEST, End: MOST }[e.key]);
    },
  });
  function words(s, own) {
    const percent = v => number(100 * v, 1) + ' %', list = s.shown.slice().reverse(), first = s.augmentation ? 'augmented' : 'cnn';
    const lead = 100 * (s.here[first].value - s.here.svm.value), clear = Math.abs(lead) > 100 * (s.here[first].spread + s.here.svm.spread);
    const ahead = !clear ? t('{0} and SVM are too close to tell: the runs differ as much.', names[first])
      : lead > 0 ? t('{0} is ahead of the SVM by {1} points.', names[first], number(lead, 0)) : t('The SVM is ahead of {0} by {1} points.', names[first], number(-lead, 0));
    const goalNeeds = ['svm', 'cnn', 'augmented'].map(m => needed(s.xs, s.set[m].mean, GOAL)).filter(n => n !== null);
    goal(s.data === 'boards' && s.shown.some(m => s.here[m].value >= GOAL) && s.samples <= NEAR * Math.min(...goalNeeds));
    ui.formula([t('pictures a class for {0} %:', number(100 * s.target, 0)), ...list.map(m => names[m] + ': ' + (s.here[m].needs === null ? t('more than {0}', MOST) : s.here[m].needs <= FEWEST ? t('{0} or fewer', FEWEST) : t('about {0}', number(s.here[m].needs, 0)))),
      ...own.filter(([n]) => n >= FEWEST && n <= MOST).map(([n, a]) => t('yours at {0}: {1}, the CNN here has {2}', n, percent(a), percent(at(s.xs, s.set.cnn.mean, n))))]);
    const text = t('{0}, {1} pictures a class:', sets[s.data], s.samples) + ' ' + list.map(m => `${names[m]} ${percent(s.here[m].value)}`).join(', ') + '. ' + ahead;
    ui.say(text);
    cv.describe(t('Accuracy on new pictures over pictures a class, measured. {0} Arrow keys left and right change the number of pictures, up and down the wanted accuracy.', text));
  }
  ui.on([...traits, 'own', 'curves'], ui.ask);
  return ui.end;
}
export default { render };
