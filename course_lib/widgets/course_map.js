// The map of the course: real buttons, arrows with words, a card about the chosen idea. Below 800 px it is a list.
const ICONS = {                                                  // 24 x 24, drawn with one stroke
  'machine learning': 'M4 20V11M10 20V5M16 20v-6M22 20H2', 'deep learning': 'M12 3l9 5-9 5-9-5zM3 12.5l9 5 9-5M3 17l9 5 9-5',
  'neural network': 'M5 6l7 6-7 6M12 12h7M3.5 6a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M3.5 18a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0M10 12a2 2 0 1 0 4 0a2 2 0 1 0-4 0M18 12a2 2 0 1 0 4 0a2 2 0 1 0-4 0',
  'forward propagation': 'M3 12h17M14 6l6 6-6 6', loss: 'M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M8 12a4 4 0 1 0 8 0a4 4 0 1 0-8 0M12 12h.01',
  backpropagation: 'M21 12H4M10 6l-6 6 6 6', optimizer: 'M2 4c4 0 4 15 9 15s5-8 11-8M9.5 15a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0',
  cnn: 'M4 4h16v16H4zM4 9.3h16M4 14.7h16M9.3 4v16M14.7 4v16', rnn: 'M19.5 12a7.5 7.5 0 1 1-3-6M17 2v4.5h-4.5M12 9v3.5l2.5 1.5',
  nlp: 'M4 5h16M4 10h11M4 15h16M4 20h8', 'smart manufacturing': 'M3 20V11l6 4v-4l6 4V4h6v16zM7 20v-2M12 20v-2M17 20v-2',
  'smart logistics': 'M1.5 6H14v10H1.5zM14 9.5h4.5l4 4V16H14M4 18a2 2 0 1 0 4 0a2 2 0 1 0-4 0M16 18a2 2 0 1 0 4 0a2 2 0 1 0-4 0',
  'predictive maintenance': 'M14.5 6.5a4.5 4.5 0 0 1 6-4l-3.2 3.2 1 1 3.2-3.2a4.5 4.5 0 0 1-5.7 5.7L7 18a2.1 2.1 0 0 1-3-3z',
};
const NS = 'http://www.w3.org/2000/svg';
const svg = (tag, attributes = {}, ...children) => { const n = document.createElementNS(NS, tag); for (const k in attributes) n.setAttribute(k, attributes[k]); n.append(...children); return n; };
/** Where the line from the middle of box a to the middle of box b leaves a, with a small gap. Boxes: x, y (middle), w, h. */
export function leave(a, b, gap = 5) {
  const dx = b.x - a.x, dy = b.y - a.y, s = Math.min((a.w / 2 + gap) / Math.abs(dx || 1e-9), (a.h / 2 + gap) / Math.abs(dy || 1e-9));
  return [a.x + dx * s, a.y + dy * s];
}
export function twoLines(text) {
  const spaces = [...text].map((c, i) => (c === ' ' ? i : -1)).filter(i => i >= 0);
  if (text.length <= 12 || !spaces.length) return [text];
  const k = spaces.reduce((a, b) => (Math.abs(b - text.length / 2) < Math.abs(a - text.length / 2) ? b : a));
  return [text.slice(0, k), text.slice(k + 1)];
}

