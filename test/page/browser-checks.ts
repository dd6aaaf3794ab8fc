/**
 * What an accessible page is held to, as scripts that run in the browser: texts, for the types of its world are not ours. Each
 * gives back what is wrong, and nothing where all is well.
 */

/** Headings, landmarks, labels, captions, names, and texts that stand out against what is behind them. */
export const COMPLAINTS = String.raw`(() => {
  const wrong = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const brief = (element) => element.outerHTML.slice(0, 120);
  const nameOf = (element) => (element.getAttribute('aria-label') ?? element.textContent ?? '').trim();

  const width = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (width > 0) wrong.push('the page scrolls sideways by ' + width);
  if (document.documentElement.lang !== 'en') wrong.push('no language');
  if (document.title.trim() === '') wrong.push('no title');
  for (const one of ['main', 'header', 'footer', 'h1', 'nav[aria-label="Views"]'])
    if (all(one).length !== 1) wrong.push(all(one).length + ' of ' + one);
  let last = 0;
  for (const heading of all('h1,h2,h3,h4,h5,h6')) {
    const level = Number(heading.tagName[1]);
    if (level > last + 1) wrong.push('a heading is left out before ' + brief(heading));
    last = level;
  }
  for (const field of all('input,select,textarea'))
    if (!(field.labels ?? []).length) wrong.push('no label: ' + brief(field));
  for (const table of all('table')) {
    if (!table.caption || table.caption.textContent.trim() === '') wrong.push('no caption: ' + brief(table));
    for (const head of table.querySelectorAll('th')) if (!head.scope) wrong.push('no scope: ' + brief(head));
  }
  for (const one of all('a,button,summary,nav,form')) if (nameOf(one) === '') wrong.push('no name: ' + brief(one));
  for (const link of all('a')) if (!link.getAttribute('href')) wrong.push('leads nowhere: ' + brief(link));
  for (const picture of all('svg'))
    if (picture.getAttribute('aria-hidden') !== 'true' && !picture.getAttribute('aria-label'))
      wrong.push('a picture without words: ' + brief(picture));
  const ids = all('[id]').map(({ id }) => id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) wrong.push('an id twice: ' + id);

  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const pixel = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const groundOf = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = pixel(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const low = new Set();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() === '' || !shown(element)) continue;
    const [a, b] = [luminance(pixel(getComputedStyle(element).color)), luminance(groundOf(element))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) low.add(contrast.toFixed(2) + ' ' + walker.currentNode.data.trim().slice(0, 40));
  }
  return [...wrong, ...[...low].map((one) => 'contrast of ' + one)];
})()`;

/** What can be reached by Tab, in the order of the document, each by its place in it. */
export const REACHABLE = String.raw`(() =>
  [...document.querySelectorAll('a[href],input,select,button,summary')]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .map((element) => [...document.querySelectorAll('*')].indexOf(element)))()`;

/** The place of what has the focus, and whether that can be seen: by its outline, on the screen. */
export const FOCUSED = String.raw`(() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {
    place: [...document.querySelectorAll('*')].indexOf(element),
    isBody: element === document.body,
    isSeen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && inside,
    html: element.outerHTML.slice(0, 100),
  };
})()`;
