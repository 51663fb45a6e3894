// Straight or bent: Python trains, the browser draws. The big map is the network's output; each small map is what one
// hidden unit adds to the sum, with that unit's own line.
export const LIMIT = 3, SIDE = 60, SMALL = 24;
/** Cut the flat weights of a network 2 -> h -> 1 (h = 0: 2 -> 1) into [W1, b1, W2, b2] or [W, b]. */
export function unpack(flat, h) {
  const sizes = h ? [2 * h, h, h, 1] : [2, 1];
  let at = 0;
  return sizes.map(n => flat.slice(at, at += n));
}

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Straight or bent', python: true });
  const { t } = ui, memo = {}, smallMemo = {};
  ui.menu('shape', t('shape of the data'), [['linear', t('one line')], ['ring', t('ring')], ['xor', t('two regimes')], ['two_moons', t('two moons')]]);
  ui.slider('units', t('hidden units'), { min: 0, max: 8, step: 1, text: v => String(v) });
  ui.menu('activation', t('activation of the hidden units'), ['linear', 'relu', 'tanh', 'sigmoid'].map(k => [k, k]));
  ui.button(t('Train again from another start'), () => ui.set({ seed: (model.get('seed') % 99) + 1 }), { key: 'seed' });
  ui.presets();
  const goal = ui.goal(t('95 % right on the ring with at most 3 hidden units'));
  ui.footer();

  const fitted = () => {                                    // what Python answered last; the sliders may be ahead of it
    const result = model.get('result'), h = result.units;
    return { ...result, h, weights: unpack(doubles(model.get('weights_sent')), h), map: floats(model.get('map')),
      parts: floats(model.get('unit_maps')), points: floats(model.get('points')), chosen: Math.min(model.get('unit'), h) };
  };
  const lineOf = ([W, b], i) => ({ w1: W[i], w2: W[W.length / 2 + i], b: b[i] });
  function stroke(g, plot, { w1, w2, b }, widths) {         // the line w1 x1 + w2 x2 + b = 0
    const n = w1 * w1 + w2 * w2;
    if (n < 1e-12) return;
    const x0 = (-b * w1) / n, y0 = (-b * w2) / n, k = 20 / Math.sqrt(n);
    for (const [width, colour, dash] of widths) {
      g.strokeStyle = colour; g.lineWidth = width; g.setLineDash(dash || []); g.beginPath();
      g.moveTo(plot.X(x0 - w2 * k), plot.Y(y0 + w1 * k)); g.lineTo(plot.X(x0 + w2 * k), plot.Y(y0 - w1 * k)); g.stroke();
    }
    g.setLineDash([]);
  }

  const big = ui.canvas({
    label: t('Decision map of the network'), height: w => Math.min(w * 0.72, 380) + 64,
    draw(g, W, H, theme) {
      const s = fitted(), names = model.get('names'), numbers = [-3, -2, -1, 0, 1, 2, 3], table = ramp(theme);
      const plot = axes(g, theme, { left: 48, top: 26, width: W - 100, height: H - 72, x: [-LIMIT, LIMIT], y: [-LIMIT, LIMIT], grid: false,
        xticks: numbers, yticks: numbers, xtext: v => number(v, 0), ytext: v => number(v, 0),
        xlabel: t('x₁: {0} (standardised)', names[0]), ylabel: t('x₂: {0} (standardised)', names[1]) });
      g.save(); plot.clip();
      heat(g, plot, s.map, SIDE, SIDE, v => v, table, memo);
      for (let i = 0; i < s.points.length; i += 3) {
        const one = s.points[i + 2] > 0.5;
        mark(g, one ? 'square' : 'circle', plot.X(s.points[i]), plot.Y(s.points[i + 1]), 3.2);
        g.fillStyle = one ? theme.orange : theme.blue; g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1; g.stroke();
      }
      for (let i = 0; i < s.h; i++) if (i + 1 !== s.chosen) stroke(g, plot, lineOf(s.weights, i), [[1.2, theme.text, [5, 4]]]);
      if (s.chosen) stroke(g, plot, lineOf(s.weights, s.chosen - 1), [[5, theme.page], [2.6, theme.purple]]);
      const [boundary] = contours(s.map, SIDE, [0.5], c => plot.left + (c / (SIDE - 1)) * plot.width, r => plot.top + plot.height * (1 - r / (SIDE - 1)));
      for (const [width, colour] of [[5, theme.page], [2.6, theme.text]]) { g.strokeStyle = colour; g.lineWidth = width; g.lineCap = 'round'; g.stroke(boundary); }
      g.restore();
      colourBar(g, theme, table, { x: W - 40, top: 26, height: H - 72, lo: 0, hi: 1, name: 'p' });
      const items = [['circle', theme.blue, t('healthy')], ['square', theme.orange, t('needs maintenance')]];
      if (W > 420) items.push(['line', theme.text, t('boundary')]);
      if (W > 520 && s.h) items.push(['dashes', theme.text, t('lines of the units')]);
      legend(g, theme, 54, 12, items);
      words(s);
    },
  });
  const LABEL = 34, cell = W => { const columns = W < 420 ? 4 : 8; return { columns, size: Math.floor((W - 6) / columns) - 6 }; };
  const heading = ui.make('div', { className: 'cw-heading' });
  ui.stage.append(heading);
  const small = ui.canvas({
    label: t('Hidden units'),
    height: W => { const h = model.get('result').units, { columns, size } = cell(W); return h ? Math.ceil(h / columns) * (size + LABEL) + 6 : 1; },
    draw(g, W, H, theme) {
      const s = fitted(), { columns, size } = cell(W), table = ramp(theme);
      small.node.style.display = s.h ? 'block' : 'none';
      heading.textContent = s.h ? t('Inside the {0} hidden units: what each adds to the sum', s.h) : t('No hidden layer: one line only');
      const most = s.parts.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9);
      for (let i = 0; i < s.h; i++) {
        const box = { left: 3 + (i % columns) * (size + 6), top: 3 + Math.floor(i / columns) * (size + LABEL), width: size, height: size };
        const plot = { X: v => box.left + ((v + LIMIT) / (2 * LIMIT)) * size, Y: v => box.top + size - ((v + LIMIT) / (2 * LIMIT)) * size };
        g.save(); g.beginPath(); g.rect(box.left, box.top, size, size); g.clip();
        heat(g, box, s.parts.subarray(i * SMALL * SMALL, (i + 1) * SMALL * SMALL), SMALL, SMALL, v => 0.5 + v / (2 * most), table, smallMemo);
        const chosen = i + 1 === s.chosen;
        stroke(g, plot, lineOf(s.weights, i), [[chosen ? 2.6 : 1.4, chosen ? theme.purple : theme.text, chosen ? [] : [4, 3]]]);
        g.restore();
        g.lineWidth = chosen ? 3 : 1; g.strokeStyle = chosen ? theme.purple : theme.soft; g.strokeRect(box.left + 0.5, box.top + 0.5, size - 1, size - 1);
        g.fillStyle = theme.text; g.font = `${chosen ? 'bold ' : ''}12px ${theme.font}`; g.textAlign = 'center'; g.textBaseline = 'top';
        g.fillText(`h${sub(i + 1)} × ${number(s.weights[2][i], 1, true)}`, box.left + size / 2, box.top + size + 5, size + 4);
      }
    },
    pointer({ x, y, kind }) {
      if (kind !== 'down') return;
      const { columns, size } = cell(small.width), i = Math.floor(y / (size + LABEL)) * columns + Math.floor(x / (size + 6)) + 1;
      choose(i === model.get('unit') ? 0 : i);
    },
    key(e) {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
      if (step) { e.preventDefault(); choose(model.get('unit') + step); }
    },
  });
  const choose = i => ui.set({ unit: clamp(i, 0, model.get('result').units) });
  const sub = n => String.fromCharCode(0x2080 + n);

  function words(s) {
    const part = i => { const l = lineOf(s.weights, i); return `h${sub(i + 1)} = ${s.activation}(${number(l.w1, 2)}·x₁ + ${number(l.w2, 2, true)}·x₂ + ${number(l.b, 2, true)})`; };
    const lines = s.h
      ? [`h = ${s.activation}(x W₁ + b₁)   p = sigmoid(h W₂ + b₂)`,
        `(N, 2) → (N, ${s.h}) → (N, 1):   2·${s.h} + ${s.h} + ${s.h}·1 + 1 = ${s.parameters} ` + t('parameters')]
      : ['p = sigmoid(x W + b)', '(N, 2) → (N, 1):   2·1 + 1 = 3 ' + t('parameters')];
    if (s.chosen) lines.push(part(s.chosen - 1) + '   ' + t('times {0}', number(s.weights[2][s.chosen - 1], 2)));
    else if (s.h) lines.push(t('Choose a unit (click, or arrow keys on the small maps) to write out its formula.'));
    ui.formula(lines);
    const right = s.right / s.count;
    goal(s.shape === 'ring' && s.h <= 3 && right >= 0.95);
    const text = t('{0} of {1} right ({2} %), loss {3}.', s.right, s.count, number(100 * right, 1), number(s.loss, 3)) + ' '
      + (!s.h ? t('No hidden layer: the boundary is straight.') : s.activation === 'linear' ? t('Linear units do not bend: the boundary is straight.')
        : s.h === 1 ? t('One unit knows one line: the boundary is still straight.')
          : s.h === 2 ? t('Two units can bend the boundary, but not close it.') : t('{0} units can bend the boundary and close it.', s.h));
    ui.say(text);
    big.describe(t('Decision map of the network') + ' 2 → ' + (s.h ? s.h + ' → ' : '') + '1: ' + text);
    small.describe(s.chosen ? t('Hidden unit {0}: {1}', s.chosen, part(s.chosen - 1)) : t('Hidden units: use the arrow keys to choose one'));
  }
  ui.on(['shape', 'units', 'activation', 'seed', 'unit', 'map', 'unit_maps', 'weights_sent', 'result', 'points'], ui.ask);
  return ui.end;
}
export default { render };
