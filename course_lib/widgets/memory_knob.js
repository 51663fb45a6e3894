// How long a recurrent network remembers. Python has computed the curves by course_lib.nn; the two straight lines,
// (ρ max f')^steps and (σ max f')^steps, are repeated here. Tests compare them with Python.
const LEAST = 0.1, LARGEST = 10, GOAL_STEPS = 50;
/** factor^0, factor^1, ... factor^steps. */
export const straight = (factor, steps) => Array.from({ length: steps + 1 }, (_, k) => factor ** k);
/** Whole powers of ten around the curves, at least 0.01 to 10; the line `typical` is followed for a factor of 100. */
export function limits(curves, typical, least = 1e-12, largest = 1e12) {
  const all = curves.flatMap(c => [...c]);
  let low = Math.min(Math.max(Math.min(...all, 1e-2), least), 1e-2), high = Math.max(2 * Math.max(...all), 10);
  low = Math.max(Math.min(low, Math.max(Math.min(...typical), low / 100)), least);
  high = Math.min(Math.max(high, Math.min(Math.max(...typical), high * 100)), largest);
  return [10 ** Math.floor(Math.log10(low) + 1e-9), 10 ** Math.ceil(Math.log10(high) - 1e-9)];
}

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Memory knob', python: true }), { t, make } = ui, get = k => model.get(k);
  const traits = ['rho', 'activation', 'matrix', 'units', 'steps', 'impulse', 'seed', 'clip', 'clipnorm', 'at'];
  const tiny = v => (v >= 1e5 || (v > 0 && v < 1e-3) ? v.toExponential(1).replace('e+', 'e').replace('-', '−') : v >= 100 ? number(v, 0) : v >= 0.1 ? number(v) : String(+v.toPrecision(2)));
  const fine = v => String(+v.toPrecision(2));

  // ---- controls
  ui.menu('matrix', t('kind of W_hh'), get('kinds'));
  ui.menu('activation', t('activation'), [['tanh', t('tanh')], ['relu', t('relu')], ['sigmoid', t('sigmoid')], ['linear', t('linear')]]);
  ui.slider('rho', t('spectral radius ρ of W_hh'), { min: 0.1, max: 1.6, step: 0.01, text: v => number(v) });
  ui.slider('impulse', t('size of the impulse'), { min: -2, max: 1, step: 0.05, from: v => +Math.log10(v).toFixed(2), to: v => +(10 ** v).toPrecision(2), text: fine });
  const pair = make('div', { className: 'cw-pair' });
  ui.controls.append(pair);
  const units = ui.slider('units', t('units'), { min: 16, max: 32, step: 1, text: v => String(v), where: pair });
  ui.slider('steps', t('steps'), { min: 10, max: 100, step: 1, text: v => String(v), where: pair });
  const cut = make('div', { className: 'cw-pair' });
  ui.controls.append(cut);
  ui.check('clip', t('clip gradient'), cut);
  const norm = ui.slider('clipnorm', t('clipnorm'), { min: -2, max: 2, step: 0.05, from: v => +Math.log10(v).toFixed(2), to: v => +(10 ** v).toPrecision(2), text: fine, where: cut });
  ui.button(t('Other random numbers'), () => ui.set({ seed: (get('seed') + 1) % 1000 }), { key: 'seed', where: ui.bar() });
  ui.draw(() => {
    units.disabled = ['two units', 'own'].includes(get('matrix')); if (units.parentNode) units.parentNode.style.opacity = units.disabled ? 0.55 : 1;
    norm.disabled = !get('clip'); if (norm.parentNode) norm.parentNode.style.opacity = norm.disabled ? 0.55 : 1;
  });
  ui.presets();
  const goal = ui.goal(t('tanh, {0} steps or more: the gradient stays between a tenth and ten times that of the last step', GOAL_STEPS));
  ui.footer();

  function now() {
    const result = get('result'), state = doubles(get('response')), T = state.length - 1, rho = get('rho');
    return { result, state, gradient: doubles(get('gradient')), most: doubles(get('most')), T, rho, typical: straight(rho * result.slope, T), bound: straight(result.sigma * result.slope, T) };
  }
  // ---- the picture: two plots over time, beside them the eigenvalues and what the lines mean
  const HIGH = 134, GAP = 34, TOP = 24;
  let place = null, look = null, dragging = false;
  const wide = W => W >= 500, legendRows = () => (get('clip') ? 7 : 6);
  const cv = ui.canvas({
    label: t('Memory over time'), maxWidth: 900, height: W => TOP + 2 * HIGH + GAP + 42 + (wide(W) ? 0 : 19 * legendRows() + 124),
    draw(g, W, H, theme) {
      const n = now(), { T } = n, big = wide(W), left = 46, width = W - left - (big ? 196 : 12), at = clamp(get('at'), 0, T), shown = Math.min(look ?? at, T);   // there may be fewer steps now than where the pointer rests
      const end = list => list.slice().reverse(), text = (s, x, y, align = 'left', c = theme.text, bold = '') => { g.font = `${bold} 12px ${theme.font}`; g.textAlign = align; g.textBaseline = 'middle'; g.fillStyle = c; g.fillText(s, x, y); };
      const clipped = get('clip') ? [...n.gradient].map(v => v * n.result.factor) : null;
      const plots = [
        { title: big ? t('state |h|, as a multiple of the impulse') : t('state |h|, by the impulse'), way: '→', curves: [['state', n.state, theme.blue, 3, 'circle']], typical: n.typical, bound: n.bound },
        { title: big ? t('gradient |dL/dh|, as a multiple of the last step\'s') : t('gradient |dL/dh|, by the last step\'s'), way: '←', typical: end(n.typical), bound: end(n.bound),
          curves: [['most', n.most, theme.yellow, 1.5, 'square'], ['gradient', n.gradient, theme.orange, 3, 'circle'], ...(clipped ? [['clipped', clipped, theme.green, 2, 'triangle']] : [])] },
      ];
      const X = k => left + (k / T) * width;
      plots.forEach((p, i) => {
        const top = TOP + i * (HIGH + GAP), [low, high] = limits(p.curves.map(c => c[1]), p.typical), decades = Math.round(Math.log10(high / low));
        const plot = axes(g, theme, { left, top, width, height: HIGH, x: [0, T], y: [low, high], log: { y: true }, xticks: i ? ticks(0, T, 5) : [], yticks: powers(low, high, Math.ceil(decades / 5)), ytext: power, xlabel: i ? t('step t') : '' });
        text(`${p.way} ${p.title}`, left, top - 10, 'left', theme.text, '600');
        g.save(); plot.clip();
        g.fillStyle = theme.green; g.globalAlpha = 0.12; g.fillRect(left, plot.Y(LARGEST), width, plot.Y(LEAST) - plot.Y(LARGEST)); g.globalAlpha = 1;
        const trace = (list, c, w, dash) => { g.strokeStyle = c; g.lineWidth = w; g.setLineDash(dash); g.beginPath(); for (let k = 0; k <= T; k++) g.lineTo(X(k), clamp(plot.Y(Math.max(list[k], low / 1e3)), top - 500, top + HIGH + 500)); g.stroke(); g.setLineDash([]); };
        trace(p.bound, theme.purple, 2.5, [2, 4]); trace(p.typical, theme.text, 1.5, [7, 4]);
        for (const [name, list, c, w] of p.curves) trace(list, c, w, name === 'clipped' ? [9, 3, 2, 3] : []);
        g.restore();
        g.strokeStyle = theme.text; g.lineWidth = 1; g.setLineDash(shown === at ? [] : [3, 3]); g.beginPath(); g.moveTo(X(shown), top); g.lineTo(X(shown), top + HIGH); g.stroke(); g.setLineDash([]);
        for (const [, list, c, , shape] of p.curves) { mark(g, shape, X(shown), clamp(plot.Y(Math.max(list[shown], low / 1e3)), top, top + HIGH), 4.5); g.fillStyle = c; g.fill(); g.strokeStyle = theme.page; g.lineWidth = 1.5; g.stroke(); }
      });
      place = { left, width, T, at: x => clamp(Math.round(((x - left) / width) * T), 0, T) };

      // ---- what the lines mean, and where the eigenvalues lie
      const per = v => number(v * n.result.slope), x0 = big ? W - 182 : left, items = [
        ['line', theme.blue, 3, [], t('state')], ['line', theme.orange, 3, [], t('gradient, one direction')], ['line', theme.yellow, 1.5, [], t('any direction, at most')],
        ['line', theme.text, 1.5, [7, 4], t('ρ · max f′ = {0} a step', per(n.rho))], ['line', theme.purple, 2.5, [2, 4], t('bound: σ · max f′ = {0}', per(n.result.sigma))],
        ...(clipped ? [['line', theme.green, 2, [9, 3, 2, 3], t('gradient after clipping')]] : []), ['band', theme.green, 0, [], t('kept: 0.1 to 10 times')]];
      let y = big ? TOP + 196 : TOP + 2 * HIGH + GAP + 52;
      for (const [kind, c, w, dash, words] of items) {
        if (kind === 'band') { g.globalAlpha = 0.2; g.fillStyle = c; g.fillRect(x0, y - 6, 26, 12); g.globalAlpha = 1; } else { g.strokeStyle = c; g.lineWidth = w; g.setLineDash(dash); g.beginPath(); g.moveTo(x0, y); g.lineTo(x0 + 26, y); g.stroke(); g.setLineDash([]); }
        text(words, x0 + 32, y); y += 19;
      }
      eigen(g, theme, n, big ? [W - 98, TOP + 84, 72] : [left + 52, y + 52, 50], text, big);
      words(n, shown);
    },
    pointer({ x, kind }) {
      if (!place) return;
      const inside = x >= place.left - 8 && x <= place.left + place.width + 8, before = look;
      if (kind === 'down') dragging = inside;
      if (dragging && (kind === 'down' || kind === 'move')) ui.set({ at: place.at(x) });
      if (kind === 'up') dragging = false;
      look = kind === 'move' && inside && !dragging ? place.at(x) : null;
      if (look !== before) ui.ask();
    },
    key(e) {
      const move = ui.arrows[e.key], T = now().T, at = clamp(get('at'), 0, T), to = k => ui.set({ at: clamp(k, 0, T) });
      if (!move && !['PageUp', 'PageDown', 'Home', 'End'].includes(e.key)) return;
      e.preventDefault();
      if (move && move[0]) to(at + move[0]);
      else if (move) ui.set({ rho: +clamp(get('rho') + 0.01 * move[1], 0.1, 1.6).toFixed(2) });
      else to({ PageUp: at + 10, PageDown: at - 10, Home: 0, End: T }[e.key]);
    },
  });
  /** The eigenvalues of W_hh, the circles of radius 1, ρ and σ. */
  function eigen(g, theme, n, [x, y, r], text, big) {
    const points = doubles(get('eigenvalues')), scale = r / (Math.max(1, n.result.sigma) * 1.06);
    const circle = (radius, c, w, dash) => { g.strokeStyle = c; g.lineWidth = w; g.setLineDash(dash); g.beginPath(); g.arc(x, y, radius * scale, 0, 7); g.stroke(); g.setLineDash([]); };
    g.strokeStyle = theme.grid; g.lineWidth = 1; g.beginPath(); g.moveTo(x - r, y); g.lineTo(x + r, y); g.moveTo(x, y - r); g.lineTo(x, y + r); g.stroke();
    circle(1, theme.soft, 1, []); circle(n.result.sigma, theme.purple, 2, [2, 4]); circle(n.rho, theme.text, 1.5, [7, 4]);
    for (let k = 0; k < points.length; k += 2) { mark(g, 'diamond', x + points[k] * scale, y - points[k + 1] * scale, big ? 3 : 2); g.fillStyle = theme.blue; g.fill(); }
    const sizes = `ρ = ${number(n.rho)}   σ = ${number(n.result.sigma)}`;
    if (!big) { text(t('◆ eigenvalues'), x + r + 14, y - 10, 'left', theme.text, '600'); text(sizes, x + r + 14, y + 10); } else { text(t('◆ eigenvalues of W_hh'), x, TOP - 10, 'center', theme.text, '600'); text(sizes, x, y + r + 14, 'center'); }
  }
  ui.stage.append(make('p', { className: 'cw-keys', textContent: t('Dashed: what the spectral radius ρ promises in the long run. It is no bound; the dotted line, with the largest singular value σ, is. Drag, or ← →: the step. ↑ ↓: ρ.') }));

  // ---- in formulas and in words
  const SUP = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' }, sup = k => [...String(k)].map(c => SUP[c]).join('');
  function words(n, k) {
    const { result: r, T } = n, back = T - k, name = { vanishing: t('vanishing'), kept: t('kept'), exploding: t('exploding') };
    let low = Infinity, high = 0, top = 0;
    for (let i = 0; i <= T; i++) { low = Math.min(low, n.gradient[i]); high = Math.max(high, n.gradient[i]); top = Math.max(top, n.most[i]); }
    goal(get('activation') === 'tanh' && T >= GOAL_STEPS && get('steps') >= GOAL_STEPS && low >= LEAST && high <= LARGEST);
    const lines = (steps) => `(ρ·max f′)${sup(steps)} = ${number(n.rho * r.slope)}${sup(steps)} = ${tiny(n.typical[steps])}   (σ·max f′)${sup(steps)} = ${number(r.sigma * r.slope)}${sup(steps)} = ${tiny(n.bound[steps])}`;
    ui.formula([t('t = {0}, {1} steps after the impulse: |h| is {2} times the impulse', k, k, tiny(n.state[k])), '   ' + lines(k),
      t('t = {0}, {1} steps before the end: |dL/dh| is {2} times the last (at most {3})', k, back, tiny(n.gradient[k]), tiny(n.most[k])), '   ' + lines(back),
      ...(get('clip') ? [r.factor < 1 ? t('all weights: gradient of length {0}, clipped to {1}: all of it times {2}', tiny(r.length), fine(get('clipnorm')), tiny(r.factor)) : t('all weights: gradient of length {0}, below clipnorm: nothing is clipped', tiny(r.length))] : [])]);
    const text = t('At the end {0} times the impulse is left: {1}. At step 0 {2} times the last gradient arrives: {3}.', tiny(n.state[T]), name[r.state], tiny(n.gradient[0]), name[r.gradient])
      + (r.above ? ' ' + t('A gradient can grow to {0} times on its way, although ρ·max f′ = {1} is not above 1: the spectral radius is no bound.', tiny(top), number(n.rho * r.slope)) : '');
    ui.say(text);
    cv.describe(t('State and gradient over {0} steps, on logarithmic axes. {1} Arrow keys left and right choose a step, up and down turn the knob ρ.', T, text));
  }
  ui.on([...traits, 'response', 'gradient', 'most', 'eigenvalues', 'result'], ui.ask);
  return ui.end;
}
export default { render };
