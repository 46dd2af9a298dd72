'use strict';
(() => {
  const form = document.getElementById('filters');
  const search = document.getElementById('search');
  const group = document.getElementById('group');
  const flag = document.getElementById('flag');
  const target = document.getElementById('target');
  const shown = document.getElementById('shown');
  const items = [...document.querySelectorAll('.item')].map((element) => ({
    element,
    text: element.textContent.toLowerCase(),
    flags: element.dataset.flags.split(' '),
    // In a matrix one for each target, empty where it has no part in it.
    verdicts: element.dataset.verdict.split(' '),
  }));

  /** The columns of a matrix that a target was chosen in. */
  function columns(chosen) {
    for (const cell of document.querySelectorAll('[data-column]'))
      cell.hidden = chosen !== '' && cell.dataset.column !== chosen;
  }

  /** Shows what every filter lets through; each word of the search has to be there. */
  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = [...form.querySelectorAll('[name=verdict]:checked')].map((box) => box.value);
    let findings = 0;
    let clauses = 0;
    const chosen = target?.value ?? '';
    for (const { element, text, flags, verdicts: all } of items) {
      const { group: its } = element.dataset;
      const own = chosen === '' ? all : [all[chosen] ?? ''];
      const fits =
        (verdicts.length === 0
          ? own.some((verdict) => verdict !== '')
          : verdicts.some((verdict) => own.includes(verdict))) &&
        (group.value === '' || group.value === its) &&
        (flag.value === '' || flags.includes(flag.value)) &&
        words.every((word) => text.includes(word));
      element.hidden = !fits;
      if (!fits) continue;
      if (element.matches('.finding')) findings++;
      else clauses++;
    }
    const many = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;
    shown.textContent = `${many(findings, 'finding')}, ${many(clauses, 'clause')}`;
  }

  function clear() {
    form.reset();
    columns('');
    filter();
  }

  /** Goes to a finding, which filters may have hidden. */
  function visit(anchor) {
    const target = document.getElementById(anchor);
    if (!target?.matches('.finding')) return;
    if (target.hidden) clear();
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: 'start' });
  }

  form.hidden = false;
  form.addEventListener('input', filter);
  target?.addEventListener('change', () => columns(target.value));
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () =>
    setTimeout(() => {
      columns('');
      filter();
    }),
  );
  addEventListener('keydown', (event) => {
    const typing = event.target.matches?.('input, select, textarea');
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === 'Escape' && form.contains(event.target)) clear();
  });
  addEventListener('hashchange', () => visit(location.hash.slice(1)));
  // The same link a second time changes no address.
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (link) visit(link.hash.slice(1));
  });
  filter();
  if (location.hash) visit(location.hash.slice(1));

  /** One cell of the table is in the order of tabs; arrow keys move it. */
  for (const table of document.querySelectorAll('[data-heat]')) {
    const detail = table.closest('section').querySelector('[data-detail]');
    const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll('[aria-label]')]);
    const told = (cell) => {
      detail.textContent = cell.getAttribute('aria-label');
    };
    const enter = (row, column) => {
      const cell = rows[row]?.[Math.min(column, rows[row].length - 1)];
      if (!cell) return;
      table.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
      cell.tabIndex = 0;
      cell.focus();
    };
    table.addEventListener('keydown', (event) => {
      const row = rows.findIndex((cells) => cells.includes(event.target));
      if (row === -1) return;
      const column = rows[row].indexOf(event.target);
      const moves = {
        ArrowLeft: [row, Math.max(0, column - 1)],
        ArrowRight: [row, column + 1],
        ArrowUp: [row - 1, column],
        ArrowDown: [row + 1, column],
        Home: [event.ctrlKey ? 0 : row, 0],
        End: [event.ctrlKey ? rows.length - 1 : row, rows.length],
      };
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      enter(...move);
    });
    for (const type of ['focusin', 'mouseover'])
      table.addEventListener(type, (event) => {
        const cell = event.target.closest('[aria-label]') ?? event.target.querySelector?.(':scope > [aria-label]');
        if (cell && table.contains(cell)) told(cell);
      });
  }

  for (const button of document.querySelectorAll('[data-copy]')) {
    const source = document.getElementById(button.dataset.copy);
    const select = () => getSelection().selectAllChildren(source);
    const say = (text) => {
      button.textContent = text;
      setTimeout(() => (button.textContent = 'Copy'), 2000);
    };
    button.hidden = false;
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        say('Copied');
      } catch {
        // Pages in files may not reach the clipboard; an older way may.
        select();
        say(document.execCommand('copy') ? 'Copied' : 'Selected');
      }
    });
  }

  const theme = document.getElementById('theme');
  const themes = ['auto', 'light', 'dark'];
  const remembered = () => {
    try {
      return localStorage.getItem('clonecheck-theme') ?? 'auto';
    } catch {
      return 'auto';
    }
  };
  const paint = (name) => {
    if (name === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    theme.textContent = `Theme: ${name}`;
  };
  let current = themes.includes(remembered()) ? remembered() : 'auto';
  paint(current);
  theme.hidden = false;
  theme.addEventListener('click', () => {
    current = themes[(themes.indexOf(current) + 1) % themes.length];
    paint(current);
    try {
      localStorage.setItem('clonecheck-theme', current);
    } catch {
      // Nothing remembers it, then.
    }
  });
})();
