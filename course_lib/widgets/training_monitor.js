// The training monitor: curves, progress, Stop. Python trains and sends at most eight pictures a second.
const COLOURS = ['blue', 'orange', 'green', 'purple'];
/** Exponential average of a column; `share` of the average before is kept. Gaps (NaN) are passed over. */
export function smooth(values, share) {
  let m = NaN;
  return values.map(v => (m = Number.isFinite(v) ? (Number.isFinite(m) ? share * m + (1 - share) * v : v) : m));
}

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Training monitor', python: true }), { t, make } = ui, get = k => model.get(k);
  const STATES = { ready: t('ready'), running: t('running'), done: t('done'), stopped: t('stopped'), diverged: t('diverged'), failed: t('error') };
  const VERDICTS = { learning: t('learning'), flat: t('flat'), overfitting: t('overfitting'), diverged: t('diverged') };
  const stop = make('button', { type: 'button', className: 'cw-stop', textContent: t('■ Stop') }), bar = make('progress', { max: 1, value: 0 });
  const percent = make('span', { className: 'cw-percent' }), word = make('span', { className: 'cw-word' });
  bar.setAttribute('aria-label', t('progress of the training'));
  stop.addEventListener('click', () => { ui.set({ stop_clicks: get('stop_clicks') + 1 }); stop.disabled = true; });
  ui.stage.append(make('div', { className: 'cw-train' }, stop, bar, percent, word));
  let spoke = -1e9;
  ui.draw(() => {
    const running = get('state') === 'running', text = running || get('state') === 'done' ? `${STATES[get('state')]}: ${VERDICTS[get('verdict')]}` : STATES[get('state')];
    if (stop.disabled === running) stop.disabled = !running;
    bar.value = get('progress'); percent.textContent = Math.round(100 * get('progress')) + ' %';
    if (word.textContent !== text) word.textContent = text;
    if (!running || performance.now() - spoke > 1500) { spoke = performance.now(); ui.say(get('sentence')); }   // not eight times a second
  });
  const rate = ui.slider('learning_rate', t('learning rate (while it runs)'), { min: -6, max: 1, step: 0.05, from: v => (v > 0 ? +Math.log10(v).toFixed(3) : -6), to: v => +(10 ** v).toPrecision(2), text: v => (v > 0 ? String(+v.toPrecision(2)) : '—') });
  ui.draw(() => { rate.disabled = !(get('learning_rate') > 0) || get('state') !== 'running'; });
  ui.check('logarithmic', t('logarithmic loss'));
  ui.slider('smoothing', t('smoothing'), { min: 0, max: 0.95, step: 0.05, text: v => number(v, 2) });

  const table = () => {
    const names = get('names'), flat = floats(get('data')), k = names.length + 1, n = k > 1 ? Math.floor(flat.length / k) : 0;
    const column = j => Array.from({ length: n }, (_, i) => flat[i * k + j]);
    return { names, n, epoch: column(0), values: Object.fromEntries(names.map((name, j) => [name, column(j + 1)])) };
  };
  function chart(g, theme, box, names, data, title, log) {
    const all = names.flatMap(name => data.values[name]).filter(v => Number.isFinite(v) && (!log || v > 0)), last = Math.max(...data.epoch, 2);
    let lo = Math.min(...all), hi = Math.max(...all);
    if (!all.length) { lo = log ? 0.1 : 0; hi = 1; }
    if (log) { lo = 10 ** Math.floor(Math.log10(lo)); hi = 10 ** Math.ceil(Math.log10(hi) + 1e-9); if (hi <= lo) hi = 10 * lo; } else {
      const pad = (hi - lo) * 0.06 || 0.1; lo = Math.max(lo - pad, lo >= 0 ? 0 : -Infinity); hi += pad;
    }
    const first = Math.min(data.epoch.length ? data.epoch[0] : 1, 1), marks = log ? powers(lo, hi) : ticks(lo, hi, 4), step = marks.length > 1 ? Math.abs(marks[1] - marks[0]) : 1;
    const digits = clamp(Math.ceil(-Math.log10(step)), 0, 6);
    const plot = axes(g, theme, { ...box, x: [first, last], y: [lo, hi], log: { y: log }, xticks: ticks(first, last, 5).filter(Number.isInteger), yticks: marks, ytext: log ? power : v => number(v, digits), xlabel: t('epoch'), ylabel: title });
    g.save(); plot.clip();
    const tags = [];
    names.forEach((name, j) => {
      const colour = theme[COLOURS[j % 4]], share = get('smoothing'), raw = data.values[name], soft = share > 0 ? smooth(raw, share) : raw;
      const line = (list, width, alpha) => {
        g.strokeStyle = colour; g.lineWidth = width; g.globalAlpha = alpha; g.setLineDash(name.startsWith('val_') ? [6, 4] : []); g.beginPath();
        list.forEach((v, i) => { if (Number.isFinite(v) && (!log || v > 0)) g.lineTo(plot.X(data.epoch[i]), plot.Y(v)); }); g.stroke(); g.setLineDash([]); g.globalAlpha = 1;
      };
      if (share > 0) line(raw, 1, 0.35);
      line(soft, 2.2, 1);
      let i = data.n - 1; while (i > 0 && !Number.isFinite(soft[i])) i--;
      if (i < 0 || !Number.isFinite(soft[i])) return;
      const x = plot.X(data.epoch[i]), y = clamp(plot.Y(soft[i]), plot.top, plot.top + plot.height);
      mark(g, name.startsWith('val_') ? 'square' : 'circle', x, y, 3.5); g.fillStyle = colour; g.fill();
      tags.push({ name, colour, x, y });
    });
    g.restore();
    g.font = `600 12px ${theme.font}`; g.textBaseline = 'middle'; g.textAlign = 'right'; g.lineJoin = 'round';
    tags.sort((a, b) => a.y - b.y);
    tags.forEach(tag => { tag.at = clamp(tag.y - 12, plot.top + 10, plot.top + plot.height - 10); });
    for (let i = 1; i < tags.length; i++) if (tags[i].at - tags[i - 1].at < 15) tags[i].at = Math.max(tags[i - 1].at + 15, tags[i].y + 12);
    const over = tags.length ? tags[tags.length - 1].at - (plot.top + plot.height - 8) : 0;
    if (over > 0) for (const tag of tags) tag.at -= over;
    for (const tag of tags) { const x = Math.min(tag.x - 6, plot.left + plot.width - 6); g.strokeStyle = theme.page; g.lineWidth = 3.5; const text = tag.name; g.strokeText(text, Math.max(x, plot.left + 70), tag.at); g.fillStyle = tag.colour; g.fillText(text, Math.max(x, plot.left + 70), tag.at); }
  }
  const side = W => W >= 520;
  const cv = ui.canvas({
    label: t('Training curves'), maxWidth: 800, height: w => (get('names').some(n => !n.endsWith('loss')) && !side(w) ? 440 : 270),
    draw(g, W, H, theme) {
      const data = table(), losses = data.names.filter(n => n.endsWith('loss')), others = data.names.filter(n => !n.endsWith('loss'));
      const across = side(W) && others.length, w = across ? W / 2 : W, h = others.length && !across ? H / 2 : H;
      chart(g, theme, { left: 58, top: 10, width: w - 70, height: h - 56 }, losses, data, t('loss'), get('logarithmic'));
      if (others.length) chart(g, theme, { left: (across ? w : 0) + 58, top: (across ? 0 : h) + 10, width: w - 70, height: h - 56 }, others, data, others.length <= 2 ? others[0] : t('metrics'), false);
      if (!data.n) { g.fillStyle = theme.soft; g.font = `14px ${theme.font}`; g.textAlign = 'center'; g.fillText(t('The curves appear when the training begins.'), 58 + (W - 70) / 2, H / 2 - 20, W - 80); }
      cv.describe(t('Training curves. {0}', get('sentence')));
    },
  });
  ui.on(['names', 'data', 'state', 'verdict', 'progress', 'sentence', 'learning_rate', 'logarithmic', 'smoothing'], ui.ask);
  return ui.end;
}
export default { render };
