import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { ARCHITECTURES, InputError, type Architecture } from '../../spec/index.js';
import { buildProbe, type ProbeChoice } from '../probe/build.js';
import { ProbeSession, type SessionOptions } from '../session.js';
import type { Target } from './target.js';

/** Nobody is there to type a password, and a connection that is gone must not be waited for. */
const OPTIONS = ['-T', '-o', 'BatchMode=yes', '-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=3'];
const PATIENCE: SessionOptions = { startMs: 60_000, silenceMs: 60_000 };

/**
 * A host that ssh reaches. The probe is copied into the user's cache there once, and started for each session.
 *
 * @param words - what ssh takes: options, and the host last, such as `['-p', '2222', 'root@board']`
 */
export function sshTarget(
  words: readonly [string, ...string[]],
  arch?: Architecture,
  choice: ProbeChoice = {},
): Target {
  let copied: Promise<string> | undefined;
  return {
    name: `ssh:${words.join(' ')}`,
    session: async () => {
      copied ??= copyProbe(words, arch, choice);
      return new ProbeSession({ file: 'ssh', args: [...OPTIONS, ...words, await copied] }, PATIENCE);
    },
  };
}

/** Brings the probe to the host; its path there. */
async function copyProbe(
  words: readonly string[],
  arch: Architecture | undefined,
  choice: ProbeChoice,
): Promise<string> {
  const probe = await buildProbe(arch ?? (await architectureOf(words)), choice);
  const content = readFileSync(probe);
  // One that came with a package bears no hash in its name.
  const name = `probe-${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  const script = [
    'd=${XDG_CACHE_HOME:-$HOME/.cache}/clonecheck',
    `mkdir -p "$d" && cat > "$d/${name}.$$" && chmod 755 "$d/${name}.$$" && mv "$d/${name}.$$" "$d/${name}"`,
    `echo "$d/${name}"`,
  ].join(' && ');
  return remote(words, script, content);
}

async function architectureOf(words: readonly string[]): Promise<Architecture> {
  const machine = await remote(words, 'uname -m');
  const arch = ARCHITECTURES.find((each) => each === machine);
  if (arch === undefined) throw new InputError(`the host is a ${machine}`, 'say with --arch which probe it can run');
  return arch;
}

async function remote(words: readonly string[], script: string, input: Uint8Array = new Uint8Array()): Promise<string> {
  const { failed, stdout, stderr } = await execa('ssh', [...OPTIONS, ...words, script], { reject: false, input });
  const why = stderr.trim().split('\n').at(-1) ?? '';
  if (failed) throw new InputError(`ssh ${words.join(' ')}: ${why === '' ? 'it failed' : why}`, 'try it by hand first');
  return stdout.trim();
}
