// Python has computed q, k, v, the scores and the weights; this file draws them and tells the sum behind each number.
/** How many words get attention: exp(−Σ a log a), 1 if one gets all, T if all get the same. */
export const lookedAt = row => Math.exp(-row.reduce((sum, a) => sum + (a > 0 ? a * Math.log(a) : 0), 0));
/** Softmax, masked entries (from `real` on, if masked) with weight 0. */
export function softmaxRow(scores, real) {
  const most = Math.max(...scores.slice(0, real)), e = scores.map((s, j) => (j < real ? Math.exp(s - most) : 0)), sum = e.reduce((a, b) => a + b, 0);
  return e.map(v => v / sum);
}
export const share = y => softmaxRow(y, y.length);

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Attention picture', python: true }), { t, make } = ui, get = k => model.get(k);
  const NAMES = ['q_sent', 'k_sent', 'v_sent', 'scores', 'weights_sent', 'answers'];
  const fixed = (v, digits = 2, inside = false) => number(Math.abs(v) < 0.5 * 10 ** -digits ? 0 : v, digits, inside);
  const short = (text, most) => ([...text].length > most ? [...text].slice(0, most - 1).join('') + '…' : text);
  let data = {}, spots = null, hover = null;
  const load = () => { for (const name of NAMES) data[name] = doubles(get(name)); ui.ask(); };
  load(); ui.on(NAMES, load);
  ui.on(['tokens', 'known', 'trained', 'message', 'shape', 'columns', 'away', 'own_differs', 'text', 'word', 'key', 'weights', 'scale', 'temperature', 'padding', 'mask', 'dimension', 'guess_first', 'guess', 'texts'], ui.ask);
  // What Python sends together arrives one by one: only what fits together is drawn.
  function now() {
    const [Tq, Tk, d, D] = get('shape'), tokens = get('tokens'), q = data.q_sent, A = data.weights_sent;
    const fits = Tq > 0 && Tk >= Tq && tokens.length === Tq && get('known').length === Tq && q.length === Tq * d && data.k_sent.length === Tk * d && data.v_sent.length === Tk * D
      && A.length === Tq * Tk && data.scores.length === Tq * Tk && data.answers.length === Tq * D && get('columns').length === D;
    const i = clamp(get('word'), 1, Math.max(1, Tq)) - 1, row = fits ? Array.from(A.subarray(i * Tk, (i + 1) * Tk)) : [];
    const largest = row.indexOf(Math.max(...row)), key = clamp(get('key'), 0, Tk), asking = get('guess_first') && get('guess') === 0;
    const j = key ? key - 1 : asking ? -1 : largest, real = get('mask') && get('weights') !== 'own' ? Tq : Tk;
    const y = fits ? Array.from(data.answers.subarray(i * D, (i + 1) * D)) : [];
    return { Tq, Tk, d, D, tokens, fits, i, j, row, largest, asking, real, y, known: get('known'), name: n => (n < Tq ? tokens[n] : t('padding')), learned: get('columns')[0] !== 'v1' && get('weights') === 'learned' };
  }

  // ---- controls
  const field = (key, label, node) => {
    if (ui.hidden.has(key)) return node;
    node.setAttribute('aria-label', label);
    ui.controls.append(make('label', { className: 'cw-token-field' }, make('span', { textContent: label }), node));
    return node;
  };
  const ask = state => ui.set({ guess: 0, key: 0, ...state });
  const text = field('text', t('text (type your own)'), make('textarea', { maxLength: 300, spellcheck: false }));
  text.addEventListener('input', () => ask({ text: text.value }));
  ui.draw(() => { if (text.value !== get('text')) text.value = get('text'); });
  const list = field('texts', t('or choose a text'), make('select')), fill = () => {
    list.replaceChildren(new Option(t('your own'), ''), ...get('texts').map(one => new Option(short(one, 60), one)));
  };
  fill(); ui.on(['texts'], fill);
  list.addEventListener('change', () => { if (list.value) ask({ text: list.value, word: 1 }); });
  ui.draw(() => { const v = get('texts').includes(get('text')) ? get('text') : ''; if (list.value !== v) list.value = v; });
  ui.menu('weights', t('q, k and v are'), [['learned', t('learned')], ['random', t('random')]]);
  const pair = () => { const node = make('div', { className: 'cw-pair' }); ui.controls.append(node); return node; };
  const sliders = pair();
  const dimension = ui.slider('dimension', t('random: d'), { min: 1, max: 6, step: 1, from: v => Math.round(Math.log2(v)), to: v => 2 ** v, text: String, where: sliders });
  ui.draw(() => { const no = get('weights') !== 'random'; if (dimension.disabled !== no) { dimension.disabled = no; dimension.parentNode.style.opacity = no ? 0.55 : 1; } });
  ui.slider('padding', t('padding'), { min: 0, max: 6, step: 1, text: String, where: sliders });
  ui.slider('temperature', t('temperature'), { min: -3, max: 4, step: 0.125, from: v => Math.round(8 * Math.log2(v)) / 8, to: v => 2 ** v, text: v => number(v, 2) });
  const checks = make('div', { className: 'cw-bar' });
  ui.controls.append(checks);
  ui.check('scale', t('divide by √d'), checks);
  ui.check('mask', t('mask padding'), checks);
  ui.check('guess_first', t('let me guess first'), checks);
  ui.presets();
  const goal = get('weights') === 'own' ? () => {} : ui.goal(t('Random, d ≥ 16, √d off: get the scaled weights back by the temperature'));
  ui.footer();

  // ---- the picture: who asks and who is asked, the matrix, the answer
  const high = s => clamp(Math.floor(250 / Math.max(s.Tk, 1)), 16, 33), HEAD = 24, TILT = 56, BARS = 68;
  const parts = W => (W > 520 ? { left: Math.round(W * 0.5), heat: W - Math.round(W * 0.5) - 16, x: Math.round(W * 0.5) + 16, wide: true } : { left: W, heat: W, x: 0, wide: false });
  const cellOf = (s, W) => Math.max(8, Math.min(high(s), (parts(W).heat - 92) / s.Tk)), leftHigh = s => HEAD + s.Tk * high(s) + 6, heatHigh = (s, W) => TILT + s.Tq * cellOf(s, W) + 24;
  const fontOf = (theme, weight = 400, size = 13) => `${weight} ${size}px ${theme.font}, sans-serif`;
  const picture = ui.canvas({
    label: t('Attention between the words of a text'), maxWidth: 800,
    height: W => { const s = now(); if (!s.fits) return 90; const both = parts(W).wide ? Math.max(leftHigh(s), heatHigh(s, W)) : leftHigh(s) + heatHigh(s, W) + 8; return both + (s.learned ? BARS : 0); },
    draw(g, W, H, theme) {
      const s = now(), { left, heat, x, wide } = parts(W);
      spots = null; g.textBaseline = 'middle';
      if (!s.fits) return silent(g, W, theme, s);
      const boxed = (bx, y, w, rowHigh) => { const tall = Math.max(rowHigh - 4, 15.5); g.strokeRect(bx, y - tall / 2, w, tall); };
      const h = high(s), mid = n => HEAD + (n + 0.5) * h, row = s.row;
      // left: lines from the word that asks
      g.font = fontOf(theme);
      const label = n => (n < s.Tq && !s.known[n] ? `? ${s.tokens[n]}` : s.name(n)), most = left * 0.3;
      const side = Math.min(most, Math.max(...s.tokens.map((_, n) => g.measureText(label(n)).width)) + 10), tail = Math.min(most, Math.max(...row.map((_, n) => g.measureText(label(n)).width)) + 14);
      const from = side + 8, to = left - tail - 56;
      g.font = fontOf(theme, 600, 12); g.fillStyle = theme.text; g.textAlign = 'right'; g.fillText(t('asks'), side, 10, side); g.textAlign = 'left'; g.fillText(t('is asked'), to + 8, 10, tail); g.textAlign = 'right'; g.fillText(t('weight'), left - 2, 10, 50);
      for (let n = 0; n < s.Tk; n++) {
        const a = row[n], off = n >= s.real;
        g.strokeStyle = n === s.j ? theme.orange : theme.blue; g.globalAlpha = off ? 0.35 : s.asking ? 0.4 : n === s.j ? 1 : 0.75;
        g.lineWidth = off || s.asking ? 1 : 0.8 + a * Math.min(16, h * 0.62); g.setLineDash(off || s.asking ? [3, 3] : []);
        g.beginPath(); g.moveTo(from, mid(s.i)); g.bezierCurveTo(from + (to - from) * 0.5, mid(s.i), from + (to - from) * 0.5, mid(n), to, mid(n)); g.stroke();
      }
      g.globalAlpha = 1; g.setLineDash([]);
      for (let n = 0; n < s.Tq; n++) {
        if (n === s.i) { g.strokeStyle = theme.text; g.lineWidth = 1.5; boxed(0.75, mid(n), side + 5, h); }
        g.fillStyle = theme.text; g.textAlign = 'right'; g.font = fontOf(theme, n === s.i ? 700 : 400); g.fillText(label(n), side, mid(n), side - 6);
      }
      for (let n = 0; n < s.Tk; n++) {
        if (n === s.j) { g.strokeStyle = theme.orange; g.lineWidth = 2; boxed(to + 3, mid(n), left - to - 4, h); }
        const off = n >= s.real, weight = n === s.j || (!s.asking && n === s.largest) ? 700 : 400;
        g.fillStyle = theme.text; g.textAlign = 'left'; g.font = fontOf(theme, weight); g.globalAlpha = off ? 0.65 : 1;
        g.fillText((get('guess') === n + 1 ? '★ ' : '') + label(n), to + 8, mid(n), tail - 4);
        g.textAlign = 'right'; g.fillText(off ? t('masked') : s.asking ? '?' : fixed(row[n], 2), left - 5, mid(n), 44); g.globalAlpha = 1;
      }
      // right: the whole matrix
      const y0 = wide ? 0 : leftHigh(s) + 8, cell = cellOf(s, W), hx = x + 74, hy = y0 + TILT;
      g.font = fontOf(theme, 400, 12);
      for (let n = 0; n < s.Tk; n++) {
        g.save(); g.translate(hx + (n + 0.5) * cell, hy - 5); g.rotate(-Math.PI / 3.2); g.fillStyle = theme.text; g.textAlign = 'left'; g.globalAlpha = n >= s.real ? 0.65 : 1; g.font = fontOf(theme, n === s.j ? 700 : 400, 12); g.fillText(n < s.Tq ? short(s.name(n), 9) : t('pad'), 0, 0, 58); g.restore();
      }
      for (let r = 0; r < s.Tq; r++) {
        g.fillStyle = theme.text; g.textAlign = 'right'; g.font = fontOf(theme, r === s.i ? 700 : 400, 12); g.fillText(short(s.tokens[r], 10), hx - 6, hy + (r + 0.5) * cell, 66);
        for (let n = 0; n < s.Tk; n++) {
          const a = data.weights_sent[r * s.Tk + n], bx = hx + n * cell, by = hy + r * cell;
          g.fillStyle = theme.page; g.fillRect(bx, by, cell, cell);
          if (!s.asking && n < s.real) { g.globalAlpha = a; g.fillStyle = theme.blue; g.fillRect(bx, by, cell, cell); g.globalAlpha = 1; }
          g.strokeStyle = theme.grid; g.lineWidth = 1; g.strokeRect(bx + 0.5, by + 0.5, cell - 1, cell - 1);
          if (n >= s.real) { g.strokeStyle = theme.soft; g.globalAlpha = 0.5; g.beginPath(); g.moveTo(bx + 3, by + cell - 3); g.lineTo(bx + cell - 3, by + 3); g.stroke(); g.globalAlpha = 1; }
          else if (cell >= 24) { g.fillStyle = !s.asking && a > 0.55 ? theme.page : theme.text; g.textAlign = 'center'; g.font = fontOf(theme, 400, cell >= 30 ? 11 : 10); g.fillText(s.asking ? '?' : fixed(a, 2), bx + cell / 2, by + cell / 2 + 0.5); }
        }
      }
      frame(g, theme, { left: hx, top: hy, cell }, s.i, 0, 1, s.Tk, theme.text);
      if (s.j >= 0) frame(g, theme, { left: hx, top: hy, cell }, s.i, s.j, 1, 1);
      g.font = fontOf(theme, 400, 12); g.fillStyle = theme.text; g.textAlign = 'left';
      g.fillText(t('rows ask, columns are asked'), hx, hy + s.Tq * cell + 14, heat - 78);
      // the answer, from the layer that was trained
      if (s.learned) {
        const p = share(s.y), top = H - BARS + 24, width = W / s.D, best = p.indexOf(Math.max(...p));
        g.font = fontOf(theme, 600); g.fillStyle = theme.text; g.textAlign = 'left'; g.fillText(t('the answer for “{0}”: softmax(y)', short(s.tokens[s.i], 16)), 0, top - 12, W);
        get('columns').forEach((name, c) => {
          const bx = c * width;
          g.strokeStyle = theme.soft; g.lineWidth = 1; g.strokeRect(bx + 0.5, top + 18.5, width - 9, 8);
          if (!s.asking) { g.fillStyle = c === best ? theme.green : theme.blue; g.fillRect(bx + 1, top + 19, p[c] * (width - 10), 7); }
          g.fillStyle = theme.text; g.textAlign = 'left'; g.font = fontOf(theme, !s.asking && c === best ? 700 : 400, 12); g.fillText(name, bx, top + 9, width - 8); g.fillText(s.asking ? '?' : `${number(100 * p[c], 0)} %`, bx, top + 36, width - 8);
        });
      }
      spots = { side, to, left, h, hx, hy, cell };
      words(s);
    },
    pointer({ x, y, kind }) {
      const s = now();
      if (!spots || !s.fits) return;
      const n = Math.floor((y - HEAD) / spots.h), [r, c] = [Math.floor((y - spots.hy) / spots.cell), Math.floor((x - spots.hx) / spots.cell)];
      const onQuery = x <= spots.side + 8 && x >= 0 && n >= 0 && n < s.Tq, onKey = x >= spots.to - 4 && x <= spots.left && n >= 0 && n < s.Tk, onCell = c >= 0 && c < s.Tk && r >= 0 && r < s.Tq;
      hover = kind === 'leave' ? null : onCell ? [r, c] : onKey ? [s.i, n] : null;
      if (kind === 'down' && onQuery && n !== s.i) ask({ word: n + 1 });
      else if (kind === 'down' && onKey) ui.set(s.asking ? { guess: n + 1, key: 0 } : { key: n + 1 });
      else if (kind === 'down' && onCell) (r !== s.i ? ask({ word: r + 1, key: get('guess_first') ? 0 : c + 1 }) : ui.set(s.asking ? { guess: c + 1, key: 0 } : { key: c + 1 }));
      ui.ask();
    },
    key(e) {
      const s = now(), move = ui.arrows[e.key];
      if (!s.fits) return;
      if (move && move[1]) { const to = clamp(s.i - move[1], 0, s.Tq - 1); if (to !== s.i) ask({ word: to + 1 }); }
      else if (move) ui.set({ key: clamp(s.j + move[0], 0, s.Tk - 1) + 1 });
      else if (e.key === 'Home' || e.key === 'End') { const to = e.key === 'Home' ? 0 : s.Tq - 1; if (to !== s.i) ask({ word: to + 1 }); }
      else if (e.key === 'Enter' && s.asking && s.j >= 0) ui.set({ guess: s.j + 1, key: 0 });
      else return;
      e.preventDefault();
    },
  });
  function silent(g, W, theme, s) {
    g.font = fontOf(theme, 600); g.textAlign = 'left'; g.fillStyle = theme.text; g.fillText(s.tokens.join('  '), 0, 12, W);
    let line = '', top = 38;
    g.font = fontOf(theme);
    const put = () => { g.fillText(line, 0, top, W); top += 18; line = ''; };
    for (const part of (get('message') || '').match(/[\u3000-\u9fff]|[^\s\u3000-\u9fff]+|\s+/g) || []) { if (line && g.measureText(line + part).width > W) put(); line += line ? part : part.trimStart(); }
    if (line) put();
    goal(false); ui.formula([]); ui.say(get('message')); picture.describe(t('Attention between the words of a text. {0}', get('message') || ''));
  }
  ui.stage.append(make('p', { className: 'cw-keys', textContent: t('Click a word, or use the keys: ↑ ↓ the word that asks, ← → the word that is asked.') }));

  // ---- in words
  function words(s) {
    const random = get('weights') === 'random', T = get('temperature'), scaled = get('scale'), lines = [];
    goal(random && get('dimension') >= 16 && !scaled && get('away') < 0.01);
    let said;
    if (s.asking) {
      said = t('“{0}” asks. Which word gets the largest weight? Click it on the right, or choose it with ← → and press Enter.', s.tokens[s.i]);
    } else {
      const [i, j] = hover && hover[0] < s.Tq && hover[1] < s.Tk ? hover : [s.i, s.j];
      const q = data.q_sent.subarray(i * s.d, (i + 1) * s.d), k = data.k_sent.subarray(j * s.d, (j + 1) * s.d), row = Array.from(data.weights_sent.subarray(i * s.Tk, (i + 1) * s.Tk)), scores = Array.from(data.scores.subarray(i * s.Tk, (i + 1) * s.Tk));
      const dot = q.reduce((sum, v, n) => sum + v * k[n], 0), product = n => `${fixed(q[n], 2, true)}·${fixed(k[n], 2, true)}`, by = [...(scaled ? [`√${s.d}`] : []), ...(T !== 1 ? [number(T, 2)] : [])];
      const sum = s.d <= 3 ? Array.from(q, (_, n) => product(n)).join(' + ') : t('{0} + … ({1} products)', `${product(0)} + ${product(1)}`, s.d);
      lines.push(`${t('score')}(${s.name(i)}, ${s.name(j)}) = q·k${scaled ? ' / √d' : ''}${T !== 1 ? ` / ${t('temperature')}` : ''} = (${sum})${by.map(v => ` / ${v}`).join('')}${by.length ? ` = ${fixed(dot, 2)}${by.map(v => ` / ${v}`).join('')}` : ''} = ${fixed(scores[j], 2)}`);
      if (j >= s.real) lines.push(t('weight = 0: padding is masked, its score counts as −∞'));
      else {
        const e = scores.slice(0, s.real).map(Math.exp), total = e.reduce((a, b) => a + b, 0), shown = e.map((_, n) => `e^${fixed(scores[n], 1)}`);
        lines.push(`${t('weight')} = e^${fixed(scores[j], 2)} / (${shown.length > 5 ? [...shown.slice(0, 3), '…', shown[shown.length - 1]].join(' + ') : shown.join(' + ')}) = ${number(e[j], 2)} / ${number(total, 2)} = ${fixed(row[j], 3)}`);
      }
      const y = Array.from(data.answers.subarray(i * s.D, (i + 1) * s.D)), c = y.indexOf(Math.max(...y)), order = row.map((_, n) => n).filter(n => n < s.real).sort((a, b) => row[b] - row[a]);
      lines.push(`y[${get('columns')[c]}] = Σ ${t('weight')} · v = ${order.slice(0, 3).map(n => `${fixed(row[n], 2)}·${fixed(data.v_sent[n * s.D + c], 2, true)}`).join(' + ')}${order.length > 3 ? ' + …' : ''} = ${fixed(y[c], 2)}`);
      if (random) lines.push(t('largest difference to the weights with √d and temperature 1: {0}', fixed(get('away'), 3)));
      if (get('own_differs') >= 0) lines.push(get('own_differs') ? t('your function: another y for {0} of {1} words', get('own_differs'), s.Tq) : t('your function: all {0} answers as by course_lib.nn', s.Tq));
      said = t('“{0}” gives “{1}” the weight {2}, and looks at {3} words.', s.tokens[i], s.name(j), fixed(row[j], 2), number(lookedAt(row), 1));
      if (s.learned) { const p = share(y), best = p.indexOf(Math.max(...p)); said += ' ' + t('Its answer: {0} {1} %.', get('columns')[best], number(100 * p[best], 0)); if (!get('trained')[i]) said += ' ' + t('It was never asked for an answer in the training.'); }
      if (s.Tk > s.Tq && !get('mask')) said += ' ' + t('Padding takes {0} %.', number(100 * row.slice(s.Tq).reduce((a, b) => a + b, 0), 0));
      if (get('guess_first')) said = (get('guess') - 1 === s.largest ? t('Your guess “{0}” is right.', s.name(get('guess') - 1)) : t('You guessed “{0}”; the largest weight goes to “{1}”.', s.name(get('guess') - 1), s.name(s.largest))) + ' ' + said;
    }
    ui.formula(lines);
    ui.say(said);
    picture.describe(t('Lines from the word that asks to all words, wide where the weight is large, and the matrix of all weights. {0} Arrow keys up and down choose the word that asks, left and right the word that is asked.', said));
  }
  return ui.end;
}
export default { render };