function render({ model, el }) {
  const ui = shell({ model, el, name: 'Map of the course' }), { t, make } = ui, ideas = model.get('ideas'), links = model.get('links'), kinds = model.get('kinds');
  const names = Object.keys(ideas), title = n => ideas[n].title;
  const map = make('div', { className: 'cw-map' }), arrows = svg('svg', { class: 'cw-arrows', 'aria-hidden': 'true' });
  map.setAttribute('role', 'group'); map.setAttribute('aria-label', t('ideas of the course; arrow keys move between them, Enter chooses'));
  map.append(arrows);
  const buttons = {};
  for (const kind in kinds) {
    map.append(make('h4', { textContent: kinds[kind] }));
    for (const n of names.filter(n => ideas[n].kind === kind)) {
      const icon = svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, svg('path', { d: ICONS[n] || '' }));
      const b = make('button', { type: 'button' }, icon, make('span', { textContent: title(n) }));
      b.dataset.kind = kind; b.style.setProperty('--x', ideas[n].x); b.style.setProperty('--y', ideas[n].y);
      b.addEventListener('click', () => ui.set({ selected: n }));
      buttons[n] = b; map.append(b);
    }
  }
  const card = make('section', { className: 'cw-card' }), home = ui.stage;
  card.setAttribute('aria-live', 'polite'); card.setAttribute('aria-label', t('about the chosen idea'));
  ui.stage.append(map, card);
  map.addEventListener('keydown', e => {                         // to the nearest box in that direction
    const move = ui.arrows[e.key], here = names.find(n => buttons[n] === document.activeElement);
    if (!move || !here) return;
    e.preventDefault();
    const a = box(here);
    let best = null, least = Infinity;
    for (const n of names) {
      if (n === here) continue;
      const b = box(n), along = (b.x - a.x) * move[0] - (b.y - a.y) * move[1], aside = Math.abs((b.x - a.x) * move[1]) + Math.abs((b.y - a.y) * move[0]);
      if (along > 4 && along + 2 * aside < least) { least = along + 2 * aside; best = n; }
    }
    if (best) buttons[best].focus();
  });
  const box = n => { const m = map.getBoundingClientRect(), r = buttons[n].getBoundingClientRect(); return { x: r.left + r.width / 2 - m.left, y: r.top + r.height / 2 - m.top, w: r.width, h: r.height }; };

  let width = 0, drawn = '';
  const watch = new ResizeObserver(() => { const w = Math.floor(map.clientWidth); if (w !== width) { width = w; ui.ask(); } });
  watch.observe(map);
  const wide = () => getComputedStyle(arrows).display !== 'none';
  ui.draw(() => {
    const chosen = model.get('selected'), big = wide();
    ui.root.classList.toggle('cw-dark', ui.scheme().dark);
    for (const n of names) buttons[n].setAttribute('aria-current', String(n === chosen));
    if (big) paths(chosen);
    if (big ? card.parentNode !== home : buttons[chosen].nextSibling !== card) big ? home.append(card) : buttons[chosen].after(card);
    if (drawn !== chosen) { drawn = chosen; write(chosen); }
    ui.say(links.filter(([a, , b]) => a === chosen || b === chosen).map(([a, words, b]) => `${title(a)} ${words} ${title(b)}.`).join(' ') || t('{0}: part of the big picture.', title(chosen)));
  });
  function paths(chosen) {
    const W = map.clientWidth, H = map.clientHeight;
    arrows.replaceChildren();
    for (const [kind, x, y, w, h] of model.get('areas')) arrows.append(svg('rect', { x: (x / 100) * W, y: (y / 100) * H, width: (w / 100) * W, height: (h / 100) * H, style: `fill: color-mix(in srgb, var(--${kind}) 4%, transparent); stroke: color-mix(in srgb, var(--${kind}) 55%, transparent)` }));
    for (const [a, words, b] of links) {
      const A = box(a), B = box(b), [x0, y0] = leave(A, B), [x1, y1] = leave(B, A, 7), angle = (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI;
      const lines = twoLines(words), on = a === chosen || b === chosen, text = svg('text', {});
      const wide = Math.max(...lines.map(line => line.length)) * (on ? 3.7 : 3.4) + 3, above = Math.abs(y1 - y0) < 8 && 2 * wide + 30 > Math.abs(x1 - x0);   // no room on the arrow
      const x = (x0 + x1) / 2, y = (y0 + y1) / 2 - (above ? 7 * lines.length + 5 : 0);
      lines.forEach((line, i) => text.append(svg('tspan', { x, y: y + 4 + (i - (lines.length - 1) / 2) * 14 }, line)));
      const gap = above ? 0 : Math.min(0.48, Math.min(wide / Math.abs(x1 - x0 || 1e-9), (lines.length * 7 + 3) / Math.abs(y1 - y0 || 1e-9)));
      const at = s => [x0 + s * (x1 - x0), y0 + s * (y1 - y0)], piece = ([a, b], [c, d]) => svg('line', { x1: a, y1: b, x2: c, y2: d });
      arrows.append(svg('g', { class: on ? 'cw-on' : '' }, piece(at(0), at(0.5 - gap)), piece(at(0.5 + gap), at(1)), svg('path', { class: 'cw-tip', d: 'M2 0L-8 -5L-8 5Z', transform: `translate(${x1} ${y1}) rotate(${angle})` }), text));
    }
  }
  function write(n) {
    const idea = ideas[n], places = make('div', { className: 'cw-chapters' });
    card.style.setProperty('--kind', `var(--${idea.kind})`);
    for (const c of idea.chapters) {
      const text = t('Chapter {0}: {1}', c.number, c.title);
      if (!c.file) { places.append(make('span', { className: 'cw-later', textContent: text + ' ' + t('(comes later in the course)') })); continue; }
      const link = make('a', { href: c.file, textContent: text });
      const folder = decodeURIComponent((location.pathname.match(/\/(?:tree|notebooks)\/(.*)$/) || [, ''])[1]).split('/').slice(0, -1);
      link.dataset.commandlinkerCommand = 'docmanager:open';    // in JupyterLab: open it in this window
      link.dataset.commandlinkerArgs = JSON.stringify({ path: [...folder, c.file].join('/') });
      places.append(link);
    }
    card.replaceChildren(make('h3', { textContent: idea.title }), make('p', { textContent: idea.text }), make('p', {}, make('strong', { textContent: t('In the plant: ') }), document.createTextNode(idea.example)), places);
  }
  ui.on(['selected'], ui.ask);
  return () => { watch.disconnect(); ui.end(); };
}
export default { render };
