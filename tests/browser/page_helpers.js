// Put into the bare page of test_bare_widgets.py.

/** From now on count listeners on the window and the document, intervals and observers: `window.held`. */
function track() {
  const held = window.held = { listeners: 0, intervals: new Set(), observers: new Set() };
  for (const target of [window, document]) {
    for (const [name, step] of [['addEventListener', 1], ['removeEventListener', -1]]) {
      const real = target[name].bind(target);
      target[name] = (...given) => { held.listeners += step; return real(...given); };
    }
  }
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

/** Random clicks, keys, drags and values on everything in the widget; returns how many elements the page then has. */
async function fuzz(events, seed) {
  const host = document.getElementById('host');
  const random = () => { seed = (seed * 1664525 + 1013904223) % 4294967296; return seed / 4294967296; };
  const pick = list => list[Math.floor(random() * list.length)];
  const tell = (node, ...names) => names.forEach(name => node.dispatchEvent(new Event(name, { bubbles: true })));
  const KEYS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', 'Enter', ' ', 'r', 'm', 'Delete'];
  const POINTER = ['pointerdown', 'pointermove', 'pointermove', 'pointerup', 'pointerleave'];
  const usable = () => [...host.querySelectorAll('input, select, button, canvas, [tabindex]')].filter(n => !n.disabled && n.offsetParent);
  for (let i = 0; i < events; i++) {
    const node = pick(usable());
    if (node.tagName === 'CANVAS' || random() < 0.2) {
      const box = node.getBoundingClientRect(), at = { clientX: box.left + random() * box.width, clientY: box.top + random() * box.height };
      node.setPointerCapture = () => {};
      node.dispatchEvent(random() < 0.5
        ? new PointerEvent(pick(POINTER), { ...at, bubbles: true, pointerId: 1, pointerType: pick(['mouse', 'touch']) })
        : new KeyboardEvent('keydown', { key: pick(KEYS), bubbles: true, cancelable: true }));
    } else if (node.type === 'range') {
      node.value = +node.min + random() * (node.max - node.min);
      tell(node, 'input', 'change');
    } else if (node.tagName === 'SELECT') {
      node.value = pick([...node.options]).value;
      tell(node, 'change');
    } else if (node.type === 'number' || (node.type === 'text' && !node.readOnly)) {
      node.value = pick(['', '-3', '0.5', '1e9', 'x', '7']);
      tell(node, 'input', 'change');
    } else node.click();
    if (i % 25 === 0) await new Promise(requestAnimationFrame);
  }
  await new Promise(done => setTimeout(done, 150));
  return document.getElementsByTagName('*').length;
}
