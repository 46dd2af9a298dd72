import { feed } from './feed.js';
import { allParsers } from './parsers.js';

/** One parser in a process of its own: `worker NAME COUNT SEED`. A line before each batch shows that it lives, the last one has the result. */
const [, , name, count, seed] = process.argv;
const parser = (await allParsers()).find((each) => each.name === name);
if (parser === undefined) throw new Error(`no parser ${String(name)}`);
const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
const before = process.resourceUsage().maxRSS;
const fed = await feed(parser, Number(count), Number(seed), (done) => {
  say({ done });
});
say({ fed, kilobytes: { before, peak: process.resourceUsage().maxRSS } });
