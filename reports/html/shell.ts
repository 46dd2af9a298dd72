import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../spec/index.js';
// Under another name: what a formatter does to HTML would change what the policy's digests are of.
import { beginning } from '../results/index.js';
import { html as markup, Markup } from './markup.js';

/** A page around its content: styles and scripts are in it, and its policy allows no others and no request. */
export function shell(title: string, content: Markup): string {
  const style = inlined('client.css');
  const script = inlined('client.js');
  const policy = `default-src 'none'; style-src '${digest(style)}'; script-src '${digest(script)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>clonecheck: ${beginning(title, 200)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">To the results</a>
<header class="top"><span class="brand">clonecheck</span><button type="button" id="theme" hidden>Theme: auto</button></header>
<main id="main">
${content}
</main>
<script>${new Markup(script)}</script>
</body>
</html>
`.html;
}

function inlined(name: string): string {
  return readFileSync(join(packageRoot(), 'reports', 'html', name), 'utf8');
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
