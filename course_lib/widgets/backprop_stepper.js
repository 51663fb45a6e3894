// A 2-3-1 network, one operation at a time. All numbers and sentences come from Python (`values`, `steps`); this file
// draws what is known at the current step and moves the step.
const PARAMETERS = ['W1', 'b1', 'W2', 'b2'], SIZES = { W1: 6, b1: 3, W2: 3, b2: 1 };
const FORWARD = ['z1', 'a1', 'z2', 'y', 'loss'], LAST = 31;

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Backpropagation stepper', python: true }), { t, make } = ui, names = model.get('names');
  const get = k => model.get(k), last = LAST;
  const nextOp = () => (get('step') < last ? get('steps')[get('step') + 1] : null);
  const asked = () => (get('predict') && nextOp() && nextOp().gradient ? nextOp() : null);
  const flat = (prefix) => PARAMETERS.flatMap(n => { const at = get('first')[prefix + n]; return [...doubles(get('values')).slice(at, at + SIZES[n])]; });

  // ---- the run: forward, backward, update, again
  function step() {
    const k = get('step');
    if (player.playing && asked()) return false;                 // a gradient to predict: wait for the learner
    if (k < last) { ui.set({ step: k + 1, verdict: '' }); return true; }
    const fresh = flat('new_');
    if (!fresh.every(Number.isFinite)) { ui.say(t('The weights are not finite any more. Press Reset and take a smaller learning rate.')); return false; }
    ui.set({ weights: fresh, step: 0, verdict: '' });
    return true;
  }
  const back = () => ui.set({ step: Math.max(0, get('step') - 1), verdict: '' });

  // ---- controls
  function field(label, read, write, { min, max, by = 0.1, where, key }) {
    const input = make('input', { type: 'number', min, max, step: by, className: 'cw-number' });
    input.setAttribute('aria-label', label);
    input.addEventListener('change', () => { const v = input.valueAsNumber; if (Number.isFinite(v)) write(clamp(v, min, max)); else ui.ask(); });
    if (!ui.hidden.has(key)) where.append(make('label', { className: 'cw-field' }, make('span', { textContent: label }), input));
    ui.draw(() => { const v = String(+read().toFixed(4)); if (document.activeElement !== input && input.value !== v) input.value = v; });
    return input;
  }
  ui.slider('step', t('operation'), { min: 0, max: last, step: 1, text: v => t('{0} of {1}', v, last) });
  const sample = make('div', { className: 'cw-fields' });
  sample.setAttribute('role', 'group'); sample.setAttribute('aria-label', t('one sample'));
  ui.controls.append(sample);
  const trait = k => [() => get(k), v => ui.set({ [k]: v })];
  field(t('x₁'), ...trait('x1'), { min: -10, max: 10, where: sample, key: 'x1' });
  field(t('x₂'), ...trait('x2'), { min: -10, max: 10, where: sample, key: 'x2' });
  field(t('target t'), ...trait('target'), { min: -10, max: 10, by: 1, where: sample, key: 'target' });
  ui.menu('activation', t('activation'), ['relu', 'tanh', 'sigmoid'].map(k => [k, k]));
  ui.menu('loss', t('loss'), [['binary_crossentropy', t('cross-entropy')], ['mean_squared_error', t('squared error')]]);
  ui.slider('learning_rate', t('learning rate'), { min: -3, max: 1, step: 0.05, from: Math.log10, to: v => +(10 ** v).toPrecision(2), text: v => number(v, v < 0.1 ? 3 : 2) });
  const one = make('div', { className: 'cw-fields' }), pick = make('select');
  pick.setAttribute('aria-label', t('weight to change'));
  names.forEach((n, i) => pick.add(new Option(n, i)));
  pick.addEventListener('change', () => ui.set({ selected: +pick.value }));
  ui.draw(() => { if (+pick.value !== get('selected')) pick.value = get('selected'); });
  const setWeight = v => { const w = [...get('weights')]; w[get('selected')] = clamp(+v.toFixed(6), -50, 50); ui.set({ weights: w }); };
  if (!ui.hidden.has('selected')) {
    one.append(make('label', { className: 'cw-field' }, make('span', { textContent: t('change weight') }), pick));
    field(t('to'), () => get('weights')[get('selected')], setWeight, { min: -50, max: 50, where: one, key: 'weights' });
    ui.controls.append(one);
  }
  ui.check('predict', t('let me predict each gradient'));
  ui.presets();
  const goal = ui.goal(t('predict 3 gradients in a row'));
  ui.footer();

  // ---- the picture
  let tags = [];
  const cv = ui.canvas({
    label: t('Network with 2 inputs, 3 hidden units and 1 output'), maxWidth: 780, height: w => (w < 560 ? 482 : 436), draw: paint,
    pointer({ x, y, kind }) {
      const hit = tags.find(r => x > r.x - r.w / 2 - 4 && x < r.x + r.w / 2 + 4 && y > r.y - r.h / 2 - 4 && y < r.y + r.h / 2 + 4);
      cv.node.style.cursor = hit ? 'pointer' : '';
      if (kind === 'down' && hit) ui.set({ selected: hit.i });
    },
    key(e) {
      const up = { ArrowUp: 0.1, ArrowDown: -0.1 }[e.key], turn = { n: 1, p: 12 }[e.key.toLowerCase()];
      if (up) { e.preventDefault(); setWeight(get('weights')[get('selected')] + up); }
      else if (turn) ui.set({ selected: (get('selected') + turn) % 13 });
      else player.key(e);
    },
  });
  const player = ui.player({ step, back, reset: () => ui.set({ step: 0, verdict: '' }), rate: 1, where: ui.stage });
  ui.stage.append(make('p', { className: 'cw-keys', textContent: t('Keys on the picture: ← → one operation, ↑ ↓ change the framed weight, N next weight, Space play, R start.') }));

  function geometry(W) {
    const narrow = W < 560, hid = narrow ? [78, 226, 374] : [72, 208, 344], bw = narrow ? 82 : 112;
    const hx = narrow ? W * 0.47 : W * 0.41, ox = narrow ? W - 44 : W * 0.705;
    return { narrow, digits: narrow ? 2 : 3, size: narrow ? 11 : 12, inputs: [hid[0] + 66, hid[2] - 66].map(y => ({ x: narrow ? 30 : 46, y, w: narrow ? 58 : 88, h: 42 })),
      hidden: hid.map(y => ({ x: hx, y, w: bw, h: 84 })), output: { x: ox, y: hid[1], w: bw, h: 84 },
      loss: narrow ? { x: ox, y: hid[1] + 148, w: bw, h: 62 } : { x: W - 54, y: hid[1], w: 100, h: 62 } };
  }
  function paint(g, W, H, theme) {
    const v = doubles(get('values')), at = get('first'), k = get('step'), ops = get('steps'), op = ops[k], G = geometry(W), n = G.digits;
    if (!v.length || !op) return;
    const val = (name, i = 0) => v[at[name] + i], when = {}, wanted = asked();
    ops.forEach((o, i) => { if (o.index !== null) when[o.index] = i; });
    const known = (name, i = 0) => k >= when[at[name] + i];
    const now = (kind, i) => op.kind === kind && (i === undefined || op.k === i);
    const isAsked = (kind, i) => wanted && wanted.kind === kind && wanted.k === i;
    const forward = FORWARD.includes(op.kind), f = x => number(x, n);
    tags = [];
    g.font = `${G.size}px ${theme.font}`; g.textBaseline = 'middle';

    // edges: solid and orange where the weight is positive, dashed and blue where it is negative; width by size
    const edge = (a, b, weight, active) => {
      const x0 = a.x + a.w / 2, x1 = b.x - b.w / 2;
      g.save(); g.strokeStyle = weight < 0 ? theme.blue : theme.orange; g.globalAlpha = active ? 1 : 0.75; g.lineWidth = (active ? 3 : 1) + Math.min(Math.abs(weight), 5);
      g.setLineDash(weight < 0 ? [6, 4] : []); g.beginPath(); g.moveTo(x0, a.y); g.lineTo(x1, b.y); g.stroke(); g.restore();
      if (active) head(x0, a.y, x1, b.y, forward ? 0.9 : 0.12, forward);
      return { x0, y0: a.y, x1, y1: b.y };
    };
    const head = (x0, y0, x1, y1, s, ahead) => {
      const a = Math.atan2(y1 - y0, x1 - x0) + (ahead ? 0 : Math.PI), x = x0 + s * (x1 - x0), y = y0 + s * (y1 - y0);
      g.fillStyle = theme.text; g.beginPath(); g.moveTo(x + 9 * Math.cos(a), y + 9 * Math.sin(a)); g.lineTo(x - 8 * Math.cos(a - 0.6), y - 8 * Math.sin(a - 0.6)); g.lineTo(x - 8 * Math.cos(a + 0.6), y - 8 * Math.sin(a + 0.6)); g.fill();
    };
    // a weight and, once reached, its gradient below it
    const tag = (x, y, i, weight, kind, j, prefix = '') => {
      const shown = known(kind, j), lines = [[prefix + f(op.kind === 'update' ? flat('new_')[i] : weight), op.kind === 'update', theme.text]];
      if (shown) lines.push(['∂ ' + f(val(kind, j)), now(kind, j), theme.purple]);
      else if (isAsked(kind, j)) lines.push(['∂ ?', true, theme.purple]);
      const w = Math.max(...lines.map(l => g.measureText(l[0]).width)) + 8, h = lines.length * 15 + 2;
      g.fillStyle = theme.page; g.globalAlpha = 0.93; g.fillRect(x - w / 2, y - h / 2, w, h); g.globalAlpha = 1;
      lines.forEach(([text, on, colour], r) => write(text, x, y - h / 2 + 8.5 + 15 * r, on, colour, w));
      if (get('selected') === i && !ui.hidden.has('selected')) { g.strokeStyle = theme.text; g.lineWidth = 1.5; g.strokeRect(x - w / 2 - 1, y - h / 2 - 1, w + 2, h + 2); }
      tags.push({ x, y, w, h, i });
    };
    const write = (text, x, y, on, colour, w, align = 'center') => {
      if (on) { g.fillStyle = theme.text; g.fillRect(align === 'center' ? x - w / 2 : x - 3, y - 7.5, w, 15); }
      g.fillStyle = on ? theme.page : colour; g.textAlign = align; g.fillText(text, x, y);
    };
    const box = (b, lines, active, title) => {
      g.fillStyle = theme.page; g.strokeStyle = active ? theme.text : theme.soft; g.lineWidth = active ? 3.5 : 1.2;
      g.beginPath(); g.roundRect(b.x - b.w / 2, b.y - b.h / 2, b.w, b.h, 9); g.fill(); g.stroke();
      if (title) { g.fillStyle = theme.soft; g.textAlign = 'center'; g.fillText(title, b.x, b.y - b.h / 2 - 10); }
      const top = b.y - (lines.length * 17) / 2 + 8.5;
      lines.forEach(([name, value, is, on, question], r) => {
        const y = top + 17 * r, colour = name[0] === '∂' ? theme.purple : theme.text, text = question ? '?' : is ? f(value) : '·';
        if (on || question) { g.fillStyle = theme.text; g.fillRect(b.x - b.w / 2 + 4, y - 8, b.w - 8, 16); }
        g.fillStyle = on || question ? theme.page : colour; g.textAlign = 'left'; g.fillText(name, b.x - b.w / 2 + 8, y);
        g.textAlign = 'right'; g.fillText(text, b.x + b.w / 2 - 8, y);
      });
    };
    const sub = '₁₂₃', d = G.narrow ? '∂' : '∂L/∂';
    const mid = (e, s) => [e.x0 + s * (e.x1 - e.x0), e.y0 + s * (e.y1 - e.y0)];
    const labels = [];
    for (let i = 0; i < 2; i++) for (let j = 0; j < 3; j++) {
      const e = edge(G.inputs[i], G.hidden[j], val('W1', 3 * i + j), now('z1', j) || now('dW1', 3 * i + j) || isAsked('dW1', 3 * i + j));
      labels.push(() => tag(...mid(e, 0.62), 3 * i + j, val('W1', 3 * i + j), 'dW1', 3 * i + j));
    }
    for (let j = 0; j < 3; j++) {
      const e = edge(G.hidden[j], G.output, val('W2', j), now('z2') || now('dW2', j) || now('da1', j) || isAsked('dW2', j));
      labels.push(() => tag(...mid(e, 0.42), 9 + j, val('W2', j), 'dW2', j));
    }
    const o = G.output, l = G.loss, back = now('dy') || isAsked('dy', 0);
    const [ax, ay, bx, by] = G.narrow ? [o.x, o.y + o.h / 2 + 32, l.x, l.y - l.h / 2] : [o.x + o.w / 2, o.y, l.x - l.w / 2, l.y];
    g.strokeStyle = theme.soft; g.lineWidth = now('loss') || back ? 3.5 : 1.2; g.beginPath(); g.moveTo(ax, ay); g.lineTo(bx, by); g.stroke();
    head(ax, ay, bx, by, op.kind === 'start' || forward ? 0.75 : 0.3, op.kind === 'start' || forward);
    labels.forEach(draw => draw());

    G.inputs.forEach((b, i) => box(b, [['x' + sub[i], val('x', i), true, false]], op.kind === 'start', G.narrow ? '' : t('sensor {0}', i + 1)));
    G.hidden.forEach((b, j) => {
      box(b, [['z' + sub[j], val('z1', j), known('z1', j), now('z1', j)], ['a' + sub[j], val('a1', j), known('a1', j), now('a1', j)],
        [d + 'a' + sub[j], val('da1', j), known('da1', j), now('da1', j), isAsked('da1', j)], [d + 'z' + sub[j], val('dz1', j), known('dz1', j), now('dz1', j), isAsked('dz1', j)]],
      ['z1', 'a1', 'da1', 'dz1', 'db1'].some(kind => now(kind, j)), t('unit {0}: {1}', j + 1, get('activation')));
      tag(b.x, b.y + b.h / 2 + 17, 6 + j, val('b1', j), 'db1', j, `b${sub[j]} `);
    });
    box(o, [['z', val('z2'), known('z2'), now('z2')], ['ŷ', val('y'), known('y'), now('y')], [d + 'ŷ', val('dy'), known('dy'), now('dy'), isAsked('dy', 0)],
      [d + 'z', val('dz2'), known('dz2'), now('dz2'), isAsked('dz2', 0)]], ['z2', 'y', 'dz2', 'db2'].some(kind => now(kind)), get('loss') === 'binary_crossentropy' ? t('output: sigmoid') : t('output: linear'));
    tag(o.x, o.y + o.h / 2 + 17, 12, val('b2'), 'db2', 0, 'c ');
    const lines = [['t', get('target'), true, false], ['L', val('loss'), known('loss'), now('loss')]];
    if (op.kind === 'update') lines.push([t('new L'), val('new_loss'), true, true]);
    box(l, lines, now('loss') || now('dy') || now('update'), G.narrow ? '' : t('loss'));
    falling(g, theme, G, W, H);
    words(op, k, val);
  }
  function falling(g, theme, G, W, H) {                          // the loss after each update, as a small curve
    const list = get('losses');
    if (list.length < 2 || G.narrow) return;
    const x = W * 0.72, w = W - x - 12, top = 338, h = 64, hi = Math.max(...list), lo = Math.min(...list, 0);
    g.strokeStyle = theme.soft; g.lineWidth = 1; g.strokeRect(x, top, w, h);
    g.strokeStyle = g.fillStyle = theme.green; g.lineWidth = 2; g.beginPath();
    list.forEach((v, i) => g.lineTo(x + 6 + (i / (list.length - 1)) * (w - 12), top + h - 6 - ((v - lo) / (hi - lo || 1)) * (h - 12))); g.stroke();
    g.fillStyle = theme.text; g.textAlign = 'left'; g.fillText(t('loss over {0} updates: {1} → {2}', list.length - 1, number(list[0], 3), number(list[list.length - 1], 3)), x, top + h + 14, W - x);
  }
  function words(op, k, val) {
    const lines = op.formula ? [op.formula, op.numbers] : [t('Every edge carries a weight, every node computes.')], own = doubles(get('own'));
    const place = { dW1: op.k, db1: 6 + op.k, dW2: 9 + op.k, db2: 12 }[op.kind];
    if (own.length && place !== undefined) {
      const mine = own[place], truth = val(op.kind, op.k);
      lines.push(Math.abs(mine - truth) <= 1e-9 * Math.max(1, Math.abs(truth)) ? t('your function: {0}  ✓ equal', number(mine, 3)) : t('your function: {0}  ✗ different', number(mine, 3)));
    }
    if (get('losses').length > 1) lines.push(t('loss after each update: {0}', get('losses').slice(-6).map(v => number(v, 3)).join(' → ')));
    ui.formula(lines);
    ui.say(t('Operation {0} of {1}. {2}', k, LAST, op.words));
    cv.describe(t('Network with 2 inputs, 3 hidden units and 1 output. Operation {0} of {1}: {2} {3}', k, LAST, op.formula || op.name, op.numbers));
    goal(get('streak') >= 3);
  }

  // ---- predict the next gradient
  const answer = make('input', { type: 'number', step: 'any', className: 'cw-number' }), title = make('span');
  const check = make('button', { type: 'submit', textContent: t('Check') }), verdict = make('span');
  verdict.setAttribute('aria-live', 'polite');
  const form = make('form', { className: 'cw-predict', hidden: true }, make('label', {}, title, answer), check, verdict);
  form.addEventListener('submit', e => { e.preventDefault(); if (Number.isFinite(answer.valueAsNumber) && asked()) { ui.set({ guess: answer.valueAsNumber, verdict: '' }); answer.value = ''; } });
  ui.stage.append(form);
  const list = make('ol', { start: 0 }), all = make('details', { className: 'cw-steps' }, make('summary', { textContent: t('All operations as a list') }), list);
  ui.stage.parentNode.append(all);
  ui.draw(() => {
    const a = asked();
    form.hidden = !get('predict'); answer.disabled = check.disabled = !a;
    title.textContent = a ? t('Your prediction: {0} =', a.name) : t('Step on to the next gradient.');
    const right = t('{0} right in a row', get('streak'));
    verdict.textContent = get('predict') ? (get('verdict') ? get('verdict') + ' ' : '') + right : '';
    if (!all.open) return;
    const ops = get('steps');
    ops.forEach((o, i) => {
      const item = list.children[i] || list.appendChild(make('li')), hidden = get('predict') && o.gradient && i > get('step');
      const text = hidden ? o.formula : [o.formula, o.numbers].join(' ') + (o.formula ? '. ' : '') + o.words;
      if (item.textContent !== text) item.textContent = text;
      if (i === get('step')) item.setAttribute('aria-current', 'step'); else item.removeAttribute('aria-current');
    });
  });
  all.addEventListener('toggle', ui.ask);
  ui.on(['x1', 'x2', 'target', 'weights', 'activation', 'loss', 'learning_rate', 'step', 'selected', 'predict', 'values', 'own', 'steps', 'losses', 'verdict', 'streak'], ui.ask);
  return ui.end;
}
export default { render };
