// The gradient checker: Python computes the errors and the function near the weight; the browser draws both.
export const LOWEST = 1e-12, HIGHEST = 1e-1, PER_DECADE = 2, FLOOR = 1e-17;
export const STEPS = Array.from({ length: 11 * PER_DECADE + 1 }, (_, i) => 10 ** (-12 + i / PER_DECADE));

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Gradient checker', python: true });
  const { t } = ui, DTYPES = ['float64', 'float32'], METHODS = ['central', 'one-sided'];
  const short = v => (v === null || v === undefined ? '?' : v === 0 ? '0' : v.toExponential(1).replace('.0e', 'e').replace(/-/g, '−'));
  const digits = v => (v === null || v === undefined ? '?' : v.toPrecision(12).replace(/-/g, '−'));
  const snap = v => 10 ** (Math.round(Math.log10(clamp(v, LOWEST, HIGHEST)) * PER_DECADE) / PER_DECADE);
  ui.menu('function', t('gradient of'), [['layer', t('one layer')], ['network', t('two layers')], ['cube', 'w³'], ['relu', 'relu(w)']]);
  ui.slider('point', t('value of the weight w'), { min: -2, max: 2, step: 0.05, text: v => number(v, Math.abs(v * 20 - Math.round(v * 20)) < 1e-6 ? 2 : 3) });
  ui.slider('h', t('step size h'), { min: -12, max: -1, step: 0.5, text: short, from: v => Math.log10(v), to: v => 10 ** v });
  ui.menu('dtype', t('numbers'), [['float64', 'float64'], ['float32', 'float32']]);
  ui.menu('method', t('differences'), [['central', t('central')], ['one-sided', t('one-sided')]]);
  ui.check('bug', t('plant a typical mistake in the formula'));
  ui.check('zoom', t('zoom: show the function from −2h to 2h'));
  ui.presets();
  const goal = ui.goal(t('right formula, relative error below 1e−9'));
  ui.footer();

  const split = W => (W >= 560 ? { wide: true, left: W * 0.56, right: W * 0.44 } : { wide: false, left: W, right: W });
  let valley = null, dragging = false;
  const cv = ui.canvas({
    label: t('Relative error over the step size'),
    height: W => (split(W).wide ? 340 : 620),
    draw(g, W, H, theme) {
      const r = model.get('result'), curves = doubles(model.get('curves')), s = split(W);
      const dtype = model.get('dtype'), method = model.get('method'), h = model.get('h');
      valley = axes(g, theme, { left: 52, top: 44, width: s.left - 66, height: 340 - 92, x: [LOWEST, HIGHEST], y: [FLOOR, 30], log: { x: true, y: true },
        xticks: powers(LOWEST, HIGHEST, s.left > 300 ? 2 : 3), yticks: powers(1e-16, 1, 4), xtext: power, ytext: power, xlabel: t('step size h'), ylabel: t('relative error') });
      const colour = { float64: theme.blue, float32: theme.orange };
      g.save(); valley.clip();
      DTYPES.forEach((d, i) => METHODS.forEach((m, j) => {
        const chosen = d === dtype && m === method;
        g.strokeStyle = colour[d]; g.globalAlpha = chosen ? 1 : 0.55; g.lineWidth = chosen ? 3 : 1.4; g.setLineDash(m === 'central' ? [] : [6, 4]); g.beginPath();
        STEPS.forEach((x, k) => { const v = curves[(i * 2 + j) * STEPS.length + k]; if (Number.isFinite(v)) g.lineTo(valley.X(x), valley.Y(Math.max(v, FLOOR * 1.5))); });
        g.stroke();
      }));
      g.globalAlpha = 1; g.setLineDash([3, 3]); g.strokeStyle = theme.text; g.lineWidth = 1.2; g.beginPath(); g.moveTo(valley.X(h), valley.top); g.lineTo(valley.X(h), valley.top + valley.height); g.stroke(); g.setLineDash([]);
      g.restore(); g.save();
      (r.shown ? [] : r.best || []).forEach(([x, e], i) => { mark(g, 'diamond', valley.X(x), valley.Y(Math.max(e, FLOOR * 1.5)), 5); g.fillStyle = theme.page; g.fill(); g.lineWidth = 2; g.strokeStyle = colour[DTYPES[i]]; g.stroke(); });
      if (Number.isFinite(r.error) && r.error !== null) { mark(g, 'square', valley.X(h), valley.Y(clamp(r.error, FLOOR * 1.5, 30)), 6); g.fillStyle = colour[dtype]; g.fill(); g.lineWidth = 2; g.strokeStyle = theme.text; g.stroke(); }
      g.font = `12px ${theme.font}`; g.fillStyle = theme.text; g.textBaseline = 'top'; g.textAlign = 'left';
      const halo = (text, x, y, align) => { g.textAlign = align; g.lineWidth = 4; g.strokeStyle = theme.page; g.strokeText(text, x, y); g.fillText(text, x, y); };
      const low = valley.top + valley.height;
      halo('← ' + t('rounding') + ' ε/h', valley.left + 8, low - 20, 'left');
      halo((method === 'central' ? t('bend') + ' h²' : t('bend') + ' h') + ' →', valley.left + valley.width - 8, low - 20, 'right');
      g.restore();
      legend(g, theme, 52, 10, [['line', theme.blue, 'float64'], ['line', theme.orange, 'float32'], ['diamond', theme.text, t('best h')]]);
      legend(g, theme, 52, 28, [['line', theme.text, t('central')], ['dashes', theme.text, t('one-sided')]]);
      near(g, theme, s.wide ? { x: s.left, y: 0, w: s.right, h: 340 } : { x: 0, y: 340, w: W, h: 280 }, r, h, dtype, method);
      words(r, h, dtype, method);
    },
    pointer({ x, y, kind }) {
      const s = split(cv.width);
      if (kind === 'down') dragging = x < s.left && y < 340;
      if (dragging && (kind === 'down' || kind === 'move')) ui.set({ h: snap(valley.atX(x)) });
      if (kind === 'up') dragging = false;
    },
    key(e) {
      const move = ui.arrows[e.key];
      if (move) { e.preventDefault(); ui.set({ h: clamp(snap(model.get('h')) * 10 ** ((move[0] || move[1]) / PER_DECADE), LOWEST, HIGHEST) }); }
    },
  });
  function near(g, theme, box, r, h, dtype, method) {       // the function beside the weight, the secant, the formula's slope
    const data = doubles(model.get('window')), n = data.length / 2, reach = data[n - 1], zoomed = model.get('zoom');
    if (!n || !Number.isFinite(reach)) return;
    const values = data.subarray(n), slope = r.analytical, ends = method === 'central' ? [-h, h] : [0, h];
    const secant = r.numerical, all = [...values].filter(Number.isFinite);
    let low = Math.min(...all, 0), high = Math.max(...all, 0);
    if (high - low < 1e-300) { low = -reach; high = reach; }
    const room = 0.12 * (high - low), exponent = v => (v === 0 ? '0' : v.toExponential(0).replace(/-/g, '−'));
    const plot = axes(g, theme, { left: box.x + 62, top: box.y + 44, width: box.w - 76, height: box.h - 92, x: [-reach, reach], y: [low - room, high + room],
      xticks: zoomed ? [-2 * h, -h, 0, h, 2 * h] : [-1, -0.5, 0, 0.5, 1], yticks: ticks(low, high, 4), grid: true,
      xtext: v => (zoomed ? { '-2': '−2h', '-1': '−h', 0: '0', 1: 'h', 2: '2h' }[Math.round(v / h)] : number(v, 1)),
      ytext: v => (zoomed ? exponent(+v.toPrecision(1)) : number(v, 2)), xlabel: t('distance t from the weight'), ylabel: '' });
    g.save(); plot.clip();
    g.strokeStyle = theme.blue; g.lineWidth = 2.4; g.beginPath();
    for (let i = 0; i < n; i++) if (Number.isFinite(values[i])) g.lineTo(plot.X(data[i]), plot.Y(values[i]));
    g.stroke();
    const through = (m, colour, dash, y0) => { if (m === null || m === undefined) return; g.strokeStyle = colour; g.setLineDash(dash); g.lineWidth = 2; g.beginPath(); g.moveTo(plot.X(-reach), plot.Y(y0 - m * reach)); g.lineTo(plot.X(reach), plot.Y(y0 + m * reach)); g.stroke(); g.setLineDash([]); };
    const at = v => { const k = ((v + reach) / (2 * reach)) * (n - 1), i = clamp(Math.floor(k), 0, n - 2); return values[i] + (k - i) * (values[i + 1] - values[i]); };
    through(secant, theme.orange, [], at(ends[1]) - secant * ends[1]);
    through(slope, theme.green, [6, 4], 0);
    for (const e of ends) { mark(g, 'circle', plot.X(e), plot.Y(at(e)), 4); g.fillStyle = theme.orange; g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1; g.stroke(); }
    g.restore();
    legend(g, theme, box.x + 20, box.y + 10, [['line', theme.blue, t('f(w + t) − f(w)')], ['dashes', theme.green, t('formula')]]);
    legend(g, theme, box.x + 20, box.y + 28, [['line', theme.orange, t('through the two points')]]);
  }
  function words(r, h, dtype, method) {
    const rule = method === 'central' ? '(f(w + h) − f(w − h)) / 2h' : '(f(w + h) − f(w)) / h', index = DTYPES.indexOf(dtype), bug = model.get('bug');
    const FORMULA = { layer: 'crossentropy(sigmoid(x W + b))', network: 'crossentropy(softmax(tanh(x W₁ + b₁) W₂ + b₂))', cube: 'w³', relu: 'relu(w)' };
    ui.formula([
      `f(w) = ${FORMULA[model.get('function')]}`,
      t('numerical ') + ` ${rule} = ${digits(r.numerical)}`,
      t('analytical') + ` dL/dw = ${digits(r.analytical)}`,
      r.count > 1 ? t('relative error (worst of {0} weights) = {1}', r.count, short(r.error)) : t('relative error = {0}', short(r.error)),
      ...(r.best && r.best.length && !r.shown ? [t('best h: {0} (float64, error {1}), {2} (float32, error {3})', ...r.best.flat().map(short))] : []),
    ]);
    goal(!bug && r.error !== null && r.error < 1e-9);
    if (r.error === null || !r.best || !r.best.length) { ui.say(t('No numbers: see the message.')); return; }
    const [best, least] = r.best[index];
    const text = bug && r.shown ? t('Mistake planted: {0}. The curve stays above {1}: no h makes a wrong formula right.', r.mistake, short(least))
      : bug ? t('Mistake planted: {0}. At this point it makes no difference: a check sees only what its point reaches.', r.mistake)
        : r.error <= 10 * least || r.error < 1e-9 ? t('h = {0}: relative error {1}. This is about as good as {2} gets.', short(h), short(r.error), dtype)
          : h < best ? t('h = {0} is too small for {1}: rounding, relative error {2}.', short(h), dtype, short(r.error))
            : t('h = {0} is too large: the function bends between the points, relative error {1}.', short(h), short(r.error));
    ui.say(text);
    cv.describe(t('Relative error over the step size. {0} Best h {1}.', text, short(best)));
  }
  ui.on(['function', 'point', 'h', 'dtype', 'method', 'bug', 'zoom', 'curves', 'window', 'result'], ui.ask);
  return ui.end;
}
export default { render };
