// One neuron: the map, its line and the written-out sum. The closed formula is repeated here so that it follows the
// pointer; tests compare `field` with course_lib.nn.
export const LIMIT = 3, SIDE = 60;
export const ACTIVATION = {
  linear: z => z,
  relu: z => Math.max(z, 0),
  sigmoid: z => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))),
  tanh: Math.tanh,
};
export const RANGE = { linear: [-4, 4], relu: [-4, 4], sigmoid: [0, 1], tanh: [-1, 1] };
export function field({ w1, w2, b, activation }, out = new Float32Array(SIDE * SIDE)) {
  const f = ACTIVATION[activation];
  for (let r = 0; r < SIDE; r++) for (let c = 0; c < SIDE; c++) {
    out[r * SIDE + c] = f(w1 * (-LIMIT + (2 * LIMIT * c) / (SIDE - 1)) + w2 * (-LIMIT + (2 * LIMIT * r) / (SIDE - 1)) + b);
  }
  return out;
}
export function accuracy({ w1, w2, b }, points) {
  let right = 0;
  for (let i = 0; i < points.length; i += 3) right += (w1 * points[i] + w2 * points[i + 1] + b > 0) === (points[i + 2] > 0.5) ? 1 : 0;
  return right / (points.length / 3);
}

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Neuron bench', python: !!(model.get('own_map') || {}).byteLength || !!model.get('error') });
  const { t } = ui, points = floats(model.get('points')), names = model.get('names'), buffer = new Float32Array(SIDE * SIDE), memo = {};
  const state = () => Object.fromEntries(['w1', 'w2', 'b', 'activation', 'probe_x1', 'probe_x2'].map(k => [k, model.get(k)]));
  const weight = { min: -4, max: 4, step: 0.1 };
  ui.slider('w1', t('weight w₁'), weight);
  ui.slider('w2', t('weight w₂'), weight);
  ui.slider('b', t('bias b'), weight);
  ui.menu('activation', t('activation f'), Object.keys(ACTIVATION).map(k => [k, k]));
  ui.presets();
  const goal = ui.goal(t('95 % right, no weight beyond 2'));
  ui.footer();

  let plot = null, dragging = false;
  const probe = (x1, x2) => ui.set({ probe_x1: clamp(Math.round(x1 * 10) / 10, -LIMIT, LIMIT), probe_x2: clamp(Math.round(x2 * 10) / 10, -LIMIT, LIMIT) });
  const cv = ui.canvas({
    label: t('Map of one neuron'), height: w => Math.min(w * 0.72, 400) + 64,
    draw(g, W, H, theme) {
      const s = state(), own = floats(model.get('own_map')), values = own.length ? own : field(s, buffer), [lo, hi] = RANGE[s.activation];
      plot = axes(g, theme, { left: 48, top: 26, width: W - 100, height: H - 72, x: [-LIMIT, LIMIT], y: [-LIMIT, LIMIT], grid: false,
        xticks: [-3, -2, -1, 0, 1, 2, 3], yticks: [-3, -2, -1, 0, 1, 2, 3], xtext: v => number(v, 0), ytext: v => number(v, 0),
        xlabel: t('x₁: {0} (standardised)', names[0]), ylabel: t('x₂: {0} (standardised)', names[1]) });
      const table = ramp(theme);
      g.save(); plot.clip();
      heat(g, plot, values, SIDE, SIDE, v => (v - lo) / (hi - lo), table, memo);
      for (let i = 0; i < points.length; i += 3) {
        const one = points[i + 2] > 0.5;
        mark(g, one ? 'square' : 'circle', plot.X(points[i]), plot.Y(points[i + 1]), 3.4);
        g.fillStyle = one ? theme.orange : theme.blue; g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1; g.stroke();
      }
      line(g, s, theme); arrow(g, s, theme);
      g.lineWidth = 2.5; g.strokeStyle = theme.text; g.beginPath(); g.arc(plot.X(s.probe_x1), plot.Y(s.probe_x2), 8, 0, 7); g.stroke();
      g.restore();
      colourBar(g, theme, table, { x: W - 40, top: 26, height: H - 72, lo, hi, name: 'y' });
      legend(g, theme, 54, 12, [['circle', theme.blue, t('healthy')], ['square', theme.orange, t('needs maintenance')]]);
      words(s, own);
    },
    pointer({ x, y, kind, event }) {
      if (kind === 'down') dragging = true;
      if (kind === 'up') dragging = false;
      if (plot && (kind === 'move' || kind === 'down') && (dragging || event.pointerType === 'mouse')) probe(plot.atX(x), plot.atY(y));
    },
    key(e) {
      const move = ui.arrows[e.key];
      if (move) { e.preventDefault(); probe(model.get('probe_x1') + 0.1 * move[0], model.get('probe_x2') + 0.1 * move[1]); }
    },
  });
  function line(g, { w1, w2, b }, theme) {                 // w1 x1 + w2 x2 + b = 0
    const n = w1 * w1 + w2 * w2;
    if (!n) return;
    const x0 = (-b * w1) / n, y0 = (-b * w2) / n, k = 20 / Math.sqrt(n);
    for (const [width, colour] of [[5, theme.page], [2.5, theme.text]]) {
      g.strokeStyle = colour; g.lineWidth = width; g.beginPath();
      g.moveTo(plot.X(x0 - w2 * k), plot.Y(y0 + w1 * k)); g.lineTo(plot.X(x0 + w2 * k), plot.Y(y0 - w1 * k)); g.stroke();
    }
  }
  function arrow(g, { w1, w2, b }, theme) {                // the arrow (w1, w2), from the line towards larger z
    const n = w1 * w1 + w2 * w2;
    if (n < 1e-4) return;
    const x0 = (-b * w1) / n, y0 = (-b * w2) / n, k = 0.9 / Math.sqrt(n);
    const ax = plot.X(x0), ay = plot.Y(y0), bx = plot.X(x0 + w1 * k), by = plot.Y(y0 + w2 * k), a = Math.atan2(by - ay, bx - ax);
    g.strokeStyle = g.fillStyle = theme.text; g.lineWidth = 2; g.beginPath(); g.moveTo(ax, ay); g.lineTo(bx, by); g.stroke();
    g.beginPath(); g.moveTo(bx, by); g.lineTo(bx - 10 * Math.cos(a - 0.4), by - 10 * Math.sin(a - 0.4)); g.lineTo(bx - 10 * Math.cos(a + 0.4), by - 10 * Math.sin(a + 0.4)); g.fill();
  }
  function words(s, own) {
    const { w1, w2, b, activation, probe_x1: x1, probe_x2: x2 } = s, z = w1 * x1 + w2 * x2 + b, f = ACTIVATION[activation];
    const y = own.length ? model.get('own_output') : f(z);
    ui.formula([
      `z = w₁·x₁ + w₂·x₂ + b = ${number(w1, 1)}·${number(x1, 1, true)} + ${number(w2, 1, true)}·${number(x2, 1, true)} + ${number(b, 1, true)} = ${number(z)}`,
      `y = ${activation}(z) = ${activation}(${number(z)}) = ${number(f(z), 3)}`,
      ...(own.length ? [t('y by your own function: {0} (the map is computed by it too)', number(y, 3))] : []),
    ]);
    const right = accuracy(s, points), text = t('{0} % of {1} bearings on the correct side of the line', number(100 * right, 1), points.length / 3);
    goal(right >= 0.95 && Math.max(Math.abs(w1), Math.abs(w2)) <= 2);
    ui.say(text);
    cv.describe(t('Map of one neuron: {0}. At the point {1}, {2} the output is {3}.', text, number(x1, 1), number(x2, 1), number(y, 3)));
  }
  ui.on(['w1', 'w2', 'b', 'activation', 'probe_x1', 'probe_x2', 'own_map', 'own_output'], ui.ask);
  return ui.end;
}
export default { render };
