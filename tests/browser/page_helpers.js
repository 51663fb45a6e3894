// Put into the page of a widget by random_events.py, in a bare page and in JupyterLab.

/** From now on count model listeners, intervals and observers in this page: `window.held`. */
function track() {
  const held = window.held = { intervals: new Set(), observers: new Set() };
  const set = window.setInterval, clear = window.clearInterval;
  window.setInterval = (...given) => { const id = set(...given); held.intervals.add(id); return id; };
  window.clearInterval = id => { held.intervals.delete(id); clear(id); };
  for (const name of ['ResizeObserver', 'MutationObserver', 'IntersectionObserver']) {
    const Real = window[name];
    window[name] = class extends Real {
      observe(...given) { held.observers.add(this); super.observe(...given); }
      disconnect() { held.observers.delete(this); super.disconnect(); }
    };
  }
}

/** Bytes come as base64 under `binary`, as in `labkit.mount`: one change from Python for each setting that differs. */
function putState({ plain, binary }) {
  for (const name in plain) window.fromPython(name, plain[name]);
  for (const name in binary) window.fromPython(name, new DataView(Uint8Array.from(atob(binary[name]), c => c.charCodeAt(0)).buffer));
}

/** Let nothing play on, and leave no pointer pressed. */
function quiet(host) {
  for (const node of host.querySelectorAll('canvas')) for (const kind of ['pointerup', 'pointerleave'])
    node.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 1 }));
  for (const node of host.querySelectorAll('button')) if (node.textContent.startsWith('❚❚')) node.click();
  for (const node of host.querySelectorAll('.cw-share:not([hidden])')) node.hidden = true;
  if (document.activeElement) document.activeElement.blur();
}

/** `events` random clicks, keys, drags, values and states from Python on everything in `host`; without a wheel. */
async function fuzz(host, events, seed, states = []) {
  const random = () => { seed = (seed * 1664525 + 1013904223) % 4294967296; return seed / 4294967296; };
  const pick = list => list[Math.floor(random() * list.length)];
  const tell = (node, ...names) => names.forEach(name => node.dispatchEvent(new Event(name, { bubbles: true })));
  const KEYS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', 'Enter', ' ', 'r', 'm', 'Delete'];
  const POINTER = ['pointerdown', 'pointermove', 'pointermove', 'pointerup', 'pointerleave'];
  const usable = () => [...host.querySelectorAll('input, select, button, textarea, canvas, [tabindex]')].filter(n => !n.disabled && n.offsetParent);
  for (let i = 0; i < events; i++) {
    const node = pick(usable());
    if (states.length && random() < 0.1) putState(pick(states));
    else if (node.tagName === 'CANVAS' || random() < 0.2) {
      const box = node.getBoundingClientRect(), at = { clientX: box.left + random() * box.width, clientY: box.top + random() * box.height };
      node.setPointerCapture = () => {};
      if (random() < 0.3) node.focus({ preventScroll: true });
      node.dispatchEvent(random() < 0.5
        ? new PointerEvent(pick(POINTER), { ...at, bubbles: true, pointerId: 1, pointerType: pick(['mouse', 'touch']) })
        : new KeyboardEvent('keydown', { key: pick(KEYS), bubbles: true, cancelable: true }));
    } else if (node.type === 'range') {
      node.value = +node.min + random() * (node.max - node.min);
      tell(node, 'input', 'change');
    } else if (node.tagName === 'SELECT') {
      node.value = pick([...node.options]).value;
      tell(node, 'change');
    } else if (node.type === 'number' || ((node.type === 'text' || node.type === 'textarea') && !node.readOnly)) {
      node.value = pick(['', '-3', '0.5', '1e9', 'x', '7', 'pump leaks', '泵']);
      tell(node, 'input', 'change');
    } else node.click();
    if (i % 10 === 0) await new Promise(requestAnimationFrame);
  }
  quiet(host);
}
