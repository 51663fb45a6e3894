// Python has read the text, asked the model, and looked for neighbours; this file draws what it found and tells the sum
// behind each number.
const PAIRS = { '1 and 2': [0, 1], '1 and 3': [0, 2], '2 and 3': [1, 2] };
const SURE = 0.9, CALM = 0.05, DIFFERENT = 4;
/** What the decision loses without each word, from the shares (C) and those without each word (T, C); NaN: none is left. */
export function lost(shares, without) {
  const C = shares.length, best = shares.indexOf(Math.max(...shares));
  return Array.from({ length: C ? without.length / C : 0 }, (_, k) => shares[best] - without[k * C + best]);
}
/** So sure, with so many different known words, and none of them is needed. */
export const calm = (shares, losses, words) => shares.length > 0 && Math.max(...shares) >= SURE && new Set(words).size >= DIFFERENT
  && Math.max(...losses.map(v => (Number.isNaN(v) ? 0 : v))) <= CALM;
/** Places for labels beside their dots, none over another; boxes: {x, y, w, must}. Returns [left, top] or null for each. */
export function placeLabels(items, { left, top, right, bottom, high = 14 }) {
  const taken = items.map(i => [i.x - 3, i.y - 3, i.x + 3, i.y + 3]), own = new Map(items.map((item, k) => [item, taken[k]]));
  const hits = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
  return items.map(item => {
    const { x, y, w } = item, gap = 7;
    const tries = [[x + gap, y - high / 2], [x - gap - w, y - high / 2], [x - w / 2, y - high - 4], [x - w / 2, y + 5],
      [x + gap - 2, y - high - 1], [x + gap - 2, y + 2], [x - gap + 2 - w, y - high - 1], [x - gap + 2 - w, y + 2]];
    if (item.must) for (const d of [26, 42, 60]) tries.push([x + gap, y - high / 2 - d], [x + gap, y - high / 2 + d], [x - gap - w, y - high / 2 - d], [x - gap - w, y - high / 2 + d]);
    for (const [l, t] of tries) {
      const box = [l, t, l + w, t + high];
      if (l < left || t < top || l + w > right || t + high > bottom || taken.some(other => other !== own.get(item) && hits(box, other))) continue;
      taken.push(box);
      return [l, t];
    }
    return null;
  });
}

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Token explorer', python: true }), { t, make } = ui, get = k => model.get(k);
  const percent = v => `${number(100 * v, 0)} %`, points = v => (v > 0 ? '+' : '') + number(100 * v, 0);
  const short = (text, most) => ([...text].length > most ? [...text].slice(0, most - 1).join('') + '…' : text);
  let without, places, rows = null, spots = [], hover = null, picked = 0;
  const load = () => { without = doubles(get('without')); places = doubles(get('map_sent')); ui.ask(); };
  load(); ui.on(['without', 'map_sent'], load);
  ui.on(['near'], () => { picked = 0; hover = null; });
  ui.on(['tokens', 'known', 'reads', 'message', 'shares', 'about', 'near', 'map_words', 'map_cosines', 'place', 'word', 'text', 'neighbours', 'words', 'axes', 'texts', 'class_names'], ui.ask);
  // What Python sends together arrives one by one: only what fits together is drawn.
  function now() {
    const tokens = get('tokens'), shares = get('shares'), fits = shares.length > 0 && without.length === tokens.length * shares.length && get('known').length === tokens.length;
    const at = clamp(get('place'), 1, Math.max(1, tokens.length)) - 1, best = shares.indexOf(Math.max(...shares)), C = shares.length;
    return { tokens, shares, fits, at, best, C, known: get('known'), row: k => Array.from(without.subarray(k * C, (k + 1) * C)), losses: fits ? lost(shares, without) : [] };
  }

  // ---- controls
  const field = (key, label, node) => {
    if (ui.hidden.has(key)) return node;
    node.setAttribute('aria-label', label);
    ui.controls.append(make('label', { className: 'cw-token-field' }, make('span', { textContent: label }), node));
    return node;
  };
  const text = field('text', t('text (type your own)'), make('textarea', { maxLength: 300, spellcheck: false }));
  text.addEventListener('input', () => ui.set({ text: text.value }));
  ui.draw(() => { if (text.value !== get('text')) text.value = get('text'); });
  if (get('texts').length) {
    const list = field('texts', t('or choose a text'), make('select')), fill = () => {
      list.replaceChildren(new Option(t('your own'), ''), ...get('texts').map(one => new Option(short(one, 60), one)));
    };
    fill(); ui.on(['texts'], fill);
    list.addEventListener('change', () => { if (list.value) ui.set({ text: list.value, word: '', place: 1 }); });
    ui.draw(() => { const v = get('texts').includes(get('text')) ? get('text') : ''; if (list.value !== v) list.value = v; });
  }
  const word = field('word', t('neighbours of another word'), make('input', { type: 'text', maxLength: 40, spellcheck: false, placeholder: t('empty: the chosen word') }));
  word.addEventListener('input', () => ui.set({ word: word.value }));
  ui.draw(() => { if (word.value !== get('word') && (document.activeElement !== word || !word.value.trim().toLowerCase().startsWith(get('word')) || !get('word'))) word.value = get('word'); });
  const pair = make('div', { className: 'cw-pair' });
  ui.controls.append(pair);
  ui.slider('neighbours', t('neighbours'), { min: 1, max: 10, step: 1, text: String, where: pair });
  ui.slider('words', t('on the map'), { min: 10, max: 200, step: 10, text: String, where: pair });
  ui.menu('axes', t('components of the map'), Object.keys(PAIRS).map(one => [one, one]));
  ui.presets();
  const goal = ui.goal(t('90 % sure with 4 different known words, and none of them alone costs more than 5 points'));
  ui.footer();

  // ---- the decision: one bar a word, and the shares of the classes
  const ROW = 20, TOP = 26, sides = W => (W > 520 ? [Math.round(W * 0.6), W - Math.round(W * 0.6) - 14] : [W, W]);
  const columnsOf = s => (s.tokens.length > 8 ? 2 : 1), linesOf = s => Math.max(3, Math.ceil(s.tokens.length / columnsOf(s)));
  const classes = s => {                                          // the five largest, and always the one it becomes
    const order = s.shares.map((v, k) => k).sort((a, b) => s.shares[b] - s.shares[a]), row = s.row(s.at), other = row.indexOf(Math.max(...row));
    return order.indexOf(other) < 5 ? order.slice(0, 5) : [...order.slice(0, 4), other];
  };
  const wordsHigh = s => TOP + ROW * (s.fits ? linesOf(s) : 4) + 4, classHigh = s => TOP + 23 * Math.min(5, s.C) + 4;
  const fontOf = (theme, weight = 400, size = 13) => `${weight} ${size}px ${theme.font}, sans-serif`;
  const decision = ui.canvas({
    label: t('The words of a text and what each of them does to the decision'), maxWidth: 800,
    height: W => { const s = now(); return W > 520 ? Math.max(wordsHigh(s), s.fits ? classHigh(s) : 0) : wordsHigh(s) + (s.fits ? classHigh(s) + 6 : 0); },
    draw(g, W, H, theme) {
      const s = now(), [wide, rest] = sides(W);
      rows = [];
      g.textBaseline = 'middle';
      if (!s.fits) return silent(g, W, theme, s);
      const name = get('class_names')[s.best] || '';
      g.fillStyle = theme.text; g.font = fontOf(theme, 600); g.textAlign = 'left';
      g.fillText(t('share of “{0}” without each word', short(name, 24)), 0, 10, wide);
      const cols = columnsOf(s), lines = linesOf(s), block = (wide - 12 * (cols - 1)) / cols;
      g.font = fontOf(theme);
      const label = Math.min(block * 0.38, Math.max(...s.tokens.map(w => g.measureText(w).width)) + 14), tail = cols > 1 ? 50 : wide < 360 ? 92 : 118;
      s.tokens.forEach((token, k) => {
        const c = Math.floor(k / lines), x = c * (block + 12), y = TOP + (k % lines) * ROW, mid = y + ROW / 2, bar = x + label + 8, length = block - label - 8 - tail;
        rows.push({ k, x, y, width: block });
        if (k === s.at) { g.fillStyle = theme.grid; g.fillRect(x, y, block, ROW - 1); g.strokeStyle = theme.text; g.lineWidth = 1.5; g.strokeRect(x + 0.75, y + 0.75, block - 1.5, ROW - 2.5); }
        g.fillStyle = theme.text; g.textAlign = 'right'; g.font = fontOf(theme, k === s.at ? 700 : 400);
        const shown = s.known[k] ? token : `? ${token}`;
        g.save(); g.beginPath(); g.rect(x, y, label + 4, ROW); g.clip(); g.fillText(shown, x + label + 2, mid, label - 4); g.restore();
        if (!s.known[k]) { g.strokeStyle = theme.orange; g.lineWidth = 1.5; g.setLineDash([3, 2]); const w = Math.min(label - 4, g.measureText(shown).width); g.beginPath(); g.moveTo(x + label + 2 - w, mid + 8); g.lineTo(x + label + 2, mid + 8); g.stroke(); g.setLineDash([]); }
        const row = s.row(k), full = s.shares[s.best], left = row[s.best];
        g.strokeStyle = theme.soft; g.lineWidth = 1; g.strokeRect(bar + 0.5, y + 4.5, length, ROW - 10);
        g.textAlign = 'left'; g.font = fontOf(theme, k === s.at ? 700 : 400, 12);
        if (Number.isNaN(left)) { g.fillStyle = theme.text; g.fillText(k < get('reads') ? t('nothing known is left') : t('not read'), bar + 6, mid, length + tail - 8); return; }
        g.fillStyle = theme.blue; g.fillRect(bar + 1, y + 5, left * (length - 1), ROW - 11);
        if (full > left) hatch(g, theme.orange, bar + 1 + left * (length - 1), y + 5, (full - left) * (length - 1), ROW - 11);
        g.strokeStyle = theme.text; g.lineWidth = 2; g.beginPath(); g.moveTo(bar + 1 + full * (length - 1), y + 2); g.lineTo(bar + 1 + full * (length - 1), y + ROW - 4); g.stroke();
        g.fillStyle = theme.text;
        const other = row.indexOf(Math.max(...row)), change = points(left - full);
        g.fillText(tail > 90 && other !== s.best ? `${change} → ${short(get('class_names')[other], 14)}` : other !== s.best ? `${change} →` : change, bar + length + 6, mid, tail - 4);
      });
      // the shares of the classes, below them those without the chosen word
      const narrow = W <= 520, x = narrow ? 0 : wide + 14, y0 = narrow ? wordsHigh(s) + 6 : 0, row = s.row(s.at), order = classes(s), cut = !Number.isNaN(row[0]);
      g.font = fontOf(theme, 600); g.fillStyle = theme.text; g.textAlign = 'left';
      g.fillText(cut ? t('whole text, and without “{0}”', short(s.tokens[s.at], 14)) : t('share of each class'), x, y0 + 10, rest);
      g.font = fontOf(theme);
      const side = Math.min(rest * 0.42, Math.max(...order.map(k => g.measureText(short(get('class_names')[k], 18)).width)) + 6), length = rest - side - 46;
      order.forEach((k, i) => {
        const y = y0 + TOP + 23 * i;
        g.fillStyle = theme.text; g.textAlign = 'right'; g.font = fontOf(theme, k === s.best ? 700 : 400); g.fillText(short(get('class_names')[k], 18), x + side, y + 10, side);
        g.fillStyle = theme.blue; g.fillRect(x + side + 8, y + 2, Math.max(1, s.shares[k] * length), 10);
        if (cut) hatch(g, theme.orange, x + side + 8, y + 13, Math.max(1, row[k] * length), 6);
        g.textAlign = 'left'; g.font = fontOf(theme, 400, 12); g.fillStyle = theme.text; g.fillText(percent(s.shares[k]), x + side + 12 + s.shares[k] * length, y + 7.5);
      });
      words(s);
    },
    pointer({ x, y, kind }) {
      if (kind !== 'down' || !rows) return;
      const row = rows.find(r => x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + ROW);
      if (row) ui.set({ place: row.k + 1, word: '' });
    },
    key(e) {
      const s = now(), move = ui.arrows[e.key], n = s.tokens.length;
      if (!n) return;
      const to = move ? s.at + (move[0] || -move[1]) : e.key === 'Home' ? 0 : e.key === 'End' ? n - 1 : null;
      if (to === null) return;
      ui.set({ place: clamp(to, 0, n - 1) + 1, word: '' });
      e.preventDefault();
    },
  });
  function hatch(g, colour, x, y, w, h) {
    if (w <= 0) return;
    g.save(); g.beginPath(); g.rect(x, y, w, h); g.clip(); g.globalAlpha = 0.3; g.fillStyle = colour; g.fillRect(x, y, w, h); g.globalAlpha = 1;
    g.strokeStyle = colour; g.lineWidth = 1.5; for (let d = -h; d < w; d += 5) { g.beginPath(); g.moveTo(x + d, y + h); g.lineTo(x + d + h, y); g.stroke(); }
    g.restore();
  }
  /** A text without an answer: its words, and why. */
  function silent(g, W, theme, s) {
    g.font = fontOf(theme, 600); g.textAlign = 'left'; g.fillStyle = theme.text;
    let x = 0, y = 10;
    s.tokens.forEach((token, k) => {
      const shown = s.known[k] ? token : `? ${token}`, w = Math.min(W, g.measureText(shown).width);
      if (x + w > W && x > 0) { x = 0; y += ROW; }
      if (y > TOP + 2 * ROW) return;
      rows.push({ k, x: x - 4, y: y - 10, width: w + 10 });
      g.fillStyle = theme.text; g.fillText(shown, x, y, W);
      g.strokeStyle = theme.orange; g.lineWidth = 1.5; if (!s.known[k]) { g.setLineDash([3, 2]); g.beginPath(); g.moveTo(x, y + 9); g.lineTo(x + w, y + 9); g.stroke(); g.setLineDash([]); }
      x += w + 16;
    });
    const message = get('message');
    let line = '', top = y + 26;
    g.font = fontOf(theme); g.fillStyle = theme.text;
    const put = () => { g.fillText(line, 0, top, W); top += 18; line = ''; };
    for (const part of message.match(/[\u3000-\u9fff]|[^\s\u3000-\u9fff]+|\s+/g) || []) { if (line && g.measureText(line + part).width > W) put(); line += line ? part : part.trimStart(); }
    if (line) put();
    goal(false); words(s);
  }
  ui.stage.append(make('p', { className: 'cw-keys', textContent: t('Click a word, or use the arrow keys. Hatched: what the decision loses without it.') }));

  // ---- the embedding: a map of words, and the neighbours of one of them
  const HIGH = 228, sizes = W => (W > 520 ? { map: Math.round(W * 0.66), mapHigh: HIGH, list: W - Math.round(W * 0.66) - 18 } : { map: W, mapHigh: HIGH, list: W });
  const listHigh = () => 22 + 18 * Math.max(1, get('near').length);
  const embedding = ui.canvas({
    label: t('A map of words, and the nearest neighbours of one'), maxWidth: 800,
    height: W => (W > 520 ? HIGH : HIGH + 6 + listHigh()),
    draw(g, W, H, theme) {
      const { map, mapHigh, list } = sizes(W), names = get('map_words'), focus = get('about'), near = get('near'), s = now();
      g.textBaseline = 'middle';
      spots = [];
      const [a, b] = PAIRS[get('axes')] || [0, 1], spread = get('spread'), reach = get('reach');
      if (places.length === 3 * names.length && names.length) {
        const box = { left: 22, top: 4, width: map - 26, height: mapHigh - 28 };
        g.strokeStyle = theme.grid; g.lineWidth = 1; g.strokeRect(box.left + 0.5, box.top + 0.5, box.width, box.height);
        const scale = (v, k, from, size) => { const lo = reach[2 * k], hi = reach[2 * k + 1], pad = 0.06 * (hi - lo) || 1; return from + ((v - lo + pad) / (hi - lo + 2 * pad)) * size; };
        const X = v => scale(v, a, box.left, box.width), Y = v => box.top + box.height - scale(v, b, 0, box.height);
        g.setLineDash([2, 3]); g.beginPath(); g.moveTo(X(0), box.top); g.lineTo(X(0), box.top + box.height); g.moveTo(box.left, Y(0)); g.lineTo(box.left + box.width, Y(0)); g.stroke(); g.setLineDash([]);
        g.font = fontOf(theme, 400, 12); g.fillStyle = theme.text; g.textAlign = 'center';
        g.fillText(t('component {0} ({1} % of the variance)', a + 1, number(100 * spread[a], 0)), box.left + box.width / 2, mapHigh - 9, box.width);
        g.save(); g.translate(9, box.top + box.height / 2); g.rotate(-Math.PI / 2); g.fillText(t('component {0} ({1} %)', b + 1, number(100 * spread[b], 0)), 0, 0, box.height); g.restore();
        const close = new Set(near.map(n => n.word)), mine = new Set(s.tokens);
        spots = names.map((name, k) => ({ name, k, x: X(places[3 * k + a]), y: Y(places[3 * k + b]), kind: name === focus.word ? 'focus' : close.has(name) ? 'near' : mine.has(name) ? 'text' : '' }));
        const centre = spots.find(p => p.kind === 'focus');
        if (centre) for (const p of spots) if (p.kind === 'near') { g.strokeStyle = theme.green; g.globalAlpha = near[picked] && near[picked].word === p.name ? 1 : 0.5; g.lineWidth = near[picked] && near[picked].word === p.name ? 2.5 : 1; g.beginPath(); g.moveTo(centre.x, centre.y); g.lineTo(p.x, p.y); g.stroke(); g.globalAlpha = 1; }
        const shapes = { focus: ['diamond', theme.orange, 5.5], near: ['circle', theme.green, 4], text: ['square', theme.blue, 4], '': ['circle', theme.soft, 2] };
        const rank = { focus: 0, near: 1, text: 2, '': 3 }, order = [...spots].sort((p, q) => (p.k === hover ? -1 : rank[p.kind]) - (q.k === hover ? -1 : rank[q.kind]));
        for (const p of [...order].reverse()) { const [shape, colour, r] = shapes[p.kind]; mark(g, shape, p.x, p.y, r); g.globalAlpha = p.kind ? 1 : 0.55; g.fillStyle = colour; g.fill(); g.globalAlpha = 1; if (p.kind) { g.strokeStyle = theme.page; g.lineWidth = 1; g.stroke(); } }
        const font = p => fontOf(theme, p.kind === 'focus' ? 700 : p.kind || p.k === hover ? 600 : 400, p.kind || p.k === hover ? 13 : 11.5);
        const items = order.map(p => { g.font = font(p); p.label = short(p.name, 18); return Object.assign(p, { w: g.measureText(p.label).width, must: !!p.kind || p.k === hover }); });
        const found = placeLabels(items, { left: box.left + 1, top: box.top + 1, right: box.left + box.width - 1, bottom: box.top + box.height - 1 });
        items.forEach((p, i) => {
          if (!found[i]) return;
          const [l, top] = found[i], far = Math.abs(top + 7 - p.y) > 20;
          if (far) { g.strokeStyle = theme.soft; g.lineWidth = 0.7; g.beginPath(); g.moveTo(p.x, p.y); g.lineTo(l > p.x ? l : l + p.w, top + 7); g.stroke(); }
          g.font = font(p); g.textAlign = 'left'; g.lineWidth = 3; g.strokeStyle = theme.page; g.strokeText(p.label, l, top + 7);
          g.fillStyle = p.kind === 'focus' ? theme.orange : p.kind === 'near' ? theme.green : p.kind === 'text' ? theme.blue : theme.soft; g.fillText(p.label, l, top + 7);
        });
        embedding.node.dataset.labels = items.filter((p, i) => found[i]).map(p => p.name).join(' ');
      }
      // the list
      const x = W > 520 ? map + 18 : 0, y = W > 520 ? 0 : HIGH + 6;
      g.font = fontOf(theme, 600); g.textAlign = 'left'; g.fillStyle = theme.text;
      g.fillText(focus.word ? t('nearest to “{0}”: cosine', short(focus.word, 16)) : t('nearest words'), x, y + 10, list);
      g.font = fontOf(theme);
      if (!near.length) { if (focus.word) g.fillText(focus.known ? t('there is no other word') : t('not in the vocabulary: no row'), x, y + 32, list); return; }
      const side = Math.min(list * 0.5, Math.max(...near.map(n => g.measureText(short(n.word, 16)).width)) + 8), length = list - side - 46;
      near.forEach((n, i) => {
        const top = y + 22 + 18 * i;
        if (i === picked) { g.strokeStyle = theme.text; g.lineWidth = 1.5; g.strokeRect(x + 0.75, top + 0.75, list - 1.5, 16.5); }
        g.fillStyle = theme.text; g.textAlign = 'right'; g.font = fontOf(theme, i === picked ? 700 : 400); g.fillText(short(n.word, 16), x + side, top + 9.5, side - 4);
        g.fillStyle = theme.green; g.fillRect(x + side + 6, top + 4, Math.max(0, n.cosine) * length, 10);
        g.fillStyle = theme.text; g.textAlign = 'left'; g.font = fontOf(theme, 400, 12); g.fillText(number(n.cosine, 2), x + side + 10 + Math.max(0, n.cosine) * length, top + 9.5);
      });
    },
    pointer({ x, y, kind }) {
      const W = embedding.width, { map, list } = sizes(W), from = W > 520 ? map + 18 : 0, top = W > 520 ? 0 : HIGH + 6, line = Math.floor((y - top - 22) / 18);
      const inList = x >= from && x < from + list && line >= 0 && line < get('near').length && (W > 520 || y > top);
      const nearest = inList ? null : spots.map(p => [Math.hypot(p.x - x, p.y - y), p]).sort((p, q) => p[0] - q[0])[0];
      const spot = nearest && nearest[0] < 14 ? nearest[1] : null;
      hover = kind === 'leave' || !spot ? null : spot.k;
      if (inList && (kind === 'move' || kind === 'down')) picked = line;
      if (kind === 'down' && inList) ui.set({ word: get('near')[line].word });
      if (kind === 'down' && spot) ui.set({ word: spot.name });
      ui.ask();
    },
    key(e) {
      const move = ui.arrows[e.key], n = get('near').length;
      if (move && n) picked = clamp(picked + (move[0] || -move[1]), 0, n - 1);
      else if (e.key === 'Enter' && n) ui.set({ word: get('near')[picked].word });
      else if ((e.key === 'Escape' || e.key === 'Delete') && get('word')) ui.set({ word: '' });
      else return;
      e.preventDefault(); ui.ask();
    },
  });
  ui.stage.append(make('p', { className: 'cw-keys', textContent: t('◆ word, ● neighbours, ■ of the text. Click a word; keys: arrows, Enter goes there, Delete comes back.') }));

  // ---- in words
  function words(s) {
    const focus = get('about'), near = get('near'), lines = [], names = get('class_names');
    let said = get('message');
    if (s.fits) {
      const row = s.row(s.at), token = s.tokens[s.at], full = s.shares[s.best], left = row[s.best], name = names[s.best];
      goal(calm(s.shares, s.losses, s.tokens.filter((w, k) => s.known[k])));
      said = t('{0}: {1}.', name, percent(full));
      if (Number.isNaN(left)) said += ' ' + t('Without “{0}” no known word is left.', token);
      else {
        const other = row.indexOf(Math.max(...row));
        lines.push(t('lost without “{0}” = {1} % − {2} % = {3} points', token, number(100 * full, 1), number(100 * left, 1), number(100 * (full - left), 1)));
        said += ' ' + t('Without “{0}”: {1}, {2} points.', token, percent(left), points(left - full));
        if (other !== s.best) said += ' ' + t('The decision becomes {0} ({1}).', names[other], percent(row[other]));
      }
      const unknown = s.tokens.filter((w, k) => !s.known[k]);
      if (unknown.length) said += ' ' + t('Unknown: {0}.', unknown.join(', '));
      if (get('reads') < s.tokens.length) said += ' ' + t('The model reads {0} words only.', get('reads'));
    }
    const at = hover !== null && spots[hover] && spots[hover].name !== focus.word && !near.some(n => n.word === spots[hover].name) ? spots[hover] : null, n = near[picked];
    if (at && focus.known) lines.push(t('cosine of “{0}” and “{1}” = {2}', focus.word, at.name, number(get('map_cosines')[at.k], 3)));
    else if (focus.known && n) lines.push(`cos(${focus.word}, ${n.word}) = a·b / (|a|·|b|) = ${number(n.dot, 2)} / (${number(focus.length, 2)} · ${number(n.length, 2)}) = ${number(n.cosine, 3)}`);
    ui.formula(lines);
    const about = focus.known ? t('Nearest to “{0}”: {1}.', focus.word, near.map(one => `${one.word} ${number(one.cosine, 2)}`).join(', ') || '–') : focus.word ? t('“{0}” is not in the vocabulary.', focus.word) : '';
    ui.say(said);
    decision.describe(t('A bar for each word of the text: the share that the decision keeps without it. {0} The arrow keys choose a word.', said));
    if (embedding) embedding.describe(t('A map of words along two components of the embedding, and a list of neighbours. {0} The arrow keys choose a neighbour, Enter goes to it.', about));
  }
  return ui.end;
}
export default { render };
