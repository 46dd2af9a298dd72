/// <reference lib="dom" />
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'puppeteer-core';
import { CHROMIUM, startBrowser } from '../fixtures/browser.js';
import { LOW_CONTRAST } from '../fixtures/contrast.js';
import { HOSTILE, hostileRun } from '../fixtures/hostile.js';
import { PROGRAM, resultsWith } from '../fixtures/results.js';
import { readResults } from '../results/index.js';
import { html } from './page.js';

if (CHROMIUM === undefined) console.log('skipped: no Chromium here, CHROMIUM may name one');
const inChromium = CHROMIUM === undefined ? describe.skip : describe;

inChromium('the page in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clonecheck-page-'));
  let browser: Browser;
  let context: BrowserContext | undefined;
  let page: Page;
  /** What the page asked for besides itself, and what it complained of. */
  let asked: string[];
  let complaints: string[];

  beforeAll(async () => {
    browser = await startBrowser(CHROMIUM ?? '');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (text: string): Promise<void> => {
    await context?.close();
    const file = join(folder, 'report.html');
    writeFileSync(file, text);
    const url = pathToFileURL(file).href;
    // A context of its own remembers nothing of the last one.
    context = await browser.createBrowserContext();
    page = await context.newPage();
    asked = [];
    complaints = [];
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      const own = request.url() === url;
      if (!own) asked.push(request.url());
      void (own ? request.continue() : request.abort());
    });
    page.on('console', (message) => void complaints.push(message.text()));
    page.on('pageerror', (error) => void complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(url);
  };
  /** Names of what can be seen. */
  const visible = (selector: string): Promise<readonly string[]> =>
    page.$$eval(selector, (all) =>
      all
        .filter((element) => element.getClientRects().length > 0)
        .map((element) => element.querySelector('code')?.textContent ?? ''),
    );
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? '');
  const shown = (): Promise<string> => page.$eval('#shown', (element) => element.textContent);

  describe('of a run that found something of everything', () => {
    beforeEach(async () => {
      await open(html([resultsWith()]));
    });

    test('asks for nothing, complains of nothing, and is below 2 MB', async () => {
      await page.click('#theme');
      await page.focus('[data-heat] td');
      expect(asked).toEqual([]);
      expect(complaints).toEqual([]);
      expect(Buffer.byteLength(html([resultsWith()]))).toBeLessThan(2_000_000);
    });

    test('may ask for nothing either: its policy forbids it', async () => {
      const answers = await page.evaluate(async () => {
        const image = new Image();
        const ended = new Promise<string>((resolve) => {
          image.onload = () => {
            resolve('loaded');
          };
          image.onerror = () => {
            resolve('refused');
          };
        });
        image.src = 'http://127.0.0.1:9/x.png';
        const fetched = await fetch('http://127.0.0.1:9/').then(
          () => 'loaded',
          () => 'refused',
        );
        return [await ended, fetched];
      });
      expect(answers).toEqual(['refused', 'refused']);
      expect(complaints.join('\n')).toContain('Content Security Policy');
      expect(asked).toEqual([]);
    });

    test('filters by verdict, by group, by flag, and back', async () => {
      expect(await visible('.finding')).toHaveLength(3);
      await page.click('[name=verdict][value=unstable]');
      expect(await visible('.finding')).toEqual(['errors/otherwise-accepted']);
      expect(await shown()).toBe('1 finding, 0 clauses');
      await page.click('[name=verdict][value=unstable]');
      await page.select('#group', 'effects');
      expect(await visible('.item')).toEqual(['effects/files-shared', 'effects/files-shared']);
      await page.select('#group', '');
      await page.select('#flag', 'CLONE_NEWNS');
      expect(await visible('.finding')).toEqual(['errors/fs-with-newns']);
      await page.click('[type=reset]');
      await page.waitForFunction(() => document.querySelectorAll('.finding:not([hidden])').length === 3);
    });

    test('is searched: / goes to the box, every word counts, Escape clears', async () => {
      await page.keyboard.press('/');
      expect(await focused()).toBe('search');
      await page.keyboard.type('NEWNS root');
      expect(await visible('.finding')).toEqual(['errors/fs-with-newns']);
      await page.keyboard.type(' nothing-has-this');
      expect(await visible('.item')).toEqual([]);
      expect(await shown()).toBe('0 findings, 0 clauses');
      await page.keyboard.press('Escape');
      expect(await visible('.finding')).toHaveLength(3);
    });

    test('is walked through with the keyboard alone, and one sees where one is', async () => {
      const seen: string[] = [];
      for (let step = 0; step < 40; step++) {
        await page.keyboard.press('Tab');
        const { name, outlined } = await page.evaluate(() => {
          const element = document.activeElement;
          if (!(element instanceof HTMLElement)) return { name: '', outlined: true };
          // A pill is drawn beside its box.
          const drawn = element.matches('.pills input') ? element.nextElementSibling : element;
          const style = getComputedStyle(drawn ?? element);
          const name = element.getAttribute('name') ?? element.dataset['copy'] ?? (element.id || element.tagName);
          return {
            name,
            outlined: element === document.body || (style.outlineStyle !== 'none' && style.outlineWidth !== '0px'),
          };
        });
        expect([name, outlined]).toEqual([name, true]);
        seen.push(name);
      }
      for (const name of ['theme', 'search', 'verdict', 'group', 'flag', 'finding-1-again'])
        expect(seen).toContain(name);
      await page.focus('[name=verdict][value=pass]');
      await page.keyboard.press('Space');
      expect(await visible('.item')).toEqual(['errors/sighand-without-vm']);
    });

    test('a cell of the heat map leads to its finding, also where a filter hides it', async () => {
      await page.select('#group', 'effects');
      await page.focus('[data-heat] [tabindex="0"]');
      const first = await focused();
      await page.keyboard.press('ArrowDown');
      expect(await focused()).not.toBe(first);
      expect(await page.$$eval('[data-heat] [tabindex="0"]', (all) => all.length)).toBe(1);
      const label = await page.$eval('.heat .differs a[aria-label*=with]', (cell) => {
        (cell as HTMLElement).focus();
        return cell.getAttribute('aria-label');
      });
      expect(label).toMatch(/^(FS with NEWNS|NEWNS with FS): 3 accepted, 40 refused, 3 of them differ; to finding 1$/);
      expect(await page.$eval('[data-detail]', (detail) => detail.textContent)).toBe(label);
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('finding-1');
      expect(await visible('#finding-1')).toEqual(['errors/fs-with-newns']);
    });

    test('a finding has its steps side by side', async () => {
      const rows = await page.$$eval('#finding-2 .steps tbody tr', (all) =>
        all.map((row) => [row.className, ...[...row.querySelectorAll('code')].map((code) => code.textContent)]),
      );
      expect(rows.length).toBeGreaterThan(2);
      const differing = rows.filter(([name]) => name === 'differs');
      expect(differing).toHaveLength(1);
      expect(differing[0]?.[2]).not.toBe(differing[0]?.[3]);
    });

    test('a C program is copied as it is', async () => {
      await page.$eval('#finding-1 details:has(#finding-1-program)', (details) => {
        details.open = true;
      });
      await page.click('[data-copy=finding-1-program]');
      await page.waitForFunction(
        () => document.querySelector('[data-copy=finding-1-program]')?.textContent === 'Copied',
      );
      expect(await page.$eval('#finding-1-program', (pre) => pre.textContent)).toBe(PROGRAM);
    });

    test('is light or dark as the system says, and as the button says', async () => {
      const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
      const light = await background();
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
      const dark = await background();
      expect(dark).not.toBe(light);
      await page.click('#theme');
      expect(await background()).toBe(light);
      await page.click('#theme');
      expect(await background()).toBe(dark);
    });

    test.each(['light', 'dark'])('has the contrast of WCAG AA in every text, %s', async (value) => {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
      expect(await page.evaluate(LOW_CONTRAST)).toEqual([]);
    });

    test.each([1280, 390])('needs no scrolling sideways at %i px', async (width) => {
      await page.setViewport({ width, height: 844 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    });
  });

  test.each(HOSTILE)('shows what is hostile as text: %j', async (text) => {
    await open(html([resultsWith(hostileRun(text))]));
    // A command that would have to be written otherwise is left out.
    const elements = (): Promise<number> => page.$$eval(':not(.copy, .copy *)', (all) => all.length);
    const hostile = await elements();
    expect(asked).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await page.$$('main img, main script, main b')).toEqual([]);
    await open(html([resultsWith(hostileRun('a word'))]));
    expect(hostile).toBe(await elements());
  });

  const asIt = process.env['CLONECHECK_SCREENSHOTS'];
  if (asIt !== undefined)
    test('screenshots, where CLONECHECK_SCREENSHOTS=FOLDER[:RESULTS] asks for them', async () => {
      const [target = '', file] = asIt.split(':');
      const results = file === undefined ? resultsWith() : readResults(readFileSync(file, 'utf8'), file);
      await open(html([results]));
      for (const [width, value] of [
        [1280, 'light'],
        [1280, 'dark'],
        [390, 'light'],
        [390, 'dark'],
      ] as const) {
        await page.setViewport({ width, height: 900 });
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
        await page.screenshot({ path: join(target, `${value}-${String(width)}.png`), fullPage: file === undefined });
        if (file === undefined) continue;
        await page.$eval('.heat', (heat) => heat.closest('section')?.scrollIntoView());
        await page.screenshot({ path: join(target, `${value}-${String(width)}-heat.png`) });
        await page.evaluate(() => {
          scrollTo(0, 0);
        });
      }
    });
});
